/** An index as it lies on disk and in memory: its bytes, how long it takes to open, what a process that searches it holds. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundled } from './bundle.ts';
import { median, within, type Figure, type Section, type Settings } from './figures.ts';
import { madeUpIndex } from './made-up-index.ts';
import type { Opened } from './open-index.ts';
import { vectraFile } from './vectra-alone.ts';

const opens = 3;
/** Seconds, MB and bytes. */
const bars = {
  usual: { seconds: 0.5, memory: 150, bytes: 700 },
  million: { seconds: 3, memory: 1000, bytes: 700 },
};

export async function atRest({ sizes, scratch, say }: Settings): Promise<Section> {
  const figures: Figure[] = [];
  const detail: Record<string, unknown> = {};
  let smallest: Subject | undefined;
  for (const size of sizes) {
    const { path, chunks, textSize } = await madeUpIndex(size, scratch, say);
    say(`at-rest: opening ${chunks} chunks in ${opens} new processes`);
    const opened = await openOften('open-index.ts', path);
    const { seconds, memory, empty, bytes } = summary(opened, chunks);
    const bar = size >= 1_000_000 ? bars.million : bars.usual;
    figures.push(
      {
        ...{ name: 'cold open, in a new process', panel: 'Cold open', chunks, value: seconds, unit: 's' },
        ...within(seconds, bar.seconds),
      },
      {
        ...{ name: 'memory of a process that searches, without a model', panel: 'Memory, without the model' },
        ...{
          chunks,
          value: memory,
          unit: 'MB',
          peer: { name: 'before it is opened', value: empty },
          ...within(memory, bar.memory),
        },
      },
      { name: 'on disk, for each chunk', chunks, value: bytes, unit: 'bytes', ...within(bytes, bar.bytes) },
    );
    detail[chunks] = { textBytesPerChunk: textSize / chunks, opened };
    smallest ??= { chunks, opened };
  }
  if (smallest) figures.push(...(await besideVectra(smallest, say)));
  return { figures, detail };
}

interface Subject {
  readonly chunks: number;
  readonly opened: readonly Opened[];
}

interface Summary {
  readonly seconds: number;
  /** Once it was searched, and before it was opened: MB. */
  readonly memory: number;
  readonly empty: number;
  /** For each chunk. */
  readonly bytes: number;
}

/** The same number of vectors in vectra's own format, without text and postings. */
async function besideVectra({ chunks, opened }: Subject, say: Settings['say']): Promise<Figure[]> {
  say(`at-rest: ${chunks} vectors in vectra alone`);
  const ours = summary(opened, chunks);
  const theirs = summary(await openOften('open-vectra.ts', await vectraFile(chunks)), chunks);
  const beside = (name: string, unit: string, what: keyof Summary): Figure => ({
    ...{ name: `${name}, beside vectra`, chunks, value: ours[what], unit },
    peer: { name: 'vectra alone', value: theirs[what] },
  });
  return [
    beside('cold open', 's', 'seconds'),
    beside('memory', 'MB', 'memory'),
    beside('on disk, for each chunk', 'bytes', 'bytes'),
  ];
}

/** @param script one that opens the index at its first argument, and prints what that took */
async function openOften(script: string, path: string): Promise<Opened[]> {
  const program = await bundled(script);
  const opened: Opened[] = [];
  for (let i = 0; i < opens; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program, path]);
    opened.push(JSON.parse(stdout) as Opened);
  }
  return opened;
}

function summary(opened: readonly Opened[], chunks: number): Summary {
  const of = (what: keyof Opened): number => median(opened.map((one) => one[what]));
  return {
    ...{ seconds: of('ms') / 1000, bytes: of('bytes') / chunks },
    ...{ memory: of('searchedRss') / 1e6, empty: of('emptyRss') / 1e6 },
  };
}
