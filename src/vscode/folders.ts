/** The folders of the workspace: opened and closed in the engine, asked all together, their answers merged by score. */
import * as vscode from 'vscode';
import type { WorkerClient } from '../worker/client.ts';
import type {
  Duplicates,
  EvaluationReport,
  FileList,
  FileListQuery,
  IndexReport,
  LearnCounts,
  LearnEvent,
  Request,
  SearchAnswer,
  SearchQuery,
  SimilarQuery,
  Status,
  VectorMap,
  Verdict,
} from '../worker/protocol.ts';
import { changesEngine, folderOptions } from './config.ts';
import { codeOf, sentenceOf } from './errors.ts';
import { TimeLeft } from './time-left.ts';

/** A folder of the workspace and what the engine last said of it. */
export interface OpenFolder {
  readonly root: vscode.WorkspaceFolder;
  readonly status?: Status;
  /** Why the engine could not open it. */
  readonly failure?: string;
  /** Until the model has read all, where that can be told already. */
  readonly secondsLeft?: number;
}

/** Where the folders are kept (as a list of their paths) whose index was cleared. */
const clearedKey = 'cleared';

export type Hit = SearchAnswer['results'][number] & {
  readonly root: vscode.WorkspaceFolder;
  readonly uri: vscode.Uri;
};

/** Files and folders, relative, by the path of the workspace's folder that they lie in. */
export type Paths = ReadonlyMap<string, readonly string[]>;

/** The answer of all folders together. */
export interface Answer {
  readonly tier: SearchAnswer['tier'];
  /** Milliseconds of the slowest folder. */
  readonly ms: number;
  /** Best first. */
  readonly hits: readonly Hit[];
  /** A sentence for each folder that could not answer, while others did. */
  readonly failures: readonly string[];
  /** How many of the user's judgements took part. */
  readonly learned: number;
}

export class Folders implements vscode.Disposable {
  readonly #client: WorkerClient;
  readonly #log: vscode.LogOutputChannel;
  readonly #open = new Map<string, OpenFolder>();
  readonly #timesLeft = new Map<string, TimeLeft>();
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;

  /** Fires whenever a folder comes, goes, or its status changes. */
  readonly onDidChange = this.#changed.event;

