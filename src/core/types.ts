/** Plain data that the stages of the pipeline hand to one another. Nothing here has behaviour. */

/** What a file or a chunk is made of: program text, or prose with or without markup. */
export type Kind = 'code' | 'docs';

/** A file that the walk found and that is to be indexed. */
export interface FoundFile {
  /** Relative to the folder, with forward slashes, in the form the file system gave it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, as the file system tells it (fractions kept). */
  readonly mtimeMs: number;
}

/** Why a file was left out. Each code has one sentence for the user in `message`. */
export type SkipCode =
  'ignored' | 'binary' | 'minified' | 'too-large' | 'empty' | 'secret' | 'symlink' | 'not-a-file' | 'unreadable';

/** A rule of the user's that leaves files out, to be opened or changed. */
export type Rule =
  /** A line of an ignore file. `file` is relative to the folder with forward slashes, or absolute when it lies elsewhere. */
  | { readonly kind: 'line'; readonly file: string; readonly line: number; readonly pattern: string }
  | { readonly kind: 'setting'; readonly setting: ExcludeSetting; readonly pattern: string }
  | { readonly kind: 'setting'; readonly setting: 'nearby.maxFileSize' };

/** The settings whose globs leave files out. */
export type ExcludeSetting = 'files.exclude' | 'nearby.exclude';

export interface Skipped {
  readonly path: string;
  readonly code: SkipCode;
  /** A whole sentence: what, and where it applies the rule with its file and line. */
  readonly reason: string;
  /** Absent when Nearby itself decides: version control, packages, secrets, what holds no text. */
  readonly rule?: Rule;
}

/** A piece of a file that is found on its own. Lines are 1-based and inclusive. */
export interface Chunk {
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: Kind;
  /** The definition that the chunk holds or lies in (`Axios.prototype.request`), or the nearest heading; '' when none. */
  readonly symbol: string;
  /** The headings or definitions above it, outermost first, without `symbol`. */
  readonly breadcrumb: readonly string[];
  /** The text itself, as read. */
  readonly text: string;
}

/** A fast answer from keywords alone, or one in which the model's vectors took part. */
export type Tier = 'instant' | 'full';

export interface Filters {
  readonly kind?: Kind;
  /** Glob patterns over paths; a file must match one of them. */
  readonly include?: readonly string[];
  /** Glob patterns over paths; a file must match none of them. */
  readonly exclude?: readonly string[];
  /** Paths, not globs, of files or of folders with all that they hold (`''` the whole); a file must be among them. */
  readonly paths?: readonly string[];
}

export interface SearchQuery extends Filters {
  readonly query: string;
  /** How many results at the most. */
  readonly top: number;
}

/** The text that similar places are sought for; the given place itself is left out of the answer. */
export interface SimilarQuery extends Filters {
  readonly path: string;
  /** Text as it stands in the editor; read from the file when absent. */
  readonly text?: string;
  /** The lines in question, 1-based and inclusive; the whole file when absent. */
  readonly startLine?: number;
  readonly endLine?: number;
  readonly top: number;
}

export interface SearchResult {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: Kind;
  readonly symbol: string;
  readonly breadcrumb: readonly string[];
  /** 0 to 1, comparable within one answer. */
  readonly score: number;
  /** Short phrases, most telling first: "defines `request`", "near in meaning (0.71)", "matches: adapter, http". */
  readonly reasons: readonly string[];
  /** The chunk's text as it stands on disk now. */
  readonly snippet: string;
  /** The cell of a notebook, from 0, that holds it. */
  readonly cell?: number;
  /** The words of the query that occur in the snippet, lower case. */
  readonly terms: readonly string[];
  /** What the user said of this result for the same query. */
  readonly judged?: Judgement;
}

/** "More like this", "less like this". */
export type Judgement = 'more' | 'less';

