/** The side bar: takes what the page asks, searches, and hands back what it shall show. */
import * as vscode from 'vscode';
import { visible } from '../core/visible.ts';
import type { Judgement } from '../worker/protocol.ts';
import type { Arrangement } from './arrangement.ts';
import { contentFor, isSameAnswer, ask, type Content } from './content.ts';
import { learns } from './config.ts';
import { dragUri } from './drag.ts';
import { sentenceOf } from './errors.ts';
import type { Answer, Folders, Hit } from './folders.ts';
import { listenTo } from './listen.ts';
import type { Pins } from './pins.ts';
import type { How, Preview } from './preview.ts';
import { Calm, progressOf, type Progress } from './progress.ts';
import type { Recent } from './recent.ts';
import { CurrentFile } from './scope.ts';
import type { Results } from './search-editor.ts';
import { keyOf, Shown } from './shown.ts';
import { whereIs, type Source } from './similar.ts';
import { groupsOf } from './view-groups.ts';
import { pageOf } from './view-html.ts';
import type { LitResults } from './lit.ts';
import type { ActionName, Focus, FromView, Search, ToView } from './view-messages.ts';
import { indexShown, learnedShown, summaryOf } from './view-results.ts';

export const viewId = 'nearby.search';

/** Searches that take longer show the view's progress bar. */
const slowMs = 200;
/** More than a file has chunks in most cases, and as many as one would read. */
const mostOfFile = 50;
/** An answer may be replaced a few times before what was done to it gets here. */
const mostEarlier = 5;

const commandOf: Readonly<Record<Exclude<ActionName, 'retry' | 'forget'>, string>> = {
  openFolder: 'vscode.openFolder',
  showLog: 'nearby.showLog',
  restart: 'nearby.restart',
  resume: 'nearby.resume',
  rebuild: 'nearby.rebuild',
  showReport: 'nearby.showReport',
  why: 'nearby.why',
};

export interface ViewParts {
  readonly extensionUri: vscode.Uri;
  readonly folders: Folders;
  readonly preview: Preview;
  readonly recent: Recent;
  readonly pins: Pins;
  readonly arrangement: Arrangement;
  readonly lit: LitResults;
  readonly log: vscode.LogOutputChannel;
}

