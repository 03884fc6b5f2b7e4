/** What is done to it, in this order. */
import { corruption } from './corruption.ts';
import { faults } from './faults.ts';
import { fuzz } from './fuzz.ts';
import { kills } from './kills.ts';
import { soak } from './soak.ts';
import type { Row, Trial } from './trial.ts';
import { writers } from './writers.ts';

/** How much of it. */
interface Amount {
  readonly rounds?: number;
  readonly seconds?: number;
}

export interface Torture {
  readonly title: string;
  /** What is done, and what has to hold, in a sentence or two. */
  readonly what: string;
  readonly run: (trial: Trial) => Promise<readonly Row[]>;
  readonly full: Amount;
  /** For every change. */
  readonly slice: Amount;
  /** `alone`: before the others, for it takes all processors. `beside`: while they are done, for it leaves them one. */
  readonly place?: 'alone' | 'beside';
}

export const sections: Readonly<Record<string, Torture>> = {
  kills: {
    title: 'Killed at any moment',
    what:
      'The worker, its host, or both are killed while files are read, embedded, saved, merged and rebuilt. After each, ' +
      'the index is read by itself: all that it held before and still should hold is there, and every chunk and vector is right.',
    run: kills,
    full: { rounds: 500 },
    slice: { rounds: 16 },
    place: 'alone',
  },
  faults: {
    title: 'Every call to the file system fails once',
    what:
      'A run of commits, merges and reopenings is done over and over; each time another of its calls to the file system is ' +
      'torn by a crash, that also takes with it what was not synced, or fails with an error.',
    run: faults,
    full: { rounds: Infinity },
    slice: { rounds: 150 },
  },
  corruption: {
    title: 'Flipped bits and cut files',
    what:
      'A bit is flipped in a file of the index or the model, or the file is cut. That is found and said once; what was in ' +
      'the file, and nothing else, is made again.',
    run: corruption,
    full: { rounds: 1000 },
    slice: { rounds: 80 },
  },
  writers: {
    title: 'Ten processes at one index',
    what:
      'All of them want to write. They are killed and stopped at random; the log of their commits tells that there was ' +
      'one writer at a time, and that no commit was lost.',
    run: writers,
    full: { rounds: 12 },
    slice: { rounds: 2 },
  },
  fuzz: {
    title: 'Hostile input',
    what: 'Generated input for the walk, the reader, the chunkers, the codecs and queries: no crash, no hang, nothing wrong.',
    run: fuzz,
    full: { rounds: 100_000 },
    slice: { rounds: 2000 },
  },
  soak: {
    title: 'Edits and searches without pause',
    what: 'A worker at work: memory, queues and the time of a query stay as they are.',
    run: soak,
    full: { seconds: 600 },
    slice: { seconds: 30 },
    place: 'beside',
  },
};
