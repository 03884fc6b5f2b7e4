/** What git has changed, through VS Code's own git extension. */
import * as vscode from 'vscode';

/** The part of that extension's API, version 1, that is used here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { readonly repositories: readonly { readonly state: RepositoryState }[] };
}

interface RepositoryState {
  readonly mergeChanges: readonly Change[];
  readonly indexChanges: readonly Change[];
  readonly workingTreeChanges: readonly Change[];
  /** Apart from the other changes only by a setting of git's; absent in older versions. */
  readonly untrackedChanges?: readonly Change[];
}

interface Change {
  readonly uri: vscode.Uri;
}

/** The files that differ from the last commit, staged or not, new ones too. @throws Error where git cannot be asked */
export async function changedFiles(): Promise<vscode.Uri[]> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = await extension?.activate();
  if (!git?.enabled) {
    throw new Error(
      vscode.l10n.t(
        "Which files are changed is not known: VS Code's Git extension is off. Turn on the setting git.enabled and the built-in extension Git, or search elsewhere.",
      ),
    );
  }
  return git
    .getAPI(1)
    .repositories.flatMap(({ state }) => [
      ...state.mergeChanges,
      ...state.indexChanges,
      ...state.workingTreeChanges,
      ...(state.untrackedChanges ?? []),
    ])
    .map(({ uri }) => uri);
}
