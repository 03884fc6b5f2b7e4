/** Rebuilding indexes, going back to former ones, and clearing them once the user is sure. */
import * as vscode from 'vscode';
import type { Folders } from './folders.ts';
import { sizeInWords } from './progress.ts';

/** Builds what was cleared, and builds anew beside it what is there. */
export async function rebuildIndex(folders: Folders, roots = indexed(folders)): Promise<void> {
  const cleared = folders.cleared;
  for (const root of cleared) await folders.build(root);
  const rest = roots.filter((root) => !cleared.includes(root));
  if (rest.length > 0) await folders.each('rebuild', rest);
}

export async function clearIndex(folders: Folders, roots = indexed(folders)): Promise<void> {
  if (roots.length === 0) return;
  const bytes = folders.all
    .filter(({ root }) => roots.includes(root))
    .reduce((sum, { status }) => sum + (status?.indexBytes ?? 0), 0);
  const sure = await confirm(
    vscode.l10n.t('Clear the index of {0}?', namesOf(roots)),
    vscode.l10n.t(
      'Every byte that Nearby keeps for it is removed ({0}), what was learned from use included. Nothing is indexed until you ask for it again. Your files are not touched.',
      sizeInWords(bytes),
    ),
    vscode.l10n.t('Clear'),
  );
  if (!sure) return;
  for (const root of roots) await folders.clear(root);
}

function indexed(folders: Folders): vscode.WorkspaceFolder[] {
  return folders.all.map(({ root }) => root);
}

function namesOf(roots: readonly vscode.WorkspaceFolder[]): string {
  return roots.map(({ name }) => name).join(', ');
}

async function confirm(question: string, detail: string, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
