/** What the map's page and the extension say to each other. Plain data; the page checks its types against these too. */
import type { VectorMap } from '../worker/protocol.ts';

/** A place in the map: a file by its number and, for a chunk, the chunk's. */
interface PointMessage {
  readonly file: number;
  /** -1 for the file as a whole. */
  readonly chunk: number;
}

export type FromMap =
  | { readonly type: 'ready' }
  /** `beside` leaves the focus in the map; `side` and `open` move it into the editor. */
  | ({ readonly type: 'open'; readonly how: 'beside' | 'side' | 'open' } & PointMessage)
  /** Asked in the map's own box; '' puts the lights out. */
  | { readonly type: 'search'; readonly query: string }
  | { readonly type: 'refresh' };

/** A result: the lines of a file, by its path in the folder. */
export interface LitPlace {
  readonly path: string;
  readonly startLine: number;
}

export type ToMap =
  | { readonly type: 'making' }
  | { readonly type: 'map'; readonly map: VectorMap }
  /** No map can be shown: why, and what to do. */
  | { readonly type: 'notice'; readonly title: string; readonly detail: string }
  /** Best first. */
  | { readonly type: 'lit'; readonly question: string; readonly places: readonly LitPlace[] }
  /** The index is no longer what the map was made of. */
  | { readonly type: 'stale' };

/** Whether a message from the page is what it should be; anything else is dropped. */
export function isFromMap(value: unknown): value is FromMap {
  if (typeof value !== 'object' || value === null) return false;
  const { type, file, chunk, how, query } = value as Readonly<Record<string, unknown>>;
  if (type === 'search') return typeof query === 'string' && query.length < 1e5;
  if (type !== 'open') return type === 'ready' || type === 'refresh';
  return (
    Number.isSafeInteger(file) && Number.isSafeInteger(chunk) && ['beside', 'side', 'open'].includes(how as string)
  );
}
