/**
 * What the user did with results, in one small file beside the folder's indexes: it names queries and places rather
 * than vectors, so it outlives models and chunkers. Nothing here leaves the machine.
 */
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { checksumOf } from './checksum.ts';
import { say } from './say.ts';
import { Serial } from './serial.ts';
import { writeAtomically } from './store/files.ts';
import { NearbyError, type LearnCounts, type LearnEvent } from './types.ts';

/** The oldest events beyond this many are dropped. */
export const maxEvents = 2000;
const format = 2;
const kinds: readonly unknown[] = ['opened', 'more', 'less'];

export interface FeedbackEvent extends LearnEvent {
  readonly kind: 'opened' | 'more' | 'less';
  /** The chunk's hash, hexadecimal. */
  readonly hash: string;
  /** The chunk's definition or heading: finds it again after it was edited. */
  readonly symbol: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Queries that differ in case and blanks only are the same. */
export const queryKey = (query: string): string => query.replaceAll('"', ' ').replace(/\s+/g, ' ').trim().toLowerCase();

export const isJudgement = ({ kind }: Pick<LearnEvent, 'kind'>): boolean => kind !== 'opened';

export class Feedback {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #events: readonly FeedbackEvent[] = [];
  /** Of the file that `#events` came from; '' when there was none. */
  #stamp = '';
  #failure: NearbyError | undefined;
  #looking: Promise<readonly FeedbackEvent[]> | undefined;
  readonly #changes = new Serial();

  /** @param warn receives a sentence about what was found damaged and set aside */
  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Oldest first. Reads the file again when another process has written it; one that cannot be read counts as empty. */
  events(): Promise<readonly FeedbackEvent[]> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /**
   * Replaces what the file holds now, so that what other processes wrote stays.
   * @throws NearbyError `unreadable`, or what the file system says when it cannot be written
   */
  change(change: (events: readonly FeedbackEvent[]) => readonly FeedbackEvent[]): Promise<void> {
    return this.#changes.run(async () => {
      await this.#looking; // it may have begun before the last change
      const known = await this.events();
      if (this.#failure) throw this.#failure;
      const events = change(known).slice(-maxEvents);
      // One event a line: short enough to read, and to see what is remembered.
      const lines = events.map((event) => JSON.stringify(event)).join(',\n');
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      const head = `"format":${format},"checksum":${checksumOf(events)}`;
      await writeAtomically(this.#path, `{${head},"events":[\n${lines}\n]}\n`);
      this.#stamp = ''; // the next look reads it back
    });
  }

  /** Forgets everything: the file goes, and so does what was set aside of it. */
  clear(): Promise<void> {
    return this.#changes.run(async () => {
      const folder = dirname(this.#path);
      const names = await readdir(folder).catch(() => []); // no folder: there is nothing to forget
      const name = basename(this.#path);
      for (const each of names) {
        if (each.startsWith(name) || each.startsWith(`.${name}.`)) await rm(join(folder, each), { force: true });
      }
      this.#events = [];
      this.#stamp = '';
    });
  }

  async counts(): Promise<LearnCounts> {
    const events = await this.events();
    const judged = events.filter(isJudgement).length;
    return { judged, opened: events.length - judged };
  }

  async #look(): Promise<readonly FeedbackEvent[]> {
    const stamp = await stampOf(this.#path);
    if (stamp !== this.#stamp) {
      this.#events = stamp === '' ? [] : await this.#read();
      this.#stamp = stamp;
    }
    return this.#events;
  }

  async #read(): Promise<readonly FeedbackEvent[]> {
    this.#failure = undefined;
    try {
      const events = parse(await readFile(this.#path, 'utf8'));
      if (events) return events;
      const aside = `${this.#path}.damaged`;
      await rename(this.#path, aside);
      this.#warn(say('What was learned from use ({0}) is damaged; it was set aside as {1}.', this.#path, aside));
    } catch (error) {
      const message = say(
        'What was learned from use cannot be read ({0}); results are ranked without it.',
        String(error),
      );
      this.#failure = new NearbyError('unreadable', message, { cause: error });
      this.#warn(message);
    }
    return [];
  }
}

/** Changes whenever the file is replaced; '' when there is none. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, mtimeMs, size } = await stat(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return ''; // none, or no way to look: either way there is nothing to go by
  }
}

/** Undefined when the text is not what this module writes. */
function parse(text: string): readonly FeedbackEvent[] | undefined {
  try {
    const value = JSON.parse(text) as Record<'format' | 'checksum' | 'events', unknown> | null;
    if (value?.format !== format || !Array.isArray(value.events)) return undefined;
    if (value.checksum === checksumOf(value.events) && value.events.every(isEvent)) return value.events;
  } catch {
    // not JSON: the caller says that it is damaged
  }
  return undefined;
}

function isEvent(value: unknown): value is FeedbackEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Partial<Record<keyof FeedbackEvent, unknown>>;
  return (
    kinds.includes(event.kind) &&
    [event.query, event.path, event.hash, event.symbol].every((text) => typeof text === 'string') &&
    [event.startLine, event.endLine, event.at].every((number) => typeof number === 'number')
  );
}
