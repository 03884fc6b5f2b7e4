/** What git says of a folder, asked of the editor's own git extension: that one knows whom to trust. */
import * as vscode from 'vscode';
import { pathIn } from './folders.ts';
import { sentenceOf } from './errors.ts';

/** How many commits back a change counts as recent. */
const recentCommits = 20;

/** The part of the git extension's API (version 1) that is used here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): { getRepository(uri: vscode.Uri): Repository | null };
}
interface Repository {
  readonly state: Record<'workingTreeChanges' | 'indexChanges' | 'untrackedChanges', readonly Change[] | undefined>;
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
    const { workingTreeChanges, indexChanges, untrackedChanges } = repository.state;
    const commits = await repository.log({ maxEntries: recentCommits });
    const oldest = commits.at(-1);
    const committed = oldest && commits.length > 1 ? await repository.diffBetween(oldest.hash, 'HEAD') : [];
    const changes = [workingTreeChanges, indexChanges, untrackedChanges, committed].flatMap((some) => some ?? []);
    return changes.flatMap(({ uri }) => pathIn(root, uri) ?? []);
  } catch (error) {
    log.warn(`${root.name}: git does not tell what changed lately: ${sentenceOf(error)}`);
    return [];
  }
}

async function repositoryOf(root: vscode.WorkspaceFolder): Promise<Repository | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = extension && (extension.isActive ? extension.exports : await extension.activate());
  return git?.enabled ? (git.getAPI(1).getRepository(root.uri) ?? undefined) : undefined;
}
