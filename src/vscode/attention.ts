/** Tells the engine what the user looks at, which it embeds first, and when the user types, which it waits for. */
import * as vscode from 'vscode';
import { pathIn, type Folders, type OpenFolder } from './folders.ts';
import { recentlyChanged } from './git.ts';
import { fractionOf, progressOf } from './progress.ts';

/** Quiet time after tabs came or went before the engine hears of it. */
const debounceMs = 500;
/** Keys pressed within this time are told once. */
const typingEveryMs = 500;

export class Attention implements vscode.Disposable {
  readonly #folders: Folders;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;
  /** What each folder was told last. */
  readonly #told = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #typedAt = 0;
  #isComplete = true;

  constructor(folders: Folders, log: vscode.LogOutputChannel) {
    this.#folders = folders;
    this.#log = log;
    const soon = (): void => this.#soon();
    this.#subscriptions = vscode.Disposable.from(
      folders.onDidChange(() => this.#follow()),
      vscode.window.tabGroups.onDidChangeTabs(soon),
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.workspace.onDidChangeTextDocument((event) => this.#typed(event)),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  /** While all is embedded there is no order to care for. */
  #follow(): void {
    const isComplete = fractionOf(progressOf(this.#folders.all)) === 1;
    if (this.#isComplete && !isComplete) this.#soon();
    if (isComplete) this.#told.clear();
    this.#isComplete = isComplete;
  }

  #soon(): void {
    clearTimeout(this.#timer);
    if (this.#isComplete && fractionOf(progressOf(this.#folders.all)) === 1) return;
    this.#timer = setTimeout(() => {
      for (const folder of this.#folders.all) void this.#tell(folder);
    }, debounceMs);
  }

  async #tell({ root }: OpenFolder): Promise<void> {
    const open = openFiles().map((uri) => pathIn(root, uri));
    const changed = await recentlyChanged(root, this.#log);
    const paths = [...new Set([...open, ...changed])].filter((path) => path !== undefined);
    const key = root.uri.toString();
    if (this.#told.get(key) === paths.join('\n')) return;
    this.#told.set(key, paths.join('\n'));
    this.#folders.prefer(root, paths);
  }

  #typed({ contentChanges, document }: vscode.TextDocumentChangeEvent): void {
    const isTyped = contentChanges.length > 0 && document === vscode.window.activeTextEditor?.document;
    if (!isTyped || this.#isComplete || Date.now() - this.#typedAt < typingEveryMs) return;
    this.#typedAt = Date.now();
    this.#folders.typing();
  }
}

/** The active editor's file first, then the visible ones, then those behind their tabs. */
function openFiles(): vscode.Uri[] {
  const { activeTextEditor, visibleTextEditors, tabGroups } = vscode.window;
  const tabs = tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  return [
    ...(activeTextEditor ? [activeTextEditor.document.uri] : []),
    ...visibleTextEditors.map(({ document }) => document.uri),
    ...tabs.flatMap((input) => (input instanceof vscode.TabInputText ? [input.uri] : [])),
  ];
}
