/** "Why Isn't This File Found?": the engine's verdict on a file, with what can be done about it. */
import * as vscode from 'vscode';
import type { Verdict } from '../worker/protocol.ts';
import type { Folders } from './folders.ts';
import { canInclude, includeFile } from './include-file.ts';
import { plain } from './plain.ts';
import { nameOfRule, openRule } from './rules.ts';

export async function showWhy(folders: Folders, uri: vscode.Uri | undefined): Promise<void> {
  if (!uri) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('Open the file in question, or choose it in the Explorer.'),
    );
    return;
  }
  const place = folders.locate(uri);
  if (!place) {
    const name = uri.scheme === 'file' ? uri.fsPath : uri.toString();
    await vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is in no folder of this workspace that can be searched.', plain(name)),
    );
    return;
  }
  const verdict = await folders.why(place.root, place.path);
  const actions = actionsFor(folders, place.root, verdict);
  // Not as a notification: those may be turned off, and the answer to a question must not go unseen.
  const chosen = await vscode.window.showInformationMessage(
    verdict.state === 'indexed'
      ? vscode.l10n.t('{0} can be found', plain(verdict.path))
      : verdict.chunks > 0
        ? vscode.l10n.t('{0} can be found in part', plain(verdict.path))
        : vscode.l10n.t('{0} is not found', plain(verdict.path)),
    { modal: true, detail: plain(verdict.reason) },
    ...actions.map(({ title }) => title),
  );
  await actions.find(({ title }) => title === chosen)?.run();
}

interface Action {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

/** The one that helps most first: that is the button which is highlighted. */
function actionsFor(folders: Folders, root: vscode.WorkspaceFolder, verdict: Verdict): Action[] {
  const command = (title: string, id: string): Action => ({ title, run: () => vscode.commands.executeCommand(id) });
  const { path, state, code, rule } = verdict;
  const actions: Action[] = [];
  if (code) {
    const leftOut = { path, code, ...(rule && { rule }) };
    if (canInclude(leftOut)) {
      actions.push({ title: vscode.l10n.t('Include It'), run: () => includeFile(folders, root, leftOut) });
    }
  }
  if (rule)
    actions.push({ title: vscode.l10n.t('Open {0}', plain(nameOfRule(rule))), run: () => openRule(root, rule) });
  if (state === 'indexed') actions.push(command(vscode.l10n.t('Search'), 'nearby.search'));
  else actions.push(command(vscode.l10n.t('Index Report'), 'nearby.showReport'));
  return actions;
}
