/** What a start costs once a folder is indexed, beside indexing it. */
import { tempFolder, writeFiles } from '../core/temp.ts';
import { sourceFiles } from './corpus.ts';
import { openEngine, settle, type Place } from './engines.ts';
import { atMost, median, type Section, type Settings } from './figures.ts';

const files = { code: 100, docs: 40 };
const starts = 3;
const bar = 0.1;

export async function secondStart({ threads, say }: Settings): Promise<Section> {
  const place: Place = { folder: tempFolder(), home: tempFolder(), threads };
  writeFiles(place.folder, Object.fromEntries(sourceFiles(files).map(({ path, text }) => [path, text])));

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
        peer: { name: 's, the first start', value: first.seconds },
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

interface Start {
  readonly files: number;
  readonly chunks: number;
  readonly embedded: number;
  /** From before the engine is opened until nothing is left to do. */
  readonly seconds: number;
  /** Then the first question, for which the model may have to be loaded. */
  readonly firstAnswerMs: number;
}

async function start(place: Place): Promise<Start> {
  const began = performance.now();
  const engine = await openEngine(place);
  const { files, chunks, embedded } = await settle(engine);
  const ready = performance.now();
  const { tier, results } = await engine.search({ query: 'parse an option given on the command line', top: 10 });
  const firstAnswerMs = performance.now() - ready;
  await engine.close();
  if (tier !== 'full' || results.length === 0) {
    throw new Error(`Ready, but a query gives ${results.length} results of tier ${tier}.`);
  }
  return { files, chunks, embedded, seconds: (ready - began) / 1000, firstAnswerMs };
}
