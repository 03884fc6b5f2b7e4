/** Has a file indexed that a rule leaves out: changes the setting that does it, or names the file in nearby.include. */
import * as vscode from 'vscode';
import type { ExcludeGlob, Rule, SkipCode, Verdict } from '../worker/protocol.ts';
import type { Folders } from './folders.ts';
import { plain } from './plain.ts';
import { n } from './progress.ts';

export interface LeftOut {
  /** Relative to the folder; a folder's ends in '/'. */
  readonly path: string;
  readonly code: SkipCode;
  readonly rule?: Rule;
}

/** Kilobytes; the largest value that the setting takes. */
const largestLimit = 102_400;
const versionControl = /(^|\/)\.(git|hg|svn|jj)(\/|$)/;
const wildcards = /[*?[\]{}]/;
const pollMs = 200;
/** Changed settings open the folder's index again, which takes a while where it is large. */
const longestWaitMs = 60_000;

/**
 * Whether one click can have it indexed: not what holds no text, and not what belongs to version control. In a workspace
 * that is not trusted, nearby.include does not count.
 */
export function canInclude({ path, code, rule }: LeftOut): boolean {
  if (code === 'too-large') return true;
  if (rule?.kind !== 'setting' && !vscode.workspace.isTrusted) return false;
  return (code === 'ignored' || code === 'secret') && (rule !== undefined || !versionControl.test(path));
}

/**
 * Changes the settings of the file's folder, waits until the index has followed, and says what became of it.
 * @returns false when the user decided against it
 */
export async function includeFile(folders: Folders, root: vscode.WorkspaceFolder, leftOut: LeftOut): Promise<boolean> {
  const before = await folders.why(root, leftOut.path);
  if (!(await changeSettings(root, leftOut))) return false;
  const options = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Indexing {0}', plain(leftOut.path)),
  };
  const verdict = await vscode.window.withProgress(options, () => verdictAfter(folders, root, leftOut.path, before));
  void vscode.window.showInformationMessage(outcomeOf(leftOut, verdict));
  return true;
}

async function changeSettings(root: vscode.WorkspaceFolder, leftOut: LeftOut): Promise<boolean> {
  const { rule, code, path } = leftOut;
  if (rule?.kind === 'setting' && rule.setting !== 'nearby.maxFileSize') {
    return takeBack(root, { glob: rule.pattern, setting: rule.setting });
  }
  return code === 'too-large' ? raiseLimit(root, path) : nameInInclude(root, leftOut);
}

/** A pattern of the folder's own settings is removed; one from elsewhere is switched off for this folder. */
async function takeBack(root: vscode.WorkspaceFolder, { glob, setting }: ExcludeGlob): Promise<boolean> {
  const sure =
    !wildcards.test(glob) ||
    (await confirm(
      vscode.l10n.t('Include all that the pattern {0} leaves out?', plain(`"${glob}"`)),
      vscode.l10n.t(
        'The pattern in the setting {0} no longer counts for the search in {1}. It may leave out other files too.',
        setting,
        root.name,
      ),
      vscode.l10n.t('Include All'),
    ));
  if (!sure) return false;
  const own = vscode.workspace.getConfiguration('nearby', root).inspect<Record<string, boolean>>('exclude');
  const { [glob]: here, ...rest } = own?.workspaceFolderValue ?? {};
  const isElsewhere = setting === 'files.exclude' || here === undefined || own?.globalValue?.[glob] === true;
  await update(root, 'exclude', isElsewhere ? { ...rest, [glob]: false } : rest);
  return true;
}

async function raiseLimit(root: vscode.WorkspaceFolder, path: string): Promise<boolean> {
  const { size } = await vscode.workspace.fs.stat(vscode.Uri.joinPath(root.uri, path));
  const limit = Math.ceil(size / 1024);
  if (limit > largestLimit) {
    throw new Error(
      vscode.l10n.t('{0} has {1} KB. Files over {2} KB cannot be indexed.', plain(path), n(limit), n(largestLimit)),
    );
  }
  const sure = await confirm(
    vscode.l10n.t('Raise the size limit of {0} to {1} KB?', root.name, n(limit)),
    vscode.l10n.t('{0} is indexed then, and so is every other file in {1} up to that size.', plain(path), root.name),
    vscode.l10n.t('Raise Limit'),
  );
  if (sure) await update(root, 'maxFileSize', limit);
  return sure;
}

async function nameInInclude(root: vscode.WorkspaceFolder, { path, code, rule }: LeftOut): Promise<boolean> {
  const isFolder = path.endsWith('/');
  if (code === 'secret' && !(await confirmSecret(path))) return false;
  if (isFolder && !(await confirmFolder(path))) return false;
  // What Nearby itself leaves out comes back by its very name; a glob says more clearly that a whole folder is meant.
  const glob = isFolder && rule ? `${path}**` : path.replace(/\/$/, '');
  const globs = vscode.workspace.getConfiguration('nearby', root).get<string[]>('include', []);
  await update(root, 'include', [...new Set([...globs, glob])]);
  return true;
}

function confirmSecret(path: string): Promise<boolean> {
  return confirm(
    vscode.l10n.t('Index {0}?', plain(path)),
    vscode.l10n.t(
      'It may hold passwords or keys. Its text would show in results and in the index on this machine; it leaves the machine in neither case.',
    ),
    vscode.l10n.t('Index It'),
  );
}

function confirmFolder(path: string): Promise<boolean> {
  return confirm(
    vscode.l10n.t('Index all of {0}?', plain(path)),
    vscode.l10n.t('Every file with text in it is read and can be found. That may take a while.'),
    vscode.l10n.t('Index All'),
  );
}

async function confirm(question: string, detail: string, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

async function update(root: vscode.WorkspaceFolder, setting: string, value: unknown): Promise<void> {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  await vscode.workspace
    .getConfiguration('nearby', root)
    .update(setting, isEmpty ? undefined : value, vscode.ConfigurationTarget.WorkspaceFolder);
}

/** Asks until the answer is another one, or until it has taken too long. */
async function verdictAfter(
  folders: Folders,
  root: vscode.WorkspaceFolder,
  path: string,
  before: Verdict,
): Promise<Verdict> {
  const end = Date.now() + longestWaitMs;
  for (;;) {
    const verdict = await folders.why(root, path);
    const isPaused = folders.all.some((folder) => folder.root === root && folder.status?.state === 'paused');
    const isSettled = verdict.state === 'skipped' ? verdict.reason !== before.reason : verdict.chunks > 0 || isPaused;
    if (isSettled || Date.now() > end) return verdict;
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

function outcomeOf({ path }: LeftOut, verdict: Verdict): string {
  if (path.endsWith('/')) return vscode.l10n.t('What is in {0} is being indexed.', plain(path));
  if (verdict.chunks > 0) return vscode.l10n.t('{0} can be found now.', plain(path));
  return vscode.l10n.t('{0} is included, but cannot be found yet. {1}', plain(path), plain(verdict.reason));
}
