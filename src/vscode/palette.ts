/** "Nearby: Search": a quick pick that searches as one types, shows each result beside it, and puts all back on Esc. */
import * as vscode from 'vscode';
import { maxResults } from './config.ts';
import { filtersOf } from './content.ts';
import { codeOf, sentenceOf } from './errors.ts';
import type { Folders, Hit } from './folders.ts';
import { splitPrefixes } from './prefixes.ts';
import { plain } from './plain.ts';
import { Bookmark, type How, type Preview } from './preview.ts';
import { Calm, isComplete, progressOf, searchableNow, type Progress } from './progress.ts';
import type { Recent } from './recent.ts';
import { tellingLines } from './snippet.ts';
import type { Search } from './view-messages.ts';

const debounceMs = 80;
/** A result is shown once the reader rests on it this long. */
const restMs = 60;

interface Item extends vscode.QuickPickItem {
  readonly hit?: Hit;
  /** Fills the box instead of opening anything. */
  readonly query?: string;
  /** Runs instead of opening anything. */
  readonly command?: string;
}

/** What the palette needs of the rest of the extension. */
export interface PaletteParts {
  readonly folders: Folders;
  readonly preview: Preview;
  readonly recent: Recent;
  readonly findSimilar: (hit: Hit) => Promise<void>;
  readonly showInView: (search: Partial<Search>) => Promise<void>;
}

const toSide: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('split-horizontal'),
  tooltip: vscode.l10n.t('Open to the Side'),
};
const similar: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('references'),
  tooltip: vscode.l10n.t('Find Similar'),
};
const copyPath: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('copy'),
  tooltip: vscode.l10n.t('Copy Path and Line'),
};
const forget: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('close'),
  tooltip: vscode.l10n.t('Remove from History'),
};
const inView: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('list-tree'),
  tooltip: vscode.l10n.t('Show Results in the Side Bar'),
};

export function showPalette(parts: PaletteParts): void {
  new Palette(parts).show();
}

class Palette {
  readonly #parts: PaletteParts;
  readonly #pick = vscode.window.createQuickPick<Item>();
  readonly #bookmark = new Bookmark();
  readonly #calm = new Calm((progress) => this.#sayHowComplete(progress));
  /** Documents that were only shown because the reader passed by. */
  readonly #looked = new Set<string>();
  readonly #subscriptions: vscode.Disposable;
  #asked: AbortController | undefined;
  #debounce: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;
  /** What was shown last, so that previews come one after the other. */
  #showing: Promise<unknown> = Promise.resolve();
  /** Whether the arrow keys were used since the last answer. */
  #moved = false;
  #done = false;
  /** What the results shown are an answer to. */
  #question = '';
  #clickedAway = false;
  /** Whether the last answer was that there is nothing: while the index is built, that may soon be wrong. */
  #foundNothing = false;

  constructor(parts: PaletteParts) {
    this.#parts = parts;
    const pick = this.#pick;
    pick.placeholder = vscode.l10n.t('Search by meaning; narrow with code:, docs: or in:path');
    pick.buttons = [inView];
    // Kept out of the published typings, but the list would otherwise be sorted by where the label matches.
    Object.assign(pick, { sortByLabel: false });
    this.#subscriptions = vscode.Disposable.from(
      pick,
      pick.onDidChangeValue(() => this.#typed()),
      pick.onDidChangeActive(([item]) => this.#passed(item)),
      pick.onDidAccept(() => this.#accept(pick.activeItems[0])),
      pick.onDidTriggerItemButton(({ item, button }) => this.#pressed(item, button)),
      pick.onDidTriggerButton(() => this.#leaveFor(() => this.#parts.showInView(splitPrefixes(pick.value)))),
      pick.onDidHide(() => void this.#hidden()),
      parts.folders.onDidChange(() => {
        this.#calm.update(progressOf(parts.folders.all));
        if (this.#foundNothing) this.#typed();
      }),
      this.#calm,
      vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
        if (kind === vscode.TextEditorSelectionChangeKind.Mouse) this.#clickedAway = true;
      }),
    );
  }

  show(): void {
    this.#calm.update(progressOf(this.#parts.folders.all));
    this.#pick.items = this.#recentItems();
    this.#pick.show();
  }

  #typed(): void {
    clearTimeout(this.#debounce);
    this.#asked?.abort();
    this.#moved = false;
    this.#foundNothing = false;
    if (splitPrefixes(this.#pick.value).query) {
      this.#pick.busy = true;
      this.#debounce = setTimeout(() => void this.#search(), debounceMs);
    } else {
      this.#pick.busy = false;
      this.#pick.items = this.#recentItems();
    }
  }

  async #search(): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    const search = splitPrefixes(this.#pick.value);
    const query = { query: search.query, top: maxResults(), ...filtersOf(search) };
    let items: Item[];
    let foundNothing = false;
    try {
      const { hits, failures } = await this.#parts.folders.search(query, undefined, asked.signal);
      items = [...hits.map(itemOf), ...failures.map(failureItem)];
      foundNothing = hits.length === 0;
      if (items.length === 0) items = [this.#nothing()];
    } catch (error) {
      if (codeOf(error) === 'cancelled') return;
      items = [failureItem(sentenceOf(error))];
    }
    if (asked.signal.aborted || this.#done) return;
    this.#question = search.query;
    this.#foundNothing = foundNothing;
    this.#pick.items = items;
    this.#pick.busy = false;
  }

  #nothing(): Item {
    if (this.#parts.folders.all.length > 0) {
      return {
        label: vscode.l10n.t('No results'),
        detail: vscode.l10n.t("Try other words, or ask why a file isn't found."),
        alwaysShow: true,
        command: 'nearby.why',
      };
    }
    return {
      label: vscode.l10n.t('No folder is open'),
      detail: vscode.l10n.t('Open a folder to search it.'),
      alwaysShow: true,
      command: 'workbench.action.files.openFolder',
    };
  }

  #recentItems(): Item[] {
    return this.#parts.recent.queries.map((query, i) => ({
      label: plain(query),
      iconPath: new vscode.ThemeIcon('history'),
      alwaysShow: true,
      buttons: [forget],
      query,
      ...(i === 0 && { description: vscode.l10n.t('recent') }),
    }));
  }

  /** Shown on top while not everything can be found yet. */
  #sayHowComplete(progress: Progress): void {
    const trouble = progress.state === 'failed' ? progress.message : undefined;
    const done = isComplete(progress) || progress.state === 'closed';
    this.#pick.title = trouble ?? (done ? 'Nearby' : searchableNow(progress));
  }

