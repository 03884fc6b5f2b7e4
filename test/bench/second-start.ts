/** What a start costs once a folder is indexed, beside indexing it. */
import { tempFolder } from '../core/temp.ts';
import { writeSources } from './corpus.ts';
import { start, type Place, type Start } from './engines.ts';
import { atMost, median, type Section, type Settings } from './figures.ts';

const files = { code: 100, docs: 40 };
const starts = 3;
const bar = 0.1;

export async function secondStart({ threads, say }: Settings): Promise<Section> {
  const place: Place = { folder: tempFolder(), home: tempFolder(), threads };
  writeSources(place.folder, files);
  say('second-start: the first start');
  const first = await start(place);
  say(`second-start: ${first.chunks} chunks of ${first.files} files in ${first.seconds.toFixed(1)} s; ${starts} more`);
  const later: Start[] = [];
  for (let i = 0; i < starts; i++) later.push(await start(place));
  const seconds = median(later.map((one) => one.seconds));
  const embedded = Math.max(...later.map((one) => one.embedded));
  return {
    figures: [
      {
        name: 'start to ready, all indexed before',
        value: seconds,
        unit: 's',
        peer: { name: 'the first start', value: first.seconds },
        ...atMost(seconds / first.seconds, bar),
      },
      {
        name: 'embedded again',
        value: embedded,
        unit: 'chunks',
        peer: { name: 'at the first start', value: first.embedded },
        ...atMost(embedded / first.embedded, 0),
      },
    ],
    detail: { threads, first, later },
  };
}
