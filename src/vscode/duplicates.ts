/** "Find Duplicates": a tree of what is nearly the same in the workspace, beside the search view while it holds any. */
import * as vscode from 'vscode';
import { abortable } from './abortable.ts';
import type { Duplicates } from '../worker/protocol.ts';
import type { Folders } from './folders.ts';
import { compare, registerParts } from './part.ts';
import { plain } from './plain.ts';
import type { Preview } from './preview.ts';
import { n } from './progress.ts';

const viewId = 'nearby.duplicates';
/** The context key that the view and its commands go by. */
const contextKey = 'nearby.hasDuplicates';

interface Cluster {
  readonly lines: number;
  readonly copies: readonly Copy[];
}

interface Copy {
  readonly uri: vscode.Uri;
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string;
  /** 0 to 1, with the first copy. */
  readonly same: number;
  /** Whether it is the first one itself. */
  readonly isFirst: boolean;
  /** The one that it is compared with: the first copy, and for that one the second. */
  readonly other: () => Copy | undefined;
}

type Node = Cluster | Copy;

export class DuplicatesView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #folders: Folders;
  readonly #preview: Preview;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #tree: vscode.TreeView<Node>;
  readonly #subscriptions: vscode.Disposable;
  #clusters: readonly Cluster[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(folders: Folders, preview: Preview) {
    this.#folders = folders;
    this.#preview = preview;
    this.#tree = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = vscode.Disposable.from(this.#changed, this.#tree, registerParts());
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  /** Looks through all folders, each by itself, and shows what was found. */
  async find(): Promise<void> {
    const found = await this.#look();
    if (!found) return;
    const clusters = found.flatMap(({ root, clusters: all }) => all.map((cluster) => clusterOf(root, cluster)));
    const missing = found.reduce((sum, one) => sum + one.missing, 0);
    const rest =
      missing > 0 ? vscode.l10n.t('{0} parts of files are not indexed yet and were not looked at.', n(missing)) : '';
    await this.#show(clusters.sort((a, b) => weight(b) - weight(a)));
    if (clusters.length === 0) {
      const none = vscode.l10n.t('No duplicates were found in this workspace.');
      void vscode.window.showInformationMessage([none, rest].filter(Boolean).join(' '));
      return;
    }
    this.#tree.message = rest;
    this.#tree.description = n(clusters.length);
    await this.#tree.reveal(this.#clusters[0] as Node, { select: false, focus: true, expand: true });
  }

  async clear(): Promise<void> {
    await this.#show([]);
  }

  /** Opens a copy, with the focus where it is or in the editor. */
  async open(node: unknown): Promise<void> {
    if (isCopy(node)) await this.#preview.show({ ...node, snippet: '', terms: [] }, 'preview');
  }

  /** A copy against the first one of its cluster; the first one, or a cluster, by its first two. */
  async compare(node: unknown): Promise<void> {
    const copy = isCluster(node) ? node.copies[1] : isCopy(node) ? node : this.#tree.selection.find(isCopy);
    const other = copy?.other();
    if (copy && other) await compare(other, copy);
  }

  getChildren(node?: Node): Node[] {
    if (!node) return [...this.#clusters];
    return isCluster(node) ? [...node.copies] : [];
  }

  getParent(node: Node): Node | undefined {
    return isCopy(node) ? this.#clusters.find(({ copies }) => copies.includes(node)) : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return isCluster(node) ? clusterItem(node) : copyItem(node);
  }

  async #look(): Promise<({ readonly root: vscode.WorkspaceFolder } & Duplicates)[] | undefined> {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Finding duplicates'),
      cancellable: true,
    };
    return vscode.window.withProgress(options, (_progress, token) =>
      abortable(token, (signal) => {
        const roots = this.#folders.all.map(({ root }) => root);
        const asked = roots.map(async (root) => ({ root, ...(await this.#folders.duplicates(root, signal)) }));
        return Promise.all(asked).catch((error: unknown) => {
          if (signal.aborted) return undefined;
          throw error;
        });
      }),
    );
  }

  async #show(clusters: readonly Cluster[]): Promise<void> {
    this.#clusters = clusters;
    await vscode.commands.executeCommand('setContext', contextKey, clusters.length > 0);
    this.#changed.fire(undefined);
  }
}

function clusterOf(root: vscode.WorkspaceFolder, { lines, copies }: Duplicates['clusters'][number]): Cluster {
  const all: Copy[] = copies.map(({ path, ...copy }, i) => ({
    ...copy,
    uri: vscode.Uri.joinPath(root.uri, path),
    isFirst: i === 0,
    other: () => all[i === 0 ? 1 : 0],
  }));
  return { lines, copies: all };
}

function clusterItem({ lines, copies }: Cluster): vscode.TreeItem {
  const [first] = copies;
  const item = new vscode.TreeItem(
    plain(first?.symbol || nameOf(first?.uri)),
    copies.length > 5 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.description = vscode.l10n.t('{0} lines, {1} copies', n(lines), n(copies.length));
  item.iconPath = new vscode.ThemeIcon('files');
  item.contextValue = 'cluster';
  return item;
}

function copyItem(copy: Copy): vscode.TreeItem {
  const { uri, startLine, endLine, same, isFirst } = copy;
  const path = plain(vscode.workspace.asRelativePath(uri));
  const share = Math.floor(same * 100);
  const item = new vscode.TreeItem(`${plain(nameOf(uri))}:${startLine}`);
  const short = isFirst ? '' : share === 100 ? vscode.l10n.t('same') : vscode.l10n.t('{0}% same', share);
  item.description = [short, path.split('/').slice(0, -1).join('/')].filter(Boolean).join(' · ');
  const where = vscode.l10n.t('{0}, lines {1}–{2}', path, startLine, endLine);
  const long = vscode.l10n.t('{0}% of the lines are the same as in the first copy.', share);
  item.tooltip = isFirst ? where : `${where}\n${long}`;
  item.resourceUri = uri;
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'copy';
  item.command = { command: 'nearby.openDuplicate', title: vscode.l10n.t('Open'), arguments: [copy] };
  return item;
}

const weight = ({ lines, copies }: Cluster): number => lines * copies.length;

function nameOf(uri: vscode.Uri | undefined): string {
  return uri?.path.slice(uri.path.lastIndexOf('/') + 1) ?? '';
}

function isCluster(node: unknown): node is Cluster {
  return typeof node === 'object' && node !== null && 'copies' in node;
}

function isCopy(node: unknown): node is Copy {
  return typeof node === 'object' && node !== null && 'other' in node;
}
