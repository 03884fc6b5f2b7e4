/** The rule that leaves a file out: what it is called on a button, and how it is opened where it stands. */
import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { Rule } from '../worker/protocol.ts';

/** `.gitignore:3`, or a setting's name. */
export function nameOfRule(rule: Rule): string {
  return rule.kind === 'line' ? `${basename(rule.file)}:${rule.line}` : rule.setting;
}

/** Shows the line with the rule selected, or the setting in the Settings editor. */
export async function openRule(root: vscode.WorkspaceFolder, rule: Rule): Promise<void> {
  if (rule.kind === 'setting') {
    await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${rule.setting}`);
    return;
  }
  const uri = isAbsolute(rule.file) ? vscode.Uri.file(rule.file) : vscode.Uri.joinPath(root.uri, rule.file);
  const document = await vscode.workspace.openTextDocument(uri);
  const { range } = document.lineAt(Math.min(rule.line, document.lineCount) - 1);
  await vscode.window.showTextDocument(document, { selection: range });
}
