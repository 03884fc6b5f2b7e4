/** "Show Map": the workspace as a plot in an editor tab, one for each folder. */
import * as vscode from 'vscode';
import type { VectorMap } from '../worker/protocol.ts';
import { maxResults } from './config.ts';
import { sentenceOf } from './errors.ts';
import type { Folders } from './folders.ts';
import { listenTo } from './listen.ts';
import type { LitResults } from './lit.ts';
import { mapPage } from './map-html.ts';
import type { FromMap, ToMap } from './map-messages.ts';
import { plain } from './plain.ts';
import type { Preview } from './preview.ts';

export interface MapParts {
  readonly extensionUri: vscode.Uri;
  readonly folders: Folders;
  readonly preview: Preview;
  readonly lit: LitResults;
  readonly log: vscode.LogOutputChannel;
}

export class Maps implements vscode.Disposable {
  readonly #parts: MapParts;
  readonly #open = new Map<string, MapPanel>();

  constructor(parts: MapParts) {
    this.#parts = parts;
  }

  /** Shows the folder's map, which is made when it is not open yet. */
  show(root: vscode.WorkspaceFolder): void {
    const key = root.uri.toString();
    const open = this.#open.get(key);
    if (open) open.reveal();
    else this.#open.set(key, new MapPanel(this.#parts, root, () => this.#open.delete(key)));
  }

  dispose(): void {
    for (const panel of this.#open.values()) panel.dispose();
  }
}

class MapPanel implements vscode.Disposable {
  readonly #parts: MapParts;
  readonly #root: vscode.WorkspaceFolder;
  readonly #panel: vscode.WebviewPanel;
  readonly #closing = new AbortController();
  /** What the page is sent when it loads, which it does each time it is shown again. */
  #map: VectorMap | undefined;
  #paths: readonly string[] = [];
  #making = false;
  /** What the index held when the map was made. */
  #madeOf = '';
  #asked: AbortController | undefined;

  constructor(parts: MapParts, root: vscode.WorkspaceFolder, closed: () => void) {
    this.#parts = parts;
    this.#root = root;
    const { extensionUri, folders, lit, log } = parts;
    const title =
      folders.all.length > 1
        ? vscode.l10n.t('Map of {0}', root.name)
        : vscode.l10n.t({ message: 'Map', comment: ['A plot of all files'] });
    this.#panel = vscode.window.createWebviewPanel('nearby.map', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: ['dist/media', 'dist/codicons'].map((path) => vscode.Uri.joinPath(extensionUri, path)),
    });
    const icon = (theme: 'light' | 'dark'): vscode.Uri => vscode.Uri.joinPath(extensionUri, `media/map/${theme}.svg`);
    this.#panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const subscriptions = vscode.Disposable.from(
      listenTo('map', this.#panel.webview, log, (message) => this.#receive(message)),
      lit.onDidChange(() => this.#showLit()),
      folders.onDidChange(() => this.#tellStale()),
    );
    this.#panel.onDidDispose(() => {
      this.#closing.abort();
      this.#asked?.abort();
      subscriptions.dispose();
      closed();
    });
    this.#panel.webview.html = mapPage(this.#panel.webview, extensionUri);
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #receive(message: FromMap): void {
    switch (message.type) {
      case 'ready':
        if (this.#map) this.#showMap(this.#map);
        else void this.#make();
        break;
      case 'refresh':
        void this.#make();
        break;
      case 'open':
        this.#openPlace(message);
        break;
      case 'search':
        void this.#search(message.query);
        break;
    }
  }

  async #make(): Promise<void> {
    this.#post({ type: 'making' });
    if (this.#making) return;
    this.#making = true;
    try {
      const before = this.#indexed();
      const map = await this.#parts.folders.map(this.#root, this.#closing.signal);
      this.#map = map;
      this.#madeOf = before;
      this.#paths = map.paths ? map.paths.split('\0') : [];
      this.#showMap(map);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#parts.log.error(`map: ${sentenceOf(error)}`);
      this.#post({ type: 'notice', title: vscode.l10n.t('The map could not be made'), detail: sentenceOf(error) });
    } finally {
      this.#making = false;
    }
  }

  #showMap(map: VectorMap): void {
    if (this.#paths.length === 0) {
      const title = vscode.l10n.t('There is nothing to show yet');
      const detail = vscode.l10n.t('Files come into the map as soon as they are indexed. Refresh it then.');
      this.#post({ type: 'notice', title, detail });
    } else {
      this.#post({ type: 'map', map });
      this.#showLit();
    }
    this.#tellStale();
  }

  #showLit(): void {
    const { question, hits } = this.#parts.lit.current;
    const here = hits.filter(({ root }) => root.uri.toString() === this.#root.uri.toString());
    const places = here.map(({ path, startLine }) => ({ path, startLine }));
    this.#post({ type: 'lit', question, places });
  }

  #tellStale(): void {
    if (this.#map && !this.#making && this.#indexed() !== this.#madeOf) this.#post({ type: 'stale' });
  }

  /** Changes when the index does, as far as the map shows it. */
  #indexed(): string {
    const status = this.#parts.folders.all.find(
      ({ root }) => root.uri.toString() === this.#root.uri.toString(),
    )?.status;
    return status ? `${status.files} ${status.chunks} ${status.embedded}` : '';
  }

  #openPlace({ file, chunk, how }: Extract<FromMap, { type: 'open' }>): void {
    const path = this.#paths[file];
    if (!this.#map || path === undefined) return;
    const { startLine, endLine } = this.#map;
    const uri = vscode.Uri.joinPath(this.#root.uri, path);
    const [first, last] = chunk < 0 ? [1, 1] : [startLine[chunk] ?? 1, endLine[chunk] ?? 1];
    const place = { uri, startLine: first, endLine: last, snippet: '', terms: [] };
    this.#parts.preview.show(place, how).then(undefined, (error: unknown) => {
      void vscode.window.showErrorMessage(vscode.l10n.t('{0} cannot be opened: {1}', plain(path), sentenceOf(error)));
    });
  }

  async #search(query: string): Promise<void> {
    this.#asked?.abort();
    const { folders, lit, log } = this.#parts;
    if (!query.trim()) {
      lit.show('', []);
      return;
    }
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const { hits } = await folders.search({ query, top: maxResults() }, undefined, asked.signal);
      if (!asked.signal.aborted) lit.show(query, hits);
    } catch (error) {
      if (asked.signal.aborted) return;
      log.error(`map: ${sentenceOf(error)}`);
      void vscode.window.showErrorMessage(sentenceOf(error));
    }
  }

  #post(message: ToMap): void {
    void this.#panel.webview.postMessage(message);
  }
}
