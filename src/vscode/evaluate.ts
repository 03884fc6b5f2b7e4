/** "Evaluate Search": a report on the index and, with judged queries, on the answers; opened as a document of its own. */
import * as vscode from 'vscode';
import { abortable } from './abortable.ts';
import { chooseFolder } from './choose-folder.ts';
import type { Folders } from './folders.ts';

/** @param file judged queries; asked for when absent */
export async function evaluateSearch(folders: Folders, file: vscode.Uri | undefined): Promise<void> {
  const root = await chooseFolder(folders, vscode.l10n.t('The folder whose search is to be evaluated'));
  const judged = root && (file ?? (await chooseQueries(root)));
  if (!root || judged === undefined) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Evaluating the search in {0}', root.name),
    cancellable: true,
  };
  const report = await vscode.window.withProgress(options, (_progress, token) =>
    abortable(token, (signal) =>
      folders.evaluate(root, judged === 'index only' ? undefined : judged.fsPath, signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      }),
    ),
  );
  if (!report) return;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: report.markdown });
  await vscode.window.showTextDocument(document);
}

async function chooseQueries(root: vscode.WorkspaceFolder): Promise<vscode.Uri | 'index only' | undefined> {
  const fromFile = {
    label: vscode.l10n.t('With judged queries…'),
    detail: vscode.l10n.t('A JSON Lines file of {0}', '{"id", "query", "relevant": ["path"]}'),
  };
  const indexOnly = {
    label: vscode.l10n.t('The index only'),
    detail: vscode.l10n.t('Is it complete, are its vectors sound, do they still fit the model and the files?'),
  };
  const title = vscode.l10n.t('Evaluate Search');
  const chosen = await vscode.window.showQuickPick([fromFile, indexOnly], { title });
  if (chosen !== fromFile) return chosen && 'index only';
  const filters = { [vscode.l10n.t('Judged queries')]: ['jsonl'] };
  return (await vscode.window.showOpenDialog({ title, defaultUri: root.uri, filters }))?.[0];
}
