/** The index report: an editor tab that follows the state of every folder, and what its buttons do. */
import * as vscode from 'vscode';
import type { FileGroup, FileList, IndexReport } from '../worker/protocol.ts';
import { codeOf, sentenceOf } from './errors.ts';
import type { Folders, OpenFolder } from './folders.ts';
import { listenTo } from './listen.ts';
import { includeFile } from './include-file.ts';
import { clearIndex, rebuildIndex } from './index-actions.ts';
import { n, percentOf } from './progress.ts';
import { reportPage } from './report-html.ts';
import type { FileAction, FolderAction, FromReport, HealthShown, ToReport } from './report-messages.ts';
import { clearedShown, filesShown, folderShown, noteShown } from './report-shown.ts';
import { openRule } from './rules.ts';
import { stateOfAll, untrustedState, type StateShown } from './states.ts';

const viewType = 'nearby.report';
/** How often the page is brought up to date at the most. */
const intervalMs = 250;
/** Larger indexes are checked when the user asks for it: that takes a second for every 50,000 chunks or so. */
const mostChunksChecked = 20_000;

interface Known {
  readonly report?: IndexReport;
  readonly health?: HealthShown;
  /** The status that the report was asked for at, in short. */
  readonly askedAt?: string;
}

export class ReportPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #folders: Folders;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscription: vscode.Disposable;
  /** By the folder's key. */
  readonly #known = new Map<string, Known>();
  /** What the page was sent, by the folder's key and the group. */
  readonly #lists = new Map<string, FileList['files'][number][]>();
  #panel: vscode.WebviewPanel | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(extensionUri: vscode.Uri, folders: Folders, log: vscode.LogOutputChannel) {
    this.#extensionUri = extensionUri;
    this.#folders = folders;
    this.#log = log;
    this.#subscription = vscode.Disposable.from(
      folders.onDidChange(() => this.#update()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#update()),
      vscode.window.registerWebviewPanelSerializer(viewType, this),
    );
  }

  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const title = vscode.l10n.t('Index Report');
    this.#adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active));
  }

  /** A tab that was open when the window was closed. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel?.dispose();
    this.#adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.#extensionUri, 'media/nearby-light.svg'),
      dark: vscode.Uri.joinPath(this.#extensionUri, 'media/nearby-dark.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: ['dist/media', 'dist/codicons'].map((path) => vscode.Uri.joinPath(this.#extensionUri, path)),
    };
    listenTo('report', panel.webview, this.#log, (message) => void this.#receive(message));
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    panel.webview.html = reportPage(panel.webview, this.#extensionUri);
  }

  async #receive(message: FromReport): Promise<void> {
    try {
      if (message.type === 'ready') this.#post();
      else if (message.type === 'list') await this.#list(message);
      else if (message.type === 'act') await this.#act(message.folder, message.action);
      else if (message.type === 'file')
        await this.#actOnFile(message.folder, message.group, message.item, message.action);
      else await this.#actOnNote(message.note, message.action);
    } catch (error) {
      this.#say(error);
    }
  }

  async #act(key: string, action: FolderAction): Promise<void> {
    if (action === 'showLog') {
      this.#log.show();
      return;
    }
    const cleared = this.#folders.cleared.find(({ uri }) => uri.toString() === key);
    if (cleared && action === 'build') await this.#folders.build(cleared);
    const folder = this.#folderOf(key);
    if (!folder) return;
    const { root, status } = folder;
    if (action === 'pause' || action === 'resume') await this.#folders.each(action, [root]);
    else if (action === 'rebuild') await rebuildIndex(this.#folders, [root]);
    else if (action === 'clear') await clearIndex(this.#folders, [root]);
    else if (action === 'restart') await vscode.commands.executeCommand('nearby.restart');
    else if (action === 'checkHealth') await this.#checkHealth(folder);
    else if (action === 'openIndexFolder' && status) {
      await vscode.env.openExternal(vscode.Uri.file(status.indexPath));
    }
  }

  async #actOnFile(key: string, group: FileGroup, item: number, action: FileAction): Promise<void> {
    const root = this.#folderOf(key)?.root;
    const file = this.#lists.get(`${key}\n${group}`)?.[item];
    if (!root || !file) return;
    const { path, rule } = file;
    if (action === 'open') await vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(root.uri, path));
    else if (action === 'rule' && rule) await openRule(root, rule);
    else if (action === 'include' && group !== 'waiting') {
      await includeFile(this.#folders, root, { path, code: group, ...(rule && { rule }) });
    }
  }

  async #actOnNote(note: number, action: number): Promise<void> {
    const command = this.#notes()[note]?.actions[action]?.command;
    if (command) await vscode.commands.executeCommand(command);
  }

  async #list({ folder, group, containing, from, count }: Extract<FromReport, { type: 'list' }>): Promise<void> {
    const root = this.#folderOf(folder)?.root;
    if (!root) return;
    const { total, files } = await this.#folders.files(root, { group, containing, from, count });
    const key = `${folder}\n${group}`;
    this.#lists.set(key, [...(this.#lists.get(key) ?? []).slice(0, from), ...files]);
    const more = vscode.l10n.t('Show more ({0} of {1} shown)', n(from + files.length), n(total));
    this.#send({ type: 'files', folder, group, containing, from, total, more, files: filesShown(group, files) });
  }

  async #checkHealth({ root }: OpenFolder): Promise<void> {
    const key = root.uri.toString();
    const keep = (health: HealthShown): void => {
      this.#known.set(key, { ...this.#known.get(key), health });
      this.#update();
    };
    const again = { action: 'checkHealth', label: vscode.l10n.t('Check Again'), icon: 'refresh' } as const;
    keep({ state: 'busy', lines: [vscode.l10n.t('Looking at vectors, files and copies…')] });
    try {
      const { findings, isSound } = await this.#folders.evaluate(root);
      keep({ state: isSound ? 'sound' : 'findings', lines: findings, action: again });
    } catch (error) {
      keep({ state: 'findings', lines: [sentenceOf(error)], action: again });
    }
  }

  #folderOf(key: string): OpenFolder | undefined {
    return this.#folders.all.find(({ root }) => root.uri.toString() === key);
  }

  /** A moment later, with all that comes until then. */
  #update(): void {
    if (!this.#panel) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#post();
    }, intervalMs);
  }

  #post(): void {
    if (!this.#panel) return;
    const { all, cleared } = this.#folders;
    for (const key of this.#known.keys()) if (!this.#folderOf(key)) this.#known.delete(key);
    for (const folder of all) void this.#look(folder);
    const shown = all.map((folder) => {
      const { report, health } = this.#known.get(folder.root.uri.toString()) ?? {};
      return folderShown(folder, report, health);
    });
    this.#send({
      type: 'folders',
      notes: this.#notes().map(noteShown),
      folders: [...shown, ...cleared.map(clearedShown)],
    });
  }

  #notes(): StateShown[] {
    const untrusted = untrustedState();
    const nothing = this.#folders.all.length + this.#folders.cleared.length === 0;
    return [...(nothing ? [stateOfAll(this.#folders)] : []), ...(untrusted ? [untrusted] : [])];
  }

  /** Asks for what the status does not say, once for each status that differs in what matters to it. */
  async #look(folder: OpenFolder): Promise<void> {
    const { root, status } = folder;
    if (!status || status.state === 'opening') return;
    const key = root.uri.toString();
    const known = this.#known.get(key);
    const askedAt = [status.state, status.files, status.skipped, percentOf(status)].join();
    if (known?.askedAt === askedAt) return;
    const { health, ...rest } = known ?? {};
    // An index that is being built anew has another health than before.
    this.#known.set(key, { ...rest, ...(health && status.chunks > 0 && { health }), askedAt });
    try {
      const report = await this.#folders.report(root);
      this.#known.set(key, { ...this.#known.get(key), report });
      this.#update();
      const isComplete = status.state === 'ready' && status.embedded === status.chunks;
      if (this.#known.get(key)?.health || !isComplete || status.chunks === 0) return;
      if (status.chunks <= mostChunksChecked) await this.#checkHealth(folder);
      else this.#offerCheck(key);
    } catch (error) {
      // It was closed or opened again on the way: its next status is asked about anew.
      if (codeOf(error) !== 'not-open') this.#log.warn(`${root.uri.fsPath}: ${sentenceOf(error)}`);
    }
  }

  #offerCheck(key: string): void {
    const check = { action: 'checkHealth', label: vscode.l10n.t('Check'), icon: 'beaker' } as const;
    const lines = [vscode.l10n.t('A large index: the check takes some seconds.')];
    this.#known.set(key, { ...this.#known.get(key), health: { state: 'unknown', lines, action: check } });
    this.#update();
  }

  #send(message: ToReport): void {
    void this.#panel?.webview.postMessage(message);
  }

  #say(error: unknown): void {
    this.#log.error(`report: ${sentenceOf(error)}`);
    void vscode.window.showErrorMessage(sentenceOf(error));
  }
}