  /** @param memory remembers for this workspace which folders are not to be indexed */
  constructor(client: WorkerClient, log: vscode.LogOutputChannel, memory: vscode.Memento) {
    this.#client = client;
    this.#log = log;
    this.#memory = memory;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      { dispose: client.onStatus((status) => this.#update(status.folder, { status })) },
      {
        dispose: client.onGivenUp(({ message }) => {
          for (const folder of this.#open.keys()) this.#update(folder, { failure: message });
        }),
      },
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.sync()),
      vscode.workspace.onDidChangeConfiguration((event) => this.reopen((root) => changesEngine(event, root))),
    );
  }

  get all(): readonly OpenFolder[] {
    return [...this.#open.values()];
  }

  /** Folders of the workspace that lie on no disk the engine can read. */
  get unsupported(): readonly vscode.WorkspaceFolder[] {
    return (vscode.workspace.workspaceFolders ?? []).filter((root) => root.uri.scheme !== 'file');
  }

  /** Folders whose index was cleared: they are not opened until they are asked for again. */
  get cleared(): readonly vscode.WorkspaceFolder[] {
    const cleared = this.#memory.get<readonly string[]>(clearedKey, []);
    return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => cleared.includes(uri.fsPath));
  }

  /** Opens what the workspace has gained and closes what it has lost. */
  sync(): void {
    const cleared = this.cleared;
    const wanted = (vscode.workspace.workspaceFolders ?? []).filter(
      (root) => root.uri.scheme === 'file' && !cleared.includes(root),
    );
    const gone = new Set(this.#open.keys());
    for (const root of wanted) {
      gone.delete(root.uri.fsPath);
      const known = this.#open.get(root.uri.fsPath);
      if (known) this.#open.set(root.uri.fsPath, { ...known, root });
      else this.#openFolder(root);
    }
    for (const folder of gone) {
      this.#open.delete(folder);
      this.#timesLeft.delete(folder);
      this.#tell({ type: 'close', folder });
    }
    for (const root of this.unsupported) {
      this.#log.warn(`${root.name} cannot be searched: ${root.uri.scheme} is not a folder on disk.`);
    }
    this.#changed.fire();
  }

  /** Opens folders again with the settings as they now are. */
  reopen(which: (root: vscode.WorkspaceFolder) => boolean = () => true): void {
    for (const { root } of this.all) if (which(root)) this.#openFolder(root);
  }

  /** The open folder that holds a file, and the file's path in it; the innermost where folders are nested. */
  locate(uri: vscode.Uri): { readonly root: vscode.WorkspaceFolder; readonly path: string } | undefined {
    const root = vscode.workspace.getWorkspaceFolder(uri);
    if (!root || !this.#open.has(root.uri.fsPath)) return undefined;
    const path = pathIn(root, uri);
    return path ? { root, path } : undefined;
  }

  /** @param scope files and folders to look in, by the path of the folder that they lie in; everything when absent */
  search(query: SearchQuery, scope?: Paths, signal?: AbortSignal): Promise<Answer> {
    return this.#find('search', query, scope, signal);
  }

  /** The answer to `query` once the first candidates of each folder have been embedded. */
  sharpen(query: SearchQuery, scope?: Paths, signal?: AbortSignal): Promise<Answer> {
    return this.#find('sharpen', query, scope, signal);
  }

  /** `queryFor` gives each folder its own question, for a path means something else in each. */
  similar(
    top: number,
    queryFor: (root: vscode.WorkspaceFolder) => Promise<SimilarQuery>,
    scope?: Paths,
    signal?: AbortSignal,
  ): Promise<Answer> {
    return this.#gather(top, scope, async (root, paths) => {
      const query = { ...(await queryFor(root)), ...(paths && { paths }) };
      return this.#client.request<'similar'>({ type: 'similar', folder: root.uri.fsPath, query }, signal);
    });
  }

  /** Notes what the user made of a result; `neither` takes a judgement back. */
  async judge(kind: 'more' | 'less' | 'neither', query: string, hit: Hit): Promise<void> {
    await this.#client.request<'learn'>(learnRequest(kind, query, hit));
  }

  /** Notes that a result was opened: that must never be in the way, so a failure is only logged. */
  opened(query: string, hit: Hit): void {
    this.#tell(learnRequest('opened', query, hit));
  }

  /** How much was learned in all folders together. */
  async learned(): Promise<LearnCounts> {
    const asked = this.all.map(({ root }) =>
      this.#client.request<'learned'>({ type: 'learned', folder: root.uri.fsPath }),
    );
    const counts = await Promise.all(asked);
    return {
      judged: counts.reduce((sum, { judged }) => sum + judged, 0),
      opened: counts.reduce((sum, { opened }) => sum + opened, 0),
    };
  }

  /** Forgets what was learned for a query and those near to it; without one, everything. */
  async forget(query?: string): Promise<void> {
    const asked = this.all.map(({ root }) =>
      this.#client.request<'forget'>({
        type: 'forget',
        folder: root.uri.fsPath,
        ...(query !== undefined && { query }),
      }),
    );
    await Promise.all(asked);
  }

  map(root: vscode.WorkspaceFolder, signal: AbortSignal): Promise<VectorMap> {
    return this.#client.request<'map'>({ type: 'map', folder: root.uri.fsPath }, signal);
  }

  duplicates(root: vscode.WorkspaceFolder, signal: AbortSignal): Promise<Duplicates> {
    return this.#client.request<'duplicates'>({ type: 'duplicates', folder: root.uri.fsPath }, signal);
  }

  why(root: vscode.WorkspaceFolder, path: string): Promise<Verdict> {
    return this.#client.request<'why'>({ type: 'why', folder: root.uri.fsPath, path });
  }

  /** @param judged the path of a file of judged queries; without, the index alone is looked at */
  evaluate(root: vscode.WorkspaceFolder, judged?: string, signal?: AbortSignal): Promise<EvaluationReport> {
    const folder = root.uri.fsPath;
    return this.#client.request<'evaluate'>({ type: 'evaluate', folder, ...(judged && { judged }) }, signal);
  }

  /** Tells the engine which files may have changed; no paths: look at the whole folder. */
  changed(root: vscode.WorkspaceFolder, paths?: readonly string[]): void {
    this.#tell({ type: 'changed', folder: root.uri.fsPath, ...(paths && { paths }) });
  }

  /**
   * Tells the engine of an editor's text that is not saved; without text, that its file counts again or the editor is
   * gone. An editor without a file belongs to the first folder.
   */
  draft(uri: vscode.Uri, text: string | undefined): void {
    const place = uri.scheme === 'untitled' ? { root: this.all[0]?.root, path: uri.toString() } : this.locate(uri);
    if (!place?.root) return;
    this.#tell({
      type: 'draft',
      folder: place.root.uri.fsPath,
      path: place.path,
      ...(text !== undefined && { text }),
    });
  }

  /** Tells the engine which files to embed first, the most important first. */
  prefer(root: vscode.WorkspaceFolder, paths: readonly string[]): void {
    this.#tell({ type: 'prefer', folder: root.uri.fsPath, paths });
  }

  /** Tells the engine that the user is typing. */
  typing(): void {
    for (const { root } of this.all) this.#tell({ type: 'typing', folder: root.uri.fsPath });
  }

  /** What the status does not say of the folder's index. */
  report(root: vscode.WorkspaceFolder): Promise<IndexReport> {
    return this.#client.request<'report'>({ type: 'report', folder: root.uri.fsPath });
  }

  files(root: vscode.WorkspaceFolder, query: FileListQuery): Promise<FileList> {
    return this.#client.request<'files'>({ type: 'files', folder: root.uri.fsPath, query });
  }

  /** Removes every byte that is kept for a folder, and leaves it alone until `build`. */
  async clear(root: vscode.WorkspaceFolder): Promise<void> {
    const folder = root.uri.fsPath;
    await this.#client.request<'clear'>({ type: 'clear', folder });
    await this.#memory.update(clearedKey, [...this.#memory.get<readonly string[]>(clearedKey, []), folder]);
    this.sync();
  }

  /** Indexes a folder again whose index was cleared. */
  async build(root: vscode.WorkspaceFolder): Promise<void> {
    const cleared = this.#memory.get<readonly string[]>(clearedKey, []);
    await this.#memory.update(
      clearedKey,
      cleared.filter((folder) => folder !== root.uri.fsPath),
    );
    this.sync();
  }

  /** Pauses, resumes or rebuilds folders, or goes back to what was before that, all by default; rejects with the first failure once all have answered. */
  async each(
    type: 'pause' | 'resume' | 'rebuild' | 'rollBack',
    roots = this.all.map(({ root }) => root),
  ): Promise<void> {
    const asked = roots.map((root) => this.#client.request<typeof type>({ type, folder: root.uri.fsPath }));
    const failed = (await Promise.allSettled(asked)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Resolves when every folder is ready; rejects with the sentence of one that failed. */
  whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const failed = this.all.find((folder) => folder.failure ?? folder.status?.state === 'failed');
        const ready = this.all.every((folder) => folder.status?.state === 'ready');
        if (!failed && !ready) return;
        subscription.dispose();
        if (failed) reject(new Error(failed.failure ?? failed.status?.message ?? 'The folder could not be indexed.'));
        else resolve();
      };
      const subscription = this.onDidChange(look);
      look();
    });
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #find(type: 'search' | 'sharpen', query: SearchQuery, scope?: Paths, signal?: AbortSignal): Promise<Answer> {
    return this.#gather(query.top, scope, (root, paths) =>
      this.#client.request<typeof type>(
        { type, folder: root.uri.fsPath, query: { ...query, ...(paths && { paths }) } },
        signal,
      ),
    );
  }

  #openFolder(root: vscode.WorkspaceFolder): void {
    const options = folderOptions(root);
    if (!this.#open.has(options.folder)) this.#open.set(options.folder, { root });
    this.#client.request<'open'>({ type: 'open', options }).then(
      (status) => this.#update(options.folder, { status }),
      (error: unknown) => {
        this.#log.error(`${options.folder}: ${sentenceOf(error)}`);
        this.#update(options.folder, { failure: sentenceOf(error) });
      },
    );
  }

  /** A status wipes an earlier failure out, and the other way round. */
  #update(folder: string, news: Pick<OpenFolder, 'status' | 'failure'>): void {
    const open = this.#open.get(folder);
    if (!open) return;
    if (news.status?.state === 'failed' && open.status?.state !== 'failed') {
      this.#log.error(`${folder}: ${news.status.message ?? 'failed'}`);
    }
    const timeLeft = this.#timesLeft.get(folder) ?? new TimeLeft();
    this.#timesLeft.set(folder, timeLeft);
    const secondsLeft = news.status && timeLeft.after(news.status);
    this.#open.set(folder, { root: open.root, ...news, ...(secondsLeft !== undefined && { secondsLeft }) });
    this.#changed.fire();
  }

  #tell(request: Parameters<WorkerClient['request']>[0]): void {
    this.#client.request(request).catch((error: unknown) => {
      this.#log.error(`${request.type}: ${sentenceOf(error)}`);
    });
  }

  async #gather(
    top: number,
    scope: Paths | undefined,
    ask: (root: vscode.WorkspaceFolder, paths: readonly string[] | undefined) => Promise<SearchAnswer>,
  ): Promise<Answer> {
    const roots = this.all.map(({ root }) => root).filter(({ uri }) => !scope || scope.has(uri.fsPath));
    const settled = await Promise.allSettled(roots.map((root) => ask(root, scope?.get(root.uri.fsPath))));
    const hits: Hit[] = [];
    const failures: string[] = [];
    let tier: Answer['tier'] = 'full';
    let ms = 0;
    let learned = 0;
    let answered = 0;
    for (const [i, result] of settled.entries()) {
      const root = roots[i];
      if (!root) continue;
      if (result.status === 'rejected') {
        if (codeOf(result.reason) === 'cancelled' || roots.length === 1) throw result.reason;
        this.#log.error(`${root.uri.fsPath}: ${sentenceOf(result.reason)}`);
        failures.push(`${root.name}: ${sentenceOf(result.reason)}`);
        continue;
      }
      answered++;
      if (result.value.tier !== 'full') tier = result.value.tier;
      ms = Math.max(ms, result.value.ms);
      learned += result.value.learned ?? 0;
      for (const found of result.value.results) {
        hits.push({ ...found, root, uri: uriOf(root, found.path) });
      }
    }
    if (answered === 0 && failures.length > 0) throw new Error(failures.join('\n'));
    return { tier, ms, hits: answered > 1 ? merged(hits).slice(0, top) : hits, failures, learned };
  }
}

