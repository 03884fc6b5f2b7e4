/** Tells the engine what changed on disk, in batches, whoever changed it: the editor, git, or another program. */
import * as vscode from 'vscode';
import { pathIn, type Folders } from './folders.ts';

/** Quiet time before a batch is sent. */
const debounceMs = 150;
/** A stream of changes that never pauses is sent this often all the same. */
const longestWaitMs = 1000;
/** Above this many paths it is cheaper to look at the whole folder. */
const manyPaths = 500;
/** Time between two looks at all folders because the window was focused. */
const focusEveryMs = 30_000;

/** These files decide about others, so that the whole folder must be looked at when one changes. */
const decidesAboutOthers = /(^|\/)(\.[^/]*ignore|\.git\/(HEAD|info\/exclude))$/;
const insideGit = /(^|\/)\.git(\/|$)/;

export class Watchers implements vscode.Disposable {
  readonly #folders: Folders;
  readonly #watchers = new Map<string, FolderWatcher>();
  readonly #subscriptions: vscode.Disposable;
  #lookedAt = Date.now();

  constructor(folders: Folders) {
    this.#folders = folders;
    this.#subscriptions = vscode.Disposable.from(
      folders.onDidChange(() => this.#sync()),
      vscode.window.onDidChangeWindowState(({ focused }) => this.#lookAtAll(focused)),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const watcher of this.#watchers.values()) watcher.dispose();
  }

  #sync(): void {
    const gone = new Set(this.#watchers.keys());
    for (const { root } of this.#folders.all) {
      const key = root.uri.toString();
      gone.delete(key);
      if (this.#watchers.has(key)) continue;
      this.#watchers.set(key, new FolderWatcher(root, (paths) => this.#folders.changed(root, paths)));
    }
    for (const key of gone) {
      this.#watchers.get(key)?.dispose();
      this.#watchers.delete(key);
    }
  }

  /** Watchers miss changes on network drives and beyond the system's limits; a look at sizes and times is cheap. */
  #lookAtAll(focused: boolean): void {
    if (!focused || Date.now() - this.#lookedAt < focusEveryMs) return;
    this.#lookedAt = Date.now();
    for (const { root } of this.#folders.all) this.#folders.changed(root);
  }
}

class FolderWatcher implements vscode.Disposable {
  readonly #root: vscode.WorkspaceFolder;
  readonly #send: (paths?: readonly string[]) => void;
  readonly #subscriptions: vscode.Disposable;
  readonly #paths = new Set<string>();
  #wholeFolder = false;
  #timer: NodeJS.Timeout | undefined;
  /** When the oldest change of this batch came. */
  #since = 0;

  constructor(root: vscode.WorkspaceFolder, send: (paths?: readonly string[]) => void) {
    this.#root = root;
    this.#send = send;
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, '**/*'));
    const add = (uri: vscode.Uri): void => this.#add(uri);
    this.#subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(add),
      watcher.onDidChange(add),
      watcher.onDidDelete(add),
      vscode.workspace.onDidSaveTextDocument((document) => this.#add(document.uri)),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  #add(uri: vscode.Uri): void {
    const path = pathIn(this.#root, uri);
    if (!path) return;
    if (decidesAboutOthers.test(path)) this.#wholeFolder = true;
    else if (insideGit.test(path)) return;
    this.#paths.add(path);
    if (this.#timer === undefined) this.#since = Date.now();
    clearTimeout(this.#timer);
    const left = this.#since + longestWaitMs - Date.now();
    this.#timer = setTimeout(() => this.#flush(), Math.max(0, Math.min(debounceMs, left)));
  }

  #flush(): void {
    const paths = [...this.#paths];
    const wholeFolder = this.#wholeFolder || paths.length > manyPaths;
    this.#paths.clear();
    this.#wholeFolder = false;
    this.#timer = undefined;
    if (wholeFolder) this.#send();
    else this.#send(paths);
  }
}
