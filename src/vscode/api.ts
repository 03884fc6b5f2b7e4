/**
 * What other extensions get: `vscode.extensions.getExtension<NearbyApi>('nearby.nearby')?.activate()`. This file needs
 * nothing but `vscode`, to be copied for its types.
 */
import type * as vscode from 'vscode';

export interface NearbyApi {
  /** Raised by changes that break callers; additions leave it as it is. */
  readonly version: 1;

  /**
   * Searches the folders of the workspace by meaning, the texts of unsaved editors included.
   * @throws Error with a sentence for the user when no folder could answer
   */
  search(query: string, options?: NearbyOptions): Promise<NearbyAnswer>;

  /**
   * Places like a file, or like some of its lines, or like a text of your own; the place itself is left out.
   * @throws Error with a sentence for the user when no folder could answer
   */
  similar(source: vscode.Uri | vscode.Location | string, options?: NearbyOptions): Promise<NearbyAnswer>;

  /** The folders of the workspace that are indexed, and how far that is. */
  status(): NearbyStatus[];

  /** Fires when `status` has changed: several times a second while folders are read. */
  readonly onDidChangeIndex: vscode.Event<void>;
}

export interface NearbyOptions {
  /** How many results at the most; 10 when absent. */
  readonly top?: number;
  /** Only program text, or only prose. */
  readonly kind?: 'code' | 'docs';
  /** Globs over paths in their folder; a file must match one of them. */
  readonly include?: readonly string[];
  /** Globs over paths in their folder; a file must match none of them. */
  readonly exclude?: readonly string[];
  readonly token?: vscode.CancellationToken;
}

export interface NearbyAnswer {
  /** `full`: all is found by meaning. `instant`: some by keywords and roughly by meaning, for the model has not read it yet. */
  readonly tier: 'instant' | 'full';
  /** Best first. */
  readonly results: readonly NearbyResult[];
  /** A sentence for each folder that could not answer, while others did. */
  readonly failures: readonly string[];
}

export interface NearbyResult {
  readonly uri: vscode.Uri;
  /** Whole lines: up to the beginning of the line after the last. */
  readonly range: vscode.Range;
  readonly kind: 'code' | 'docs';
  /** The definition that it holds or lies in, or the nearest heading; '' when there is none. */
  readonly symbol: string;
  /** The headings or definitions above that, outermost first. */
  readonly breadcrumb: readonly string[];
  /** 0 to 1, comparable within one answer. */
  readonly score: number;
  /** Short phrases in English, most telling first. */
  readonly reasons: readonly string[];
  readonly snippet: string;
}

export interface NearbyStatus {
  readonly folder: vscode.WorkspaceFolder;
  readonly state: 'opening' | 'scanning' | 'embedding' | 'ready' | 'paused' | 'failed';
  /** A sentence for the user when something is wrong. */
  readonly message?: string;
  /** Files that can be found now, and the chunks that they are cut into. */
  readonly files: number;
  readonly chunks: number;
  /** Chunks that are found by meaning in full. */
  readonly embedded: number;
}