export class SearchView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #parts: ViewParts;
  readonly #current: CurrentFile;
  readonly #subscriptions: vscode.Disposable;
  readonly #calm = new Calm((progress) => this.#showIndex(progress));
  #view: vscode.WebviewView | undefined;
  #search: Search = { query: '', kind: 'all', scope: 'workspace', include: '', exclude: '' };
  /** The page's latest search, which the next results answer. */
  #seq = 0;
  /** What similar places are shown for; undefined while the query is what is answered. */
  #source: Source | undefined;
  #asked: AbortController | undefined;
  #content: Content = { search: this.#search, scope: {}, canJudge: false };
  #shown = new Shown(0, [], [], new Set());
  /** The answers before that one, newest first. */
  #earlier: readonly Shown[] = [];
  /** The number of the result that is selected, -1 when none is. */
  #selected = -1;
  /** Whether the selection moved while there was no page to show it. */
  #walked = false;
  /** Said once the page is there. */
  #whenLoaded: ToView | undefined;
  #loaded = false;

  constructor(parts: ViewParts) {
    this.#parts = parts;
    this.#current = new CurrentFile((uri) => parts.preview.isPassing(uri));
    this.#subscriptions = vscode.Disposable.from(
      this.#current,
      this.#calm,
      parts.folders.onDidChange(() => this.#foldersChanged()),
      parts.recent.onDidChange(() => this.#postHistory()),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri, log } = this.#parts;
    this.#view = view;
    this.#loaded = false;
    view.webview.options = {
      enableScripts: true,
      localResourceRoots: ['dist/media', 'dist/codicons'].map((path) => vscode.Uri.joinPath(extensionUri, path)),
    };
    listenTo('view', view.webview, log, (message) => this.#receive(message));
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.#gone();
    });
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#gone();
    });
    view.webview.html = pageOf(view.webview, extensionUri);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#asked?.abort();
  }

  /** Shows the view with the cursor in its query box, and searches for what is given. */
  async focus(search?: Partial<Search>): Promise<void> {
    if (search) this.#source = undefined;
    await this.#reveal({ type: 'focus', ...(search && { search }) });
  }

  async focusResults(): Promise<void> {
    await this.#reveal({ type: 'focusResults' });
  }

  async showSimilar(source: Source): Promise<void> {
    this.#source = source;
    await this.#reveal();
    if (this.#loaded) this.#run();
  }

  clear(): void {
    this.#source = undefined;
    this.#post({ type: 'clear' });
  }

  collapseAll(): void {
    this.#post({ type: 'collapseAll' });
  }

  expandAll(): void {
    this.#post({ type: 'expandAll' });
  }

  /** The result that is selected. */
  get selected(): Hit | undefined {
    return this.#shown.hit(this.#selected);
  }

  /**
   * The result that the page or its context menu means. It may be of an answer that was replaced while the user did
   * something to it; undefined when that is long ago.
   */
  hit(answer: number, item: number): Hit | undefined {
    return this.#answers.find((shown) => shown.answer === answer)?.hit(item);
  }

  /** What is shown but for the pins, file by file, and what it is an answer to. */
  get results(): Results {
    const { source, question } = this.#content;
    const groups = this.#shown.groups({ layout: 'tree', sort: this.#parts.arrangement.sort });
    const files = groups.map((group) => group.map(({ hit }) => hit));
    return { title: source?.label ?? question ?? '', search: this.#search, files };
  }

  async open(hit: Hit, how: How): Promise<void> {
    const { question } = this.#content;
    if (question) this.#parts.recent.add(question);
    await this.#parts.preview.show(hit, how);
    if (question && (how === 'open' || how === 'side')) this.#parts.folders.opened(question, hit);
  }

  /** Goes to the result after or before the selected one, from wherever the user is. */
  async step(by: 1 | -1): Promise<void> {
    const item = this.#shown.step(this.#selected, by, this.#parts.arrangement);
    const hit = item === undefined ? undefined : this.#shown.hit(item);
    if (item === undefined || !hit) return;
    this.#selected = item;
    const select: ToView = { type: 'select', answer: this.#shown.answer, item };
    if (this.#loaded) this.#post(select);
    else this.#walked = true;
    await this.open(hit, 'walk');
  }

  /** Says of a result that more or less like it was meant, or takes that back, and asks again. */
  async judge(hit: Hit, judgement: Judgement): Promise<void> {
    const { question } = this.#content;
    if (!question || !learns()) return;
    this.#parts.recent.add(question);
    await this.#parts.folders.judge(hit.judged === judgement ? 'neither' : judgement, question, hit);
    this.refresh();
  }

  /** Leaves results out until something else is asked; a pin is taken off. */
  async dismiss(hit: Hit): Promise<void> {
    if (this.#answers.some(({ pins }) => pins.some((pin) => pin.hit === hit))) await this.#parts.pins.remove(hit);
    else this.#shown.dismiss(hit);
    this.arranged();
  }

  async pin(hit: Hit, isPinned: boolean): Promise<void> {
    await (isPinned ? this.#parts.pins.add(hit) : this.#parts.pins.remove(hit));
    this.arranged();
  }

  /** Shows every chunk of a result's file that answers the question at all. */
  async showMoreOfFile(hit: Hit): Promise<void> {
    const shown = this.#shown;
    const scope = new Map([[hit.root.uri.fsPath, [hit.path]]]);
    const { hits } = await this.#withProgress(ask({ ...this.#content, top: mostOfFile, scope }, this.#parts.folders));
    if (shown !== this.#shown) return;
    shown.add(hit.uri.toString(), hits);
    this.#postResults();
  }

  /** Asks again what is shown. */
  refresh(): void {
    if (this.#loaded) this.#run();
  }

  /** Shows the same answer once more, laid out as it is now to be. */
  arranged(): void {
    this.#shown.setPins(this.#parts.pins.hits);
    this.#postResults();
  }

  /** A page that is hidden is thrown away; it hears the message once it has loaded again. */
  async #reveal(message?: ToView): Promise<void> {
    this.#whenLoaded = this.#loaded ? undefined : message;
    if (this.#loaded && message) this.#post(message);
    await vscode.commands.executeCommand(`${viewId}.focus`);
  }

  #receive(message: FromView): void {
    switch (message.type) {
      case 'ready':
        this.#loaded = true;
        this.#take(message);
        this.#postHistory();
        this.#showIndex(progressOf(this.#parts.folders.all));
        this.#run();
        if (this.#whenLoaded) this.#post(this.#whenLoaded);
        this.#whenLoaded = undefined;
        break;
      case 'search':
        // A changed filter narrows the similar places; a changed query, or Enter, asks something else.
        if (message.enter || message.search.query !== this.#search.query) this.#source = undefined;
        this.#take(message);
        if (message.enter) this.#parts.recent.add(message.search.query);
        this.#run();
        break;
      case 'leaveSimilar':
        this.#source = undefined;
        this.#take(message);
        this.#run();
        break;
      case 'open':
        void this.#open(message.answer, message.item, message.how);
        break;
      case 'selected':
        this.#select(message.answer === this.#shown.answer ? message.item : this.#selected, message.focus);
        break;
      case 'run':
        void vscode.commands.executeCommand(`nearby.${message.command}`, message);
        break;
      case 'act':
        if (message.action === 'retry') this.#run();
        else if (message.action === 'forget') void this.#forget();
        else void vscode.commands.executeCommand(commandOf[message.action]);
        break;
    }
  }

  #take({ seq, search }: { readonly seq: number; readonly search: Search }): void {
    this.#seq = seq;
    this.#search = search;
  }

  get #answers(): readonly Shown[] {
    return [this.#shown, ...this.#earlier];
  }

  #select(item: number, focus: Focus): void {
    this.#selected = item;
    setContext('nearby.resultSelected', this.selected !== undefined);
    setContext('nearby.resultFocused', this.selected !== undefined && focus === 'results');
    setContext('nearby.viewFocused', focus !== 'elsewhere');
  }

  async #open(answer: number, item: number, how: 'preview' | 'open'): Promise<void> {
    const hit = this.hit(answer, item);
    if (!hit) return;
    try {
      await this.open(hit, how);
    } catch (error) {
      void vscode.window.showErrorMessage(sentenceOf(error));
    }
  }

  /** Forgets what took part in the answer that is shown. */
  async #forget(): Promise<void> {
    if (!this.#content.question) return;
    try {
      await this.#parts.folders.forget(this.#content.question);
      this.refresh();
    } catch (error) {
      void vscode.window.showErrorMessage(sentenceOf(error));
    }
  }

  /** Answers what the page asks now; earlier questions that are still under way are given up. */
  #run(again = false): void {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    void this.#show(asked.signal, again);
  }

  /** `again`: nothing is posted when the answer is what is shown already, so that the page keeps still. */
  async #show(signal: AbortSignal, again: boolean, sharp = false): Promise<void> {
    const source = this.#source;
    const asked = source ? { source } : { question: this.#search.query.trim() };
    const before = this.#content;
    const question = { ...asked, search: this.#search };
    const same = again ? { scope: before.scope, sharp } : {};
    const content = await contentFor(question, same, this.#parts, this.#current.uri, (ask) =>
      this.#withProgress(ask(signal)),
    );
    if (signal.aborted || !content || (again && isSameAnswer(content, before))) return;
    const isSame = content.source === before.source && content.question === before.question;
    const dismissed = isSame ? this.#shown.dismissed : new Set<string>();
    const hits = content.answer?.hits ?? [];
    const selected = isSame && this.selected ? keyOf(this.selected) : undefined;
    this.#content = content;
    this.#earlier = this.#answers.slice(0, mostEarlier);
    this.#shown = new Shown(this.#shown.answer + 1, hits, this.#parts.pins.hits, dismissed);
    this.#selected = hits.findIndex((hit) => keyOf(hit) === selected);
    this.#parts.lit.show(content.source?.label ?? content.question ?? '', hits);
    this.#postResults();
    if (this.#walked && this.selected) this.#post({ type: 'select', answer: this.#shown.answer, item: this.#selected });
    this.#walked = false;
    // A first answer by words and roughly by meaning gives way to one that the model has had a part in.
    if (content.question && content.answer?.tier === 'instant' && !sharp) await this.#show(signal, true, true);
  }

  #postResults(): void {
    const { folders, pins, arrangement } = this.#parts;
    const { source, scope, answer, canJudge, notice } = this.#content;
    const shown = this.#shown;
    setContext('nearby.hasResults', shown.hits.length + shown.pins.length > 0);
    const webview = this.#view?.webview;
    if (!webview) return;
    const learned = learnedShown(answer?.learned ?? 0);
    this.#post({
      type: 'results',
      seq: this.#seq,
      answer: shown.answer,
      ...(source && { source: { label: visible(source.label), where: visible(whereIs(source, folders)) } }),
      summary: answer ? summaryOf(answer, shown.hits, progressOf(folders.all), scope.label) : '',
      ...(learned && { learned }),
      canJudge,
      groups: groupsOf(shown, arrangement, pins, (uri) => dragUri(webview, uri)),
      ...(notice && { notice }),
    });
  }

  #postHistory(): void {
    if (this.#loaded) this.#post({ type: 'history', queries: this.#parts.recent.queries });
  }

  async #withProgress(answer: Promise<Answer>): Promise<Answer> {
    const done = answer.catch(() => undefined);
    const timer = setTimeout(() => {
      void vscode.window.withProgress({ location: { viewId } }, () => done);
    }, slowMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #gone(): void {
    this.#loaded = false;
    this.#select(this.#selected, 'elsewhere');
    this.#asked?.abort();
  }

  /** The index line follows each status; what is shown is asked for again when the index has settled or is gone. */
  #foldersChanged(): void {
    const progress = progressOf(this.#parts.folders.all);
    this.#calm.update(progress);
    const { state } = progress;
    if (!this.#loaded) return;
    if (state === 'ready' || state === 'closed') this.#run(true);
  }

  #showIndex(progress: Progress): void {
    const index = indexShown(progress);
    if (this.#loaded) this.#post({ type: 'index', ...(index && { index }) });
  }

  #post(message: ToView): void {
    void this.#view?.webview.postMessage(message);
  }
}

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
