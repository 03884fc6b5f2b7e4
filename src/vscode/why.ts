/** "Why Isn't This File Found?": the engine's verdict on a file, with what can be done about it. */
import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { Verdict } from '../worker/protocol.ts';
import type { Folders } from './folders.ts';

/** The rule that the verdict names: `... in docs/.gitignore, line 3.` */
const ruleInReason = / in ([^"]+), line (\d+)/;

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
      vscode.l10n.t('{0} is in no folder of this workspace that can be searched.', name),
    );
    return;
  }
  const verdict = await folders.why(place.root, place.path);
  const actions = actionsFor(verdict, place.root);
  const chosen = await vscode.window.showInformationMessage(
    `${verdict.path}: ${verdict.reason}`,
    ...actions.map(({ title }) => title),
  );
  await actions.find(({ title }) => title === chosen)?.run();
}

interface Action {
  readonly title: string;
  readonly run: () => Thenable<unknown>;
}

function actionsFor(verdict: Verdict, root: vscode.WorkspaceFolder): Action[] {
  const actions: Action[] = [];
  const [, file, line] = ruleInReason.exec(verdict.reason) ?? [];
  if (file && line) {
    actions.push({
      title: vscode.l10n.t('Open {0}', basename(file)),
      run: () => openRule(root, file, Number(line)),
    });
  }
  const settings = settingsIn(verdict.reason);
  if (settings.length > 0) {
    actions.push({
      title: vscode.l10n.t('Open Settings'),
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', `@id:${settings.join(',')}`),
    });
  }
  if (verdict.state === 'indexed') {
    actions.push({
      title: vscode.l10n.t('Search'),
      run: () => vscode.commands.executeCommand('nearby.search'),
    });
  }
  return actions;
}

function settingsIn(reason: string): string[] {
  return Array.from(reason.matchAll(/\b(?:nearby\.\w+|files\.exclude)\b/g), ([setting]) => setting);
}

async function openRule(root: vscode.WorkspaceFolder, file: string, line: number): Promise<void> {
  const uri = isAbsolute(file) ? vscode.Uri.file(file) : vscode.Uri.joinPath(root.uri, file);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}
