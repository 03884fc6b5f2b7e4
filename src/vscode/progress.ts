/** What can be found right now, over all folders, in numbers and in honest words. */
import * as vscode from 'vscode';
import type { Status } from '../worker/protocol.ts';
import type { OpenFolder } from './folders.ts';

/** `closed`: there is no folder to search. */
export type State = Status['state'] | 'closed';

/** Work that ends sooner than this after everything could be found is not shown. */
const calmMs = 1000;

export interface Progress {
  readonly state: State;
  readonly files: number;
  readonly chunks: number;
  readonly embedded: number;
  /** Of the others, those found roughly by meaning already. */
  readonly sketched: number;
  /** Files seen but not yet read. */
  readonly pendingFiles: number;
  readonly tokensPerSecond: number;
  /** Until the model has read all, where that can be told already. */
  readonly secondsLeft?: number;
  /** Whether the numbers are those of an index that is built beside the one in use. */
  readonly rebuilds: boolean;
  /** What is wrong and what to do next. */
  readonly message?: string;
}

/** The state that the user should hear of first. */
const mostTelling: readonly State[] = ['failed', 'opening', 'scanning', 'embedding', 'paused', 'ready', 'closed'];

export function progressOf(folders: readonly OpenFolder[]): Progress {
  const states: readonly State[] = folders.map(stateOf);
  const messages = folders.flatMap(({ root, status, failure }) => {
    const message = failure ?? status?.message;
    return message ? [folders.length > 1 ? `${root.name}: ${message}` : message] : [];
  });
  const sum = (count: (status: Status) => number): number =>
    folders.reduce((total, { status }) => total + (status ? count(status) : 0), 0);
  const times = folders.flatMap(({ secondsLeft }) => secondsLeft ?? []);
  return {
    state: mostTelling.find((state) => states.includes(state)) ?? 'closed',
    files: sum((status) => status.files),
    chunks: sum((status) => status.chunks),
    embedded: sum((status) => status.embedded),
    sketched: sum((status) => status.sketched),
    pendingFiles: sum((status) => status.pendingFiles),
    tokensPerSecond: sum((status) => status.tokensPerSecond),
    rebuilds: folders.some(({ status }) => status?.rebuilds),
    ...(times.length > 0 && { secondsLeft: Math.max(...times) }),
    ...(messages.length > 0 && { message: messages.join('\n') }),
  };
}

export function stateOf({ status, failure }: OpenFolder): Status['state'] {
  return failure === undefined ? (status?.state ?? 'opening') : 'failed';
}

/** Whether everything can be found, by words and by meaning, as far as the engine has looked. */
export function isComplete({ state, pendingFiles, embedded, chunks }: Progress): boolean {
  return state === 'ready' && pendingFiles === 0 && embedded >= chunks;
}

/** Chunks found by meaning, 0 to 1; never 1 before the last of them is there. */
export function fractionOf({ chunks, embedded }: Pick<Progress, 'chunks' | 'embedded'>): number {
  return chunks === 0 ? 0 : embedded / chunks;
}

/** `43%`, rounded down, so that 100% means all. */
export function percentOf(progress: Pick<Progress, 'chunks' | 'embedded'>): string {
  return `${Math.floor(fractionOf(progress) * 100)}%`;
}

/** One sentence: what can be searched now. */
export function searchableNow(progress: Progress): string {
  const { chunks, embedded, sketched, files, pendingFiles } = progress;
  if (progress.state === 'closed') return vscode.l10n.t('No folder is open.');
  if (chunks === 0 && (progress.state === 'opening' || progress.state === 'scanning')) {
    return vscode.l10n.t('Reading the folder…');
  }
  if (pendingFiles > 0) {
    return vscode.l10n.t('Searchable now: {0} of {1} files.', n(files), n(files + pendingFiles));
  }
  if (embedded < chunks && embedded + sketched >= chunks) {
    return vscode.l10n.t('Searchable now: all {0} chunks, {1} of them in full.', n(chunks), n(embedded));
  }
  if (embedded < chunks) {
    return vscode.l10n.t('Searchable now: {0} of {1} chunks by meaning, all by words.', n(embedded), n(chunks));
  }
  if (progress.state === 'scanning') return vscode.l10n.t('Looking for changes in {0} files…', n(files));
  return vscode.l10n.t('Searchable: {0} chunks in {1} files.', n(chunks), n(files));
}

/** Passes progress on, but for the moments of work that follow each save: only work that lasts is worth a look. */
export class Calm implements vscode.Disposable {
  readonly #show: (progress: Progress) => void;
  #shown: Progress | undefined;
  #latest: Progress | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(show: (progress: Progress) => void) {
    this.#show = show;
  }

  update(progress: Progress): void {
    this.#latest = progress;
    const isBrief = progress.state === 'scanning' || progress.state === 'embedding';
    if (isBrief && this.#shown?.state === 'ready') this.#timer ??= setTimeout(() => this.#pass(), calmMs);
    else this.#pass();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #pass(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shown = this.#latest;
    if (this.#latest) this.#show(this.#latest);
  }
}

/** A whole number, grouped as the user's locale does. */
export function n(value: number): string {
  return Math.round(value).toLocaleString(vscode.env.language);
}

/** `12 KB`, `3.4 MB`, with thousands of bytes as system tools have it. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1e6) return vscode.l10n.t('{0} KB', n(bytes / 1e3));
  return vscode.l10n.t('{0} MB', (bytes / 1e6).toLocaleString(vscode.env.language, { maximumFractionDigits: 1 }));
}
