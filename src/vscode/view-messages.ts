/**
 * The messages between the side bar's page (media/search.js) and the extension. The page shows what it is told and
 * reports what the user does; sentences, grouping and opening are the extension's business. No path ever comes from
 * the page: it names a result by the number of the answer and the result's place in it.
 */
import type { Judgement } from '../worker/protocol.ts';
import type { Line } from './snippet.ts';

/** Where to look: everywhere, in the folder of the current file, in what is open, in it alone, in what git has changed. */
export const scopes = ['workspace', 'folder', 'open', 'file', 'changed'] as const;
export type ScopeName = (typeof scopes)[number];

/** What the page's boxes and toggles say. */
export interface Search {
  readonly query: string;
  readonly kind: 'all' | 'code' | 'docs';
  readonly scope: ScopeName;
  /** Globs, comma separated, as typed. */
  readonly include: string;
  readonly exclude: string;
}

/** What a button in the page can ask for. */
export const actions = [
  'openFolder',
  'showLog',
  'restart',
  'resume',
  'rebuild',
  'retry',
  'showReport',
  'why',
  'forget',
] as const;
export type ActionName = (typeof actions)[number];

/** What can be done with a result; each is a command `nearby.NAME`. */
export const itemCommands = [
  'findSimilarToResult',
  'moreLikeThis',
  'lessLikeThis',
  'openResultToSide',
  'dismissResult',
  'pinResult',
  'unpinResult',
  'showMoreOfFile',
] as const;
export type ItemCommand = (typeof itemCommands)[number];

/** What has the focus: the results, another part of the page, or nothing of it. */
export const focuses = ['results', 'page', 'elsewhere'] as const;
export type Focus = (typeof focuses)[number];

export type FromView =
  /** The page has loaded, perhaps again; `search` is what it remembers. */
  | { readonly type: 'ready'; readonly seq: number; readonly search: Search }
  /** `seq` grows with every search; `enter` when the user asked for it, rather than just typed. */
  | { readonly type: 'search'; readonly seq: number; readonly search: Search; readonly enter: boolean }
  /** Leaves the similar places and goes back to the query. */
  | { readonly type: 'leaveSimilar'; readonly seq: number; readonly search: Search }
  | {
      readonly type: 'open';
      readonly answer: number;
      readonly item: number;
      readonly how: 'preview' | 'open';
    }
  /** The selected result, -1 when none is; and where the focus is. */
  | { readonly type: 'selected'; readonly answer: number; readonly item: number; readonly focus: Focus }
  | { readonly type: 'run'; readonly command: ItemCommand; readonly answer: number; readonly item: number }
  | { readonly type: 'act'; readonly action: ActionName };

/** One chunk that was found. */
export interface Item {
  /** The same from one answer to the next. */
  readonly key: string;
  /** Its place in the answer; what `open`, `selected` and `run` name. */
  readonly item: number;
  /** The definition or heading; the line numbers stand in when there is none. */
  readonly title: string;
  /** The definition or headings around it; '' when there are none. */
  readonly container: string;
  /** `12` or `12–40`; '' when the title says so already. */
  readonly where: string;
  /** Its file, where no group says it. */
  readonly file?: FileShown;
  /** The ending of the file's name, which tells how its text is coloured; '' for prose. */
  readonly language: string;
  readonly lines: readonly Line[];
  /** 0 to 1. */
  readonly score: number;
  /** Why it is there: one line. */
  readonly why: string;
  readonly judged?: Judgement;
  readonly pinned: boolean;
  readonly tooltip: string;
  /** What an editor takes when it is dropped there: a URI with the lines. */
  readonly drag: string;
}

export interface FileShown {
  readonly name: string;
  /** The folder of the file, '' at the top. */
  readonly directory: string;
  /** A codicon's name. */
  readonly icon: string;
}

/** The results of one file; those that are pinned; or, without a head, all of them as a list. */
export interface Group {
  /** The file's URI: the same from one answer to the next, so that a collapsed group stays collapsed. */
  readonly key: string;
  readonly head?: GroupHead;
  readonly items: readonly Item[];
}

export interface GroupHead extends FileShown {
  readonly tooltip: string;
  /** Whether more of the file can be asked for. */
  readonly more: boolean;
}

/** A state with no results: what it is, and what to do next. */
export interface Notice {
  readonly title: string;
  readonly detail: string;
  readonly actions: readonly Button[];
  /** Queries to choose from. */
  readonly recent: readonly string[];
}

export interface Button {
  readonly label: string;
  /** `clearFilters` never leaves the page. */
  readonly action: ActionName | 'clearFilters';
  /** Shown as a link, for it is not what comes next. */
  readonly quiet?: true;
}

/** What similar places are being sought for. */
export interface SourceShown {
  readonly label: string;
  readonly where: string;
}

/** What was learned from use and took part in the answer. */
export interface LearnedShown {
  readonly text: string;
  readonly actions: readonly Button[];
}

/** The state of the index, shown while it is not complete. */
export interface IndexShown {
  readonly icon: string;
  readonly text: string;
  /** 0 to 1, when there is something to measure. */
  readonly fraction?: number;
  readonly actions: readonly Button[];
}

export type ToView =
  /** `notice` stands where the results would when there are none. Ignored by the page when `seq` is not its latest. */
  | {
      readonly type: 'results';
      readonly seq: number;
      readonly answer: number;
      readonly source?: SourceShown;
      readonly summary: string;
      readonly learned?: LearnedShown;
      /** Whether results can be judged as more or less of what was meant. */
      readonly canJudge: boolean;
      readonly groups: readonly Group[];
      readonly notice?: Notice;
    }
  | { readonly type: 'index'; readonly index?: IndexShown }
  /** The last queries, newest first. */
  | { readonly type: 'history'; readonly queries: readonly string[] }
  /** Puts the cursor into the query box; what is given takes the place of what the boxes say, and is searched for. */
  | { readonly type: 'focus'; readonly search?: Partial<Search> }
  | { readonly type: 'focusResults' }
  /** Selects a result of this answer, as the user walks through them outside the page. */
  | { readonly type: 'select'; readonly answer: number; readonly item: number }
  | { readonly type: 'clear' }
  | { readonly type: 'collapseAll' }
  | { readonly type: 'expandAll' };

/** What a context menu of the page hands to the command that it runs, among what the editor adds. */
export function isItemContext(value: unknown): value is { readonly answer: number; readonly item: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { answer, item } = value as Readonly<Record<string, unknown>>;
  return Number.isSafeInteger(answer) && Number.isSafeInteger(item);
}