  #passed(item: Item | undefined): void {
    clearTimeout(this.#rest);
    const hit = item?.hit;
    // The first result is not shown until the reader moves: typing alone leaves the editor in peace.
    this.#moved ||= item !== this.#pick.items[0];
    if (!hit || !this.#moved) return;
    this.#rest = setTimeout(() => {
      this.#looked.add(hit.uri.toString());
      this.#showing = this.#showing.then(() => (this.#done ? undefined : this.#show(hit, 'preview')));
    }, restMs);
  }

  /** Binary files and files that are gone cannot be shown; the command line of the palette says so. */
  async #show(hit: Hit, how: How): Promise<void> {
    try {
      await this.#parts.preview.show(hit, how);
      if (how !== 'preview') this.#parts.folders.opened(this.#question, hit);
    } catch (error) {
      if (how === 'preview') this.#pick.title = sentenceOf(error);
      else void vscode.window.showErrorMessage(sentenceOf(error));
    }
  }

  #accept(item: Item | undefined): void {
    if (item?.query !== undefined) {
      this.#pick.value = item.query;
      this.#typed();
    } else if (item?.command) {
      const { command } = item;
      this.#leaveFor(() => vscode.commands.executeCommand(command));
    } else if (item?.hit) {
      const { hit } = item;
      this.#leaveFor(() => this.#show(hit, 'open'));
    }
  }

  #pressed({ hit, query }: Item, button: vscode.QuickInputButton): void {
    if (query !== undefined) {
      this.#parts.recent.remove(query);
      this.#pick.items = this.#recentItems();
    }
    if (!hit) return;
    if (button === copyPath) void vscode.env.clipboard.writeText(`${hit.path}:${hit.startLine}`);
    else this.#leaveFor(() => (button === toSide ? this.#show(hit, 'side') : this.#parts.findSimilar(hit)));
  }

  /** Closes the palette for good: what was chosen takes its place. */
  #leaveFor(next: () => Thenable<unknown>): void {
    this.#parts.recent.add(this.#pick.value);
    this.#done = true;
    this.#pick.hide();
    this.#showing = this.#showing.then(next);
  }

  async #hidden(): Promise<void> {
    const chosen = this.#done;
    this.#done = true;
    clearTimeout(this.#debounce);
    clearTimeout(this.#rest);
    this.#asked?.abort();
    await this.#showing;
    if (!chosen) {
      // A click into the editor closes the palette too, and means to stay there; its event comes after this one.
      await new Promise((resolve) => setTimeout(resolve, restMs));
      if (this.#looked.size > 0 && !this.#clickedAway) await this.#bookmark.restore(this.#looked);
      this.#parts.preview.clear();
    }
    this.#subscriptions.dispose();
  }
}

function itemOf(hit: Hit): Item {
  const slash = hit.path.lastIndexOf('/');
  const [line] = tellingLines(hit, 1);
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  return {
    label: plain(hit.path.slice(slash + 1) + (hit.symbol ? `  ›  ${hit.symbol}` : '')),
    description: plain(`${several ? `${hit.root.name}/` : ''}${hit.path}:${hit.startLine}`),
    detail: plain(line?.text.trim() || hit.reasons.join(' · ')),
    iconPath: new vscode.ThemeIcon(hit.kind === 'docs' ? 'book' : 'code'),
    buttons: [copyPath, similar, toSide],
    alwaysShow: true,
    hit,
  };
}

function failureItem(sentence: string): Item {
  return { label: sentence, iconPath: new vscode.ThemeIcon('warning'), alwaysShow: true, command: 'nearby.showLog' };
}
