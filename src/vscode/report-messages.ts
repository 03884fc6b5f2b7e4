/**
 * The messages between the index report's page (media/report) and the extension. Sentences, numbers and what a button does
 * are the extension's business. No path ever comes from the page: it names a file by its place in a list it was sent.
 */
import type { FileGroup } from '../worker/protocol.ts';

/** What a folder's buttons can ask for. */
export const folderActions = [
  'pause',
  'resume',
  'rebuild',
  'clear',
  'build',
  'showLog',
  'openIndexFolder',
  'checkHealth',
  'restart',
] as const;
export type FolderAction = (typeof folderActions)[number];

/** What can be done with a file of a list. */
export const fileActions = ['open', 'rule', 'include'] as const;
export type FileAction = (typeof fileActions)[number];

export interface ReportButton {
  readonly action: FolderAction;
  readonly label: string;
  /** A codicon's name. */
  readonly icon: string;
  readonly disabled?: true;
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  /** More of the same, smaller. */
  readonly detail?: string;
  /** The detail is long: it gets a line of its own. */
  readonly wide?: true;
  readonly action?: ReportButton;
}

/** Parts of all chunks, each 0 to 1. */
export interface Coverage {
  readonly read: number;
  readonly roughly: number;
  readonly legend: readonly { readonly part: 'read' | 'roughly' | 'waiting'; readonly text: string }[];
  /** The same in a sentence. */
  readonly label: string;
}

export interface GroupShown {
  readonly group: FileGroup;
  readonly label: string;
  readonly count: number;
  readonly countText: string;
  readonly icon: string;
  /** Why, and what could be done, for all of the group. */
  readonly hint: string;
}

export interface HealthShown {
  readonly state: 'unknown' | 'busy' | 'sound' | 'findings';
  /** A sentence each. */
  readonly lines: readonly string[];
  readonly action?: ReportButton;
}

export interface FolderShown {
  /** The same as long as the folder is in the workspace. */
  readonly key: string;
  readonly name: string;
  readonly path: string;
  readonly state: { readonly id: string; readonly icon: string; readonly title: string; readonly detail: string };
  readonly buttons: readonly ReportButton[];
  readonly coverage?: Coverage;
  readonly figures: readonly Figure[];
  readonly leftOut?: { readonly title: string; readonly groups: readonly GroupShown[] };
  readonly health?: HealthShown;
}

/** A state that concerns the whole workspace: nothing is open, or it is not trusted. */
export interface NoteShown {
  readonly icon: string;
  readonly title: string;
  readonly detail: string;
  /** Labels of buttons, which are named by their place. */
  readonly actions: readonly string[];
}

export interface FileShown {
  readonly path: string;
  readonly reason: string;
  readonly canOpen: boolean;
  /** `.gitignore:3`, or a setting's name. */
  readonly rule?: string;
  readonly canInclude: boolean;
}

export type ToReport =
  | { readonly type: 'folders'; readonly notes: readonly NoteShown[]; readonly folders: readonly FolderShown[] }
  /** Files of a list from `from` on, which take the place of what was there. */
  | {
      readonly type: 'files';
      readonly folder: string;
      readonly group: FileGroup;
      readonly containing: string;
      readonly from: number;
      readonly total: number;
      /** `100 of 9,900`, for the button that asks for more. */
      readonly more: string;
      readonly files: readonly FileShown[];
    };

export type FromReport =
  | { readonly type: 'ready' }
  | { readonly type: 'note'; readonly note: number; readonly action: number }
  | { readonly type: 'act'; readonly folder: string; readonly action: FolderAction }
  | {
      readonly type: 'list';
      readonly folder: string;
      readonly group: FileGroup;
      readonly containing: string;
      readonly from: number;
      readonly count: number;
    }
  | {
      readonly type: 'file';
      readonly folder: string;
      readonly group: FileGroup;
      readonly item: number;
      readonly action: FileAction;
    };

/** The most files that the page may ask for at once. */
export const mostFiles = 1000;
