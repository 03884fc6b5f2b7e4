/** Shows a result that lies in a cell of a notebook in the notebook's own editor. */
import * as vscode from 'vscode';
import type { Hit } from './folders.ts';

/** False when the place is not in a cell, or no notebook editor is there for it. */
export async function showCell(
  { uri, cell }: Pick<Hit, 'uri' | 'cell'>,
  options: vscode.NotebookDocumentShowOptions,
): Promise<boolean> {
  if (cell === undefined) return false;
  let notebook: vscode.NotebookDocument;
  try {
    notebook = await vscode.workspace.openNotebookDocument(uri);
  } catch {
    return false; // no extension reads it: it is shown as text
  }
  const range = new vscode.NotebookRange(cell, cell + 1);
  const editor = await vscode.window.showNotebookDocument(notebook, {
    ...options,
    selections: [range],
  });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  return true;
}
