/** What a copy of an indexed folder costs, a second clone or a worktree, beside indexing it the first time. */
import { cpSync } from 'node:fs';
import { tempFolder } from '../core/temp.ts';
import { writeSources } from './corpus.ts';
import { start, type Place } from './engines.ts';
import { atMost, type Section, type Settings } from './figures.ts';

const files = { code: 60, docs: 20 };
const bar = 0.1;

export async function secondClone({ threads, say }: Settings): Promise<Section> {
  const place: Place = { folder: tempFolder(), home: tempFolder(), threads };
  writeSources(place.folder, files);
  say('second-clone: indexing the first one');
  const first = await start(place);
  const clone = tempFolder();
  cpSync(place.folder, clone, { recursive: true });
  say(`second-clone: ${first.chunks} chunks in ${first.seconds.toFixed(1)} s; now the copy`);
  const second = await start({ ...place, folder: clone });
  if (second.chunks !== first.chunks) {
    throw new Error(`The copy has ${second.chunks} chunks, the folder ${first.chunks}.`);
  }
  return {
    figures: [
      {
        name: 'start to ready, the folder indexed elsewhere before',
        value: second.seconds,
        unit: 's',
        peer: { name: 'the first one', value: first.seconds },
        ...atMost(second.seconds / first.seconds, bar),
      },
      {
        name: 'embedded again',
        value: second.embedded,
        unit: 'chunks',
        peer: { name: 'for the first one', value: first.embedded },
        ...atMost(second.embedded / first.embedded, 0),
      },
    ],
    detail: { threads, first, second },
  };
}
