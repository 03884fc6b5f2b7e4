/** The side bar: takes what the page asks, searches, and hands back what it shall show. */
import * as vscode from 'vscode';
import type { Filters, Judgement } from '../worker/protocol.ts';
import { learns, maxResults } from './config.ts';
import { codeOf, sentenceOf } from './errors.ts';
import type { Answer, Folders, Hit } from './folders.ts';
import type { Preview } from './preview.ts';
import { Calm, progressOf, type Progress } from './progress.ts';
import type { Recent } from './recent.ts';
import { similarQuery, whereIs, type Source } from './similar.ts';
import { pageOf } from './view-html.ts';
import {
  isFromView,
  type ActionName,
  type FromView,
  type Group,
  type Notice,
  type Search,
  type ToView,
} from './view-messages.ts';
import { failed, groupsOf, idleNotice, indexShown, learnedShown, nothingFound, summaryOf } from './view-results.ts';

export const viewId = 'nearby.search';

/** Searches that take longer show the view's progress bar. */
const slowMs = 200;

const commandOf: Readonly<Record<Exclude<ActionName, 'retry' | 'forget'>, string>> = {
  openFolder: 'vscode.openFolder',
  showLog: 'nearby.showLog',
  restart: 'nearby.restart',
  resume: 'nearby.resume',
  why: 'nearby.why',
};

/** What stands under the query box, and the results that its items name. */
interface Content {
  readonly hits: readonly Hit[];
  readonly summary: string;
  readonly groups: readonly Group[];
  readonly notice?: Notice;
  /** How many of the user's judgements took part. */
  readonly learned?: number;
}

export interface ViewParts {
  readonly extensionUri: vscode.Uri;
  readonly folders: Folders;
  readonly preview: Preview;
  readonly recent: Recent;
}

