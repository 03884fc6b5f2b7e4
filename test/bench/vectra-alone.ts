/** vectra as its users have it: made-up vectors in its own format, a single JSON file that is read as a whole. */
import { LocalIndex } from 'vectra';
import { tempFolder } from '../core/temp.ts';
import { MadeUpVectors } from './made-up.ts';

const dimensions = 384;

/** @returns the folder of an index with the first `count` made-up vectors */
export async function vectraFile(count: number): Promise<string> {
  const folder = tempFolder();
  const vectors = new MadeUpVectors(dimensions);
  const index = new LocalIndex(folder);
  await index.createIndex({ version: 1 });
  await index.beginUpdate();
  // With an id of its own each would be compared with all before it.
  for (let i = 0; i < count; i++) await index.upsertItem({ vector: [...vectors.get(i)], metadata: { i } });
  await index.endUpdate();
  return folder;
}
