/** The messages between the extension (or any other parent) and the worker process. Plain data, structured-clone safe. */
import type { ExcludeGlob } from '../core/ignore.ts';
import type { Speed } from '../core/pace.ts';
import type { Texts } from '../core/say.ts';
import type {
  Duplicates,
  FileList,
  FileListQuery,
  IndexReport,
  LearnCounts,
  LearnEvent,
  SearchAnswer,
  SearchQuery,
  SimilarQuery,
  Status,
  VectorMap,
  Verdict,
} from '../core/types.ts';
import type { Excess } from './memory.ts';

/** How a folder is to be indexed; sent when it is opened and again when settings change. */
export interface FolderOptions {
  /** Absolute path. */
  readonly folder: string;
  /** Where all indexes are kept; the user's cache folder when absent. */
  readonly home?: string;
  /** Globs left out besides the folder's own ignore files: the editor's files.exclude and nearby.exclude. */
  readonly exclude: readonly ExcludeGlob[];
  /** Globs of what is indexed although an ignore file leaves it out: nearby.include. None when absent. */
  readonly include?: readonly string[];
  /** Bytes; larger files are skipped with that reason. */
  readonly maxFileSize: number;
  /** How much of the machine embedding may take. */
  readonly speed: Speed;
  /** Whether results are ranked by what use has taught, and use is noted. True when absent. */
  readonly learn?: boolean;
}

/** Every request names its folder; `id` pairs it with its reply. */
export type Request =
  | { readonly type: 'open'; readonly options: FolderOptions }
  | { readonly type: 'close'; readonly folder: string }
  /** Paths that may have changed, relative to the folder; none given: look at the whole folder again. */
  | { readonly type: 'changed'; readonly folder: string; readonly paths?: readonly string[] }
  | { readonly type: 'search'; readonly folder: string; readonly query: SearchQuery }
  /** Answered as `search` once its first candidates have been embedded. */
  | { readonly type: 'sharpen'; readonly folder: string; readonly query: SearchQuery }
  | { readonly type: 'similar'; readonly folder: string; readonly query: SimilarQuery }
  /** All files and chunks in the plane. */
  | { readonly type: 'map'; readonly folder: string }
  /** Chunks that are nearly the same. */
  | { readonly type: 'duplicates'; readonly folder: string }
  | { readonly type: 'why'; readonly folder: string; readonly path: string }
  /** How sound the index is and, with a file of judged queries (an absolute path), how good its answers are. */
  | { readonly type: 'evaluate'; readonly folder: string; readonly judged?: string }
  /** What the user did with a result. */
  | { readonly type: 'learn'; readonly folder: string; readonly event: LearnEvent }
  /** How much was learned. */
  | { readonly type: 'learned'; readonly folder: string }
  /** Forgets what was learned for a query and those near to it; without one, everything. */
  | { readonly type: 'forget'; readonly folder: string; readonly query?: string }
  /** An editor's text that is not saved, found as it stands; without text, the file counts again or the editor is gone. */
  | { readonly type: 'draft'; readonly folder: string; readonly path: string; readonly text?: string }
  /** What the user looks at, the most important first, relative to the folder: embedded before the rest. */
  | { readonly type: 'prefer'; readonly folder: string; readonly paths: readonly string[] }
  /** The user is typing: embedding waits for a pause. */
  | { readonly type: 'typing'; readonly folder: string }
  | { readonly type: 'status'; readonly folder: string }
  | { readonly type: 'pause'; readonly folder: string }
  | { readonly type: 'resume'; readonly folder: string }
  /** Builds the folder's index anew beside the one in use, whose place it takes in the end. Answered then. */
  | { readonly type: 'rebuild'; readonly folder: string }
  /** The index before the last rebuild takes its place again. */
  | { readonly type: 'rollBack'; readonly folder: string }
  /** Removes every byte kept for the folder, which is closed from then on. */
  | { readonly type: 'clear'; readonly folder: string }
  /** What the status does not say of the index. */
  | { readonly type: 'report'; readonly folder: string }
  /** Some of the files behind one of the report's numbers. */
  | { readonly type: 'files'; readonly folder: string; readonly query: FileListQuery };

export interface Replies {
  open: Status;
  close: null;
  changed: null;
  search: SearchAnswer;
  sharpen: SearchAnswer;
  similar: SearchAnswer;
  map: VectorMap;
  duplicates: Duplicates;
  why: Verdict;
  evaluate: EvaluationReport;
  learn: null;
  learned: LearnCounts;
  forget: null;
  draft: null;
  prefer: null;
  typing: null;
  status: Status;
  pause: null;
  resume: null;
  rebuild: null;
  rollBack: null;
  clear: null;
  report: IndexReport;
  files: FileList;
}

export interface EvaluationReport {
  /** The whole report, for people. */
  readonly markdown: string;
  /** Its first lines, as plain text: what is worth acting upon, or that nothing is. */
  readonly findings: readonly string[];
  /** Whether nothing is. */
  readonly isSound: boolean;
}

export type ToWorker =
  /** Sent first: the texts of the language that it is to speak. */
  | { readonly kind: 'speak'; readonly texts: Texts }
  | { readonly kind: 'request'; readonly id: number; readonly request: Request }
  | { readonly kind: 'cancel'; readonly id: number };

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type FromWorker =
  | { readonly kind: 'reply'; readonly id: number; readonly reply: Replies[keyof Replies] }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  /** Sent whenever a folder's status changes, a few times a second at the most. */
  | { readonly kind: 'status'; readonly status: Status }
  /** A sentence for the user: what was found damaged and is made good. Each once. */
  | { readonly kind: 'notice'; readonly folder: string; readonly sentence: string }
  /** The worker holds more memory than its work explains and wants to be replaced. */
  | { readonly kind: 'recycle'; readonly excess: Excess };

export type * from '../core/types.ts';
export type { ExcludeGlob, Speed };
