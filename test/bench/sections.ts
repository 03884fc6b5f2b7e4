/** What there is to measure, in the order in which it is measured. */
import { activation } from './activation.ts';
import { atRest } from './at-rest.ts';
import { embedding } from './embedding.ts';
import type { Section, Settings } from './figures.ts';
import { firstAnswer } from './first-answer.ts';
import { idle } from './idle.ts';
import { instant } from './instant.ts';
import { oneEdit } from './one-edit.ts';
import { query } from './query.ts';
import { runtimes } from './runtimes.ts';
import { save } from './save.ts';
import { scan } from './scan.ts';
import { secondClone } from './second-clone.ts';
import { secondStart } from './second-start.ts';
import { waiting } from './waiting.ts';

export interface Measure {
  readonly title: string;
  readonly run: (settings: Settings) => Promise<Section>;
}

/** Those that change the made-up indexes stand last. */
export const sections: Readonly<Record<string, Measure>> = {
  'first-answer': { title: 'The first answer, from nothing', run: firstAnswer },
  embedding: { title: 'Embedding', run: embedding },
  runtimes: { title: 'WebAssembly beside the native runtime', run: runtimes },
  waiting: { title: 'A query while chunks are embedded', run: waiting },
  instant: { title: 'Instant vectors', run: instant },
  'second-start': { title: 'Starting again', run: secondStart },
  'second-clone': { title: 'A second clone', run: secondClone },
  'one-edit': { title: 'One edit', run: oneEdit },
  idle: { title: 'Idle', run: idle },
  activation: { title: 'Activation in the editor', run: activation },
  scan: { title: 'The scan of all vectors', run: scan },
  'at-rest': { title: 'The index at rest', run: atRest },
  query: { title: 'A query', run: query },
  save: { title: 'Saving a file', run: save },
};