export class SearchView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #parts: ViewParts;
  readonly #subscription: vscode.Disposable;
  readonly #calm = new Calm((progress) => this.#showIndex(progress));
  #view: vscode.WebviewView | undefined;
  #search: Search = { query: '', kind: 'all', include: '', exclude: '' };
  /** The page's latest search, which the next results answer. */
  #seq = 0;
  /** What similar places are shown for; undefined while the query is what is answered. */
  #source: Source | undefined;
  #answer = 0;
  #hits: readonly Hit[] = [];
  /** What these are results of; undefined for similar places. */
  #question: string | undefined;
  #asked: AbortController | undefined;
  /** What was posted last, without the numbers that differ each time. */
  #shown = '';
  /** Said once the page is there. */
  #whenLoaded: ToView | undefined;
  #loaded = false;

  constructor(parts: ViewParts) {
    this.#parts = parts;
    this.#subscription = parts.folders.onDidChange(() => this.#foldersChanged());
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.#parts;
    this.#view = view;
    this.#loaded = false;
    view.webview.options = {
      enableScripts: true,
      localResourceRoots: ['media', 'dist/codicons'].map((path) => vscode.Uri.joinPath(extensionUri, path)),
    };
    view.webview.onDidReceiveMessage((message: unknown) => {
      if (isFromView(message)) this.#receive(message);
    });
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
    this.#subscription.dispose();
    this.#calm.dispose();
    this.#asked?.abort();
  }

  /** Shows the view with the cursor in its query box, and searches for `query` when there is one. */
  async focus(query?: string): Promise<void> {
    if (query) this.#source = undefined;
    await this.#reveal({ type: 'focus', ...(query && { query }) });
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

  /** The result that the page or its context menu means; undefined when its answer has been replaced since. */
  hit(answer: number, item: number): Hit | undefined {
    return answer === this.#answer ? this.#hits[item] : undefined;
  }

  async open(hit: Hit, how: 'preview' | 'open' | 'side'): Promise<void> {
    const question = this.#question;
    await this.#parts.preview.show(hit, how);
    if (question !== undefined && how !== 'preview') this.#parts.folders.opened(question, hit);
  }

  /** Says of a result that more or less like it was meant, or takes that back, and asks again. */
  async judge(hit: Hit, judgement: Judgement): Promise<void> {
    if (this.#question === undefined || !learns()) return;
    await this.#parts.folders.judge(hit.judged === judgement ? 'neither' : judgement, this.#question, hit);
    this.refresh();
  }

  /** Asks again what is shown. */
  refresh(): void {
    if (this.#loaded) this.#run();
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
      case 'similar':
        void vscode.commands.executeCommand('nearby.findSimilarToResult', message);
        break;
      case 'judge':
        void vscode.commands.executeCommand(`nearby.${message.judgement}LikeThis`, message);
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

  async #open(answer: number, item: number, how: 'preview' | 'open' | 'side'): Promise<void> {
    const hit = this.hit(answer, item);
    if (!hit) return;
    if (!this.#source) this.#parts.recent.add(this.#search.query);
    try {
      await this.open(hit, how);
    } catch (error) {
      void vscode.window.showErrorMessage(sentenceOf(error));
    }
  }

  /** Forgets what took part in the answer that is shown. */
  async #forget(): Promise<void> {
    if (this.#question === undefined) return;
    try {
      await this.#parts.folders.forget(this.#question);
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
  async #show(signal: AbortSignal, again: boolean): Promise<void> {
    const seq = this.#seq;
    const source = this.#source;
    const shownSource = source && { label: source.label, where: whereIs(source, this.#parts.folders) };
    const question = source ? undefined : this.#search.query.trim();
    const content = await this.#answerFor(source, signal);
    if (signal.aborted || !content) return;
    const canJudge = question !== undefined && learns();
    const learned = learnedShown(content.learned ?? 0);
    const shown = JSON.stringify([shownSource, content.groups, content.notice, learned, canJudge]);
    if (again && shown === this.#shown) return;
    this.#shown = shown;
    this.#hits = content.hits;
    this.#question = question;
    this.#answer++;
    const { summary, groups, notice } = content;
    this.#post({
      type: 'results',
      seq,
      answer: this.#answer,
      ...(shownSource && { source: shownSource }),
      summary,
      ...(learned && { learned }),
      canJudge,
      groups,
      ...(notice && { notice }),
    });
  }

  /** What to show for the similar places or the query; undefined when the question was given up. */
  async #answerFor(source: Source | undefined, signal: AbortSignal): Promise<Content | undefined> {
    const { folders, recent } = this.#parts;
    const nothing = { hits: [], summary: '', groups: [] };
    if (!source && !this.#search.query.trim()) return { ...nothing, notice: idleNotice(folders, recent.queries) };
    try {
      const answer = await this.#withProgress(source ? this.#askSimilar(source, signal) : this.#ask(signal));
      const { hits, failures, learned } = answer;
      const summary = summaryOf(answer, progressOf(folders.all));
      if (hits.length > 0) return { hits, summary, groups: groupsOf(hits), learned };
      const notice = nothingFound(this.#search, folders, source !== undefined);
      return { ...nothing, summary: failures.join('\n'), notice };
    } catch (error) {
      return codeOf(error) === 'cancelled' ? undefined : { ...nothing, notice: failed(sentenceOf(error)) };
    }
  }

  #ask(signal: AbortSignal): Promise<Answer> {
    const query = { query: this.#search.query.trim(), top: maxResults(), ...this.#filters() };
    return this.#parts.folders.search(query, signal);
  }

  #askSimilar(source: Source, signal: AbortSignal): Promise<Answer> {
    const { folders } = this.#parts;
    const rest = { top: maxResults(), ...this.#filters() };
    return folders.similar(rest.top, (root) => similarQuery(source, root, folders, rest), signal);
  }

  #filters(): Filters {
    const { kind, include, exclude } = this.#search;
    const included = globsIn(include);
    const excluded = globsIn(exclude);
    return {
      ...(kind !== 'all' && { kind }),
      ...(included.length > 0 && { include: included }),
      ...(excluded.length > 0 && { exclude: excluded }),
    };
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

/** `src/**, *.md` as globs: a bare name or `*.md` is sought at any depth, and a folder takes in all it holds. */
function globsIn(typed: string): string[] {
  return typed
    .split(',')
    .map((glob) => glob.trim().replace(/^\.?\//, ''))
    .filter(Boolean)
    .flatMap((glob) => {
      const anywhere = glob.includes('/') && !glob.endsWith('/') ? glob : `**/${glob.replace(/\/$/, '')}`;
      return /[*?]$|\.\w+$/.test(anywhere) ? [anywhere] : [anywhere, `${anywhere}/**`];
    });
}
