/** The Japanese set, when it is there: pages in test/quality/japanese/pages, judged queries beside them. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { evaluate, readJudged, type Evaluation } from '../../src/core/evaluate.ts';
import { removeTempFolders, tempFolder } from '../core/temp.ts';
import { withIndex } from './folder.ts';

const set = resolve(import.meta.dirname, 'japanese');

export async function evaluateJapanese(): Promise<Evaluation | undefined> {
  if (!existsSync(resolve(set, 'judged.jsonl'))) return undefined;
  const judged = await readJudged(resolve(set, 'judged.jsonl'));
  const scores = withIndex(resolve(set, 'pages'), (engine) => evaluate((query) => engine.search(query), judged), {
    home: tempFolder(),
  });
  return scores.finally(removeTempFolders);
}
