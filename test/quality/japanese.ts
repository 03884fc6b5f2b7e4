/** The Japanese set: pages in test/quality/japanese/pages, judged queries beside them. */
import { resolve } from 'node:path';
import { evaluate, readJudged, type Evaluation } from '../../src/core/evaluate.ts';
import { removeTempFolders, tempFolder } from '../core/temp.ts';
import { withIndex } from './folder.ts';

const set = resolve(import.meta.dirname, 'japanese');

export async function evaluateJapanese(): Promise<Evaluation> {
  const judged = await readJudged(resolve(set, 'judged.jsonl'));
  const scores = withIndex(resolve(set, 'pages'), (engine) => evaluate((query) => engine.search(query), judged), {
    home: tempFolder(),
  });
  return scores.finally(removeTempFolders);
}