/** What the user did with a result of a query: opened it, judged it, or took the judgement back. */
export interface LearnEvent {
  readonly kind: 'opened' | Judgement | 'neither';
  readonly query: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** How much was learned from use in a folder. */
export interface LearnCounts {
  /** Results judged as more or less of what was meant. */
  readonly judged: number;
  /** Results opened, each time counted. */
  readonly opened: number;
}

export interface SearchAnswer {
  readonly tier: Tier;
  /** Milliseconds, all in. */
  readonly ms: number;
  readonly results: readonly SearchResult[];
  /** How many of the user's judgements took part; absent when none did. */
  readonly learned?: number;
}

/** What the engine is doing. `failed` carries a message; the rest of the work goes on when it can. */
export type EngineState = 'opening' | 'scanning' | 'embedding' | 'ready' | 'paused' | 'failed';

export interface Status {
  readonly folder: string;
  readonly state: EngineState;
  /** A sentence for the user when something is wrong: what, where, and what to do next. */
  readonly message?: string;
  /** Files that can be found now. */
  readonly files: number;
  readonly chunks: number;
  /** Chunks whose vector is there, so that they are found by meaning. */
  readonly embedded: number;
  /** Of the others, those with an instant vector, so that they are found roughly by meaning. */
  readonly sketched: number;
  /** Files seen by the walk but not yet read. */
  readonly pendingFiles: number;
  readonly skipped: number;
  /** Over the last seconds of embedding; 0 when none is under way. */
  readonly tokensPerSecond: number;
  readonly indexBytes: number;
  /** Where the index lies on disk. */
  readonly indexPath: string;
  readonly model: string;
  /** Whether this process may write the index; another one holds it otherwise. */
  readonly writer: boolean;
  /** True while the index is built anew beside the one in use, which answers: the numbers are those of the new one. */
  readonly rebuilds?: boolean;
}

export interface UpdateReport {
  readonly files: number;
  readonly chunks: number;
  /** Chunks embedded by this update. */
  readonly embedded: number;
  /** Chunks of this update whose vector was there already. */
  readonly reused: number;
  readonly skipped: readonly Skipped[];
  readonly seconds: number;
  readonly tokensPerSecond: number;
  readonly indexBytes: number;
  readonly peakRssBytes: number;
}

/** The verdict on one file: can it be found, and if not, why not. */
export interface Verdict {
  readonly path: string;
  readonly state: 'indexed' | 'pending' | 'skipped' | 'missing' | 'outside';
  /** One or two whole sentences. */
  readonly reason: string;
  /** Of a file that was left out. */
  readonly code?: SkipCode;
  readonly rule?: Rule;
  readonly chunks: number;
  readonly embedded: number;
}

/** What a report says of an index beyond its status. */
export interface IndexReport {
  readonly model: {
    readonly id: string;
    readonly dimensions: number;
    /** The Unicode scripts that it was trained to read. */
    readonly scripts: readonly string[];
  };
  /** Records of what was left out, by reason; a folder counts once. */
  readonly skipped: Readonly<Partial<Record<SkipCode, number>>>;
  /** Files with chunks that the model has not read yet. */
  readonly waitingFiles: number;
  /** When the index was last in step with the folder, in milliseconds since the epoch; absent before the first time. */
  readonly updatedMs?: number;
}

/** Files of a report that are listed together: those left out for one reason, or those that wait for the model. */
export type FileGroup = SkipCode | 'waiting';

export interface FileListQuery {
  readonly group: FileGroup;
  /** Lists only paths with this in them, in any case; all when absent. */
  readonly containing?: string;
  /** How many of them to pass over, and how many to list at the most. */
  readonly from: number;
  readonly count: number;
}

export interface FileList {
  /** How many there are in all. */
  readonly total: number;
  /** In the order of their paths; a folder's ends in '/'. */
  readonly files: readonly { readonly path: string; readonly reason?: string; readonly rule?: Rule }[];
}

/**
 * All files and chunks in the plane: like ones lie together. Files are in the order of their paths. Strings are joined by
 * NUL, so that a hundred thousand of them cross between processes as fast as one.
 */
export interface VectorMap {
  readonly paths: string;
  /** Files x 2; nearly all within -1 and 1. */
  readonly files: Float32Array;
  /** Files + 1: where the chunks of each file begin. */
  readonly chunkStart: Uint32Array;
  /** Chunks x 2. */
  readonly chunks: Float32Array;
  /** 1-based and inclusive. */
  readonly startLine: Uint32Array;
  readonly endLine: Uint32Array;
  /** Of each chunk: 0 code, 1 docs. */
  readonly kinds: Uint8Array;
  /** The definition or heading of each chunk, '' for none. */
  readonly symbols: string;
  /** Chunks that are not in it, for they have no vector yet. */
  readonly missing: number;
}

/** A piece of a file that others are nearly the same as. Lines are 1-based and inclusive. */
export interface DuplicateCopy {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string;
  /** 0 to 1: the share of lines that are equal in it and in the first copy, those without a word left aside. */
  readonly same: number;
}

export interface DuplicateCluster {
  /** Lines with a word in them, of the first copy. */
  readonly lines: number;
  /** At least two; the first is the one that the others are measured against. */
  readonly copies: readonly DuplicateCopy[];
}

export interface Duplicates {
  /** Those with the most lines in all copies first. */
  readonly clusters: readonly DuplicateCluster[];
  /** Chunks that were not looked at, for they have no vector yet. */
  readonly missing: number;
}

/** Something went wrong that the user should read: what, where, what to do next. */
export class NearbyError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NearbyError';
    this.code = code;
  }
}
