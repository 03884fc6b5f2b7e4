/** What git says of a folder, asked of the editor's own git extension: that one knows whom to trust. */
import * as vscode from 'vscode';
import { pathIn } from './folders.ts';
import { sentenceOf } from './errors.ts';

/** How many commits back a change counts as recent. */
const recentCommits = 20;

/** What is not committed yet, as that API keeps it; the last only where git's settings ask for a list of its own. */
const uncommitted = ['workingTreeChanges', 'indexChanges', 'mergeChanges', 'untrackedChanges'] as const;

/** The part of the git extension's API (version 1) that is used here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): {
    readonly repositories: readonly Repository[];
    getRepository(uri: vscode.Uri): Repository | null;
  };
}
interface Repository {
  readonly state: Partial<Record<(typeof uncommitted)[number], readonly Change[]>>;
  log(options: { maxEntries: number }): Promise<readonly { readonly hash: string }[]>;
  diffBetween(from: string, to: string): Promise<readonly Change[]>;
}
interface Change {
  readonly uri: vscode.Uri;
}

/** Paths in the folder: what is not committed yet, then what the latest commits changed. None where git cannot tell. */
export async function recentlyChanged(root: vscode.WorkspaceFolder, log: vscode.LogOutputChannel): Promise<string[]> {
  try {
    const repository = await repositoryOf(root);
    if (!repository) return [];
    const commits = await repository.log({ maxEntries: recentCommits });
    const oldest = commits.at(-1);
    const committed = oldest && commits.length > 1 ? await repository.diffBetween(oldest.hash, 'HEAD') : [];
    return [...changesOf(repository), ...committed].flatMap(({ uri }) => pathIn(root, uri) ?? []);
  } catch (error) {
    log.warn(`${root.name}: git does not tell what changed lately: ${sentenceOf(error)}`);
    return [];
  }
}

/** The files that differ from the last commit, staged or not, new ones too. @throws Error where git cannot be asked */
export async function changedFiles(): Promise<vscode.Uri[]> {
  const git = await gitExtension();
  if (git) return git.getAPI(1).repositories.flatMap((repository) => changesOf(repository).map(({ uri }) => uri));
  throw new Error(
    vscode.l10n.t(
      "Which files are changed is not known: VS Code's Git extension is off. Turn on the built-in extension Git and its setting git.enabled, or search elsewhere.",
    ),
  );
}

function changesOf({ state }: Repository): Change[] {
  return uncommitted.flatMap((kind) => state[kind] ?? []);
}

async function repositoryOf(root: vscode.WorkspaceFolder): Promise<Repository | undefined> {
  return (await gitExtension())?.getAPI(1).getRepository(root.uri) ?? undefined;
}

/** Undefined where it is not installed or switched off. */
async function gitExtension(): Promise<GitExtension | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = extension && (extension.isActive ? extension.exports : await extension.activate());
  return git?.enabled ? git : undefined;
}
