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
