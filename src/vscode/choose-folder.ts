/** One folder of the workspace, where a command is about one. */
import * as vscode from 'vscode';
import type { Folders } from './folders.ts';

/** The only one, or the one that the user picks; undefined when there is none or they do not. */
export async function chooseFolder(folders: Folders, placeHolder: string): Promise<vscode.WorkspaceFolder | undefined> {
  const roots = folders.all.map(({ root }) => root);
  if (roots.length <= 1) return roots[0];
  const items = roots.map((root) => ({ label: root.name, description: root.uri.fsPath, root }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.root;
}
