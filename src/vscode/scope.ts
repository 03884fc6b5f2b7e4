/** Where a search looks: the whole workspace, or the files that a narrower scope stands for at the moment. */
import * as vscode from 'vscode';
import type { Folders, Paths } from './folders.ts';
import { changedFiles } from './git.ts';
import type { ScopeName } from './view-messages.ts';

/** A scope as it was when the question was asked. */
export interface Scope {
  /** What to look in; undefined for everything. */
  readonly paths?: Paths;
  /** What it is, where its name does not say: `src/http`. */
  readonly label?: string;
  /** Why there is nothing to look in, and what to do. */
  readonly empty?: string;
}

/**
 * The file that the user is at. One that is only shown because a result is looked at does not count: the scope of a
 * question must not move while its answers are walked through.
 */
export class CurrentFile implements vscode.Disposable {
  readonly #isPassing: (uri: vscode.Uri) => boolean;
  readonly #subscription: vscode.Disposable;
  #uri = vscode.window.activeTextEditor?.document.uri;

  /** @param isPassing whether a file is shown just to be looked at */
  constructor(isPassing: (uri: vscode.Uri) => boolean) {
    this.#isPassing = isPassing;
    this.#subscription = vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor && !this.#isPassing(editor.document.uri)) this.#uri = editor.document.uri;
    });
  }

  get uri(): vscode.Uri | undefined {
    return this.#uri;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

export async function scopeOf(name: ScopeName, folders: Folders, current: vscode.Uri | undefined): Promise<Scope> {
  switch (name) {
    case 'workspace':
      return {};
    case 'folder':
    case 'file': {
      const place = current && folders.locate(current);
      if (!place) return { empty: vscode.l10n.t('No file of the workspace is open in an editor.') };
      const path = name === 'file' ? place.path : place.path.slice(0, Math.max(0, place.path.lastIndexOf('/')));
      return { paths: new Map([[place.root.uri.fsPath, [path]]]), label: path || place.root.name };
    }
    case 'open':
      return among(openFiles(), folders, vscode.l10n.t('No file of the workspace is open in an editor.'));
    case 'changed':
      return among(await changedFiles(), folders, vscode.l10n.t('Git knows of no changed file in this workspace.'));
  }
}

/** The files of every tab, those of a comparison too. */
function openFiles(): vscode.Uri[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.flatMap(({ input }) => {
    if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
    const isFile =
      input instanceof vscode.TabInputText ||
      input instanceof vscode.TabInputCustom ||
      input instanceof vscode.TabInputNotebook;
    return isFile ? [input.uri] : [];
  });
}

function among(uris: readonly vscode.Uri[], folders: Folders, empty: string): Scope {
  const paths = new Map<string, string[]>();
  for (const uri of uris) {
    const place = folders.locate(uri);
    if (!place) continue;
    const folder = place.root.uri.fsPath;
    paths.set(folder, [...(paths.get(folder) ?? []), place.path]);
  }
  return paths.size > 0 ? { paths } : { empty };
}
