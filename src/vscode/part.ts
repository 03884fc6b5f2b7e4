/** Lines of a file as a document of its own, so that the diff editor compares just those. */
import * as vscode from 'vscode';

const scheme = 'nearby-part';

/** Lines are 1-based and inclusive. */
export interface Part {
  readonly uri: vscode.Uri;
  readonly startLine: number;
  readonly endLine: number;
}

/** Two parts side by side. They follow the files as they stand in their editors, saved or not, when they are opened. */
export async function compare(left: Part, right: Part): Promise<void> {
  await vscode.commands.executeCommand('vscode.diff', uriOf(left), uriOf(right), `${nameOf(left)} ↔ ${nameOf(right)}`);
}

const parts: vscode.TextDocumentContentProvider = {
  async provideTextDocumentContent(uri) {
    const { file, startLine, endLine } = JSON.parse(uri.query) as { file: string } & Part;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(file, true));
    const last = document.lineAt(Math.min(endLine, document.lineCount) - 1);
    return document.getText(new vscode.Range(new vscode.Position(startLine - 1, 0), last.range.end));
  },
};

/** `compare` works once this was called. */
export function registerParts(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, parts);
}

/** Keeps the path, by which the editor knows the language. */
function uriOf({ uri, startLine, endLine }: Part): vscode.Uri {
  return vscode.Uri.from({
    scheme,
    path: uri.path,
    query: JSON.stringify({ file: uri.toString(), startLine, endLine }),
  });
}

function nameOf({ uri, startLine, endLine }: Part): string {
  return `${uri.path.slice(uri.path.lastIndexOf('/') + 1)}:${startLine}–${endLine}`;
}