function learnRequest(kind: LearnEvent['kind'], query: string, hit: Hit): Extract<Request, { type: 'learn' }> {
  const { path, startLine, endLine } = hit;
  return { type: 'learn', folder: hit.root.uri.fsPath, event: { kind, query, path, startLine, endLine } };
}

/** The answers of several folders as one, in the order of each: every file's best chunk first, by score, then the rest. */
function merged(hits: readonly Hit[]): Hit[] {
  const seen = new Set<string>();
  const best: Hit[] = [];
  const rest: Hit[] = [];
  for (const hit of hits) {
    const file = hit.uri.toString();
    (seen.has(file) ? rest : best).push(hit);
    seen.add(file);
  }
  return [best, rest].flatMap((part) => part.sort((a, b) => b.score - a.score));
}

/** The file with this path, or the editor without a file that goes by this name: some file may be named like one. */
function uriOf(root: vscode.WorkspaceFolder, path: string): vscode.Uri {
  const isDraft = ({ uri }: vscode.TextDocument): boolean => uri.scheme === 'untitled' && uri.toString() === path;
  return vscode.workspace.textDocuments.find(isDraft)?.uri ?? vscode.Uri.joinPath(root.uri, path);
}

/** The path of a file in a folder, with forward slashes; undefined when it lies elsewhere. */
export function pathIn(root: vscode.WorkspaceFolder, uri: vscode.Uri): string | undefined {
  const base = root.uri.path.endsWith('/') ? root.uri.path : `${root.uri.path}/`;
  return uri.scheme === root.uri.scheme && uri.path.startsWith(base) ? uri.path.slice(base.length) : undefined;
}
