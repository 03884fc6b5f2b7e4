/** Tells the engine of text that is in no file: editors with changes that are not saved, and those without a file. */
import * as vscode from 'vscode';
import type { Folders } from './folders.ts';

/** Quiet time after a key was pressed before the engine hears of the text. */
const debounceMs = 400;
/** Characters; a longer text is found as its file has it. */
const mostText = 1024 * 1024;

export class Drafts implements vscode.Disposable {
  readonly #folders: Folders;
  readonly #subscriptions: vscode.Disposable;
  /** Documents whose text the engine holds. */
  readonly #told = new Set<vscode.TextDocument>();
  readonly #timers = new Map<vscode.TextDocument, NodeJS.Timeout>();

  constructor(folders: Folders) {
    this.#folders = folders;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#forget(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
    );
    for (const document of vscode.workspace.textDocuments) this.#soon(document);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #soon(document: vscode.TextDocument): void {
    if (!isDraft(document)) {
      this.#forget(document); // its changes were undone or thrown away
      return;
    }
    clearTimeout(this.#timers.get(document));
    this.#timers.set(
      document,
      setTimeout(() => this.#tell(document), debounceMs),
    );
  }

  #tell(document: vscode.TextDocument): void {
    this.#timers.delete(document);
    const text = document.getText();
    if (text.length > mostText) return;
    this.#told.add(document);
    this.#folders.draft(document.uri, text);
  }

  #forget(document: vscode.TextDocument): void {
    clearTimeout(this.#timers.get(document));
    this.#timers.delete(document);
    if (this.#told.delete(document)) this.#folders.draft(document.uri, undefined);
  }
}

function isDraft(document: vscode.TextDocument): boolean {
  if (document.isUntitled) return document.getText().trim() !== '';
  return document.isDirty && document.uri.scheme === 'file';
}
