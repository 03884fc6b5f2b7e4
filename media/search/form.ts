/** The query box with its history, and the filters under it. */
import { scopes, type Search } from '../../src/vscode/view-messages.ts';
import { element } from './dom.ts';
import { keep, kept, noSearch } from './host.ts';

const debounceMs = 120;
/** Pixels; a query box lower than this holds a single line. */
const oneLine = 40;

export class QueryForm {
  readonly #form = element('form', HTMLFormElement);
  readonly #query = element('query', HTMLTextAreaElement);
  readonly #kinds = element('kind', HTMLElement);
  readonly #scope = element('scope', HTMLSelectElement);
  readonly #more = element('more', HTMLButtonElement);
  readonly #filters = element('filters', HTMLElement);
  readonly #include = element('include', HTMLInputElement);
  readonly #exclude = element('exclude', HTMLInputElement);
  readonly #ask: (enter: boolean) => void;
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** The last queries, newest first. */
  #history: readonly string[] = [];
  /** Which of them is in the box; -1 for what was typed. */
  #past = -1;
  #typed = '';

  /**
   * @param ask called with what the boxes say; `enter` when the user asked for it, rather than just typed
   * @param leaveDownwards called when the arrow keys leave the query box; returns false when there is nowhere to go
   */
  constructor(ask: (search: Search, enter: boolean) => void, leaveDownwards: () => boolean) {
    this.#ask = (enter) => {
      clearTimeout(this.#typing);
      keep({ search: this.search });
      ask(this.search, enter);
    };
    this.#fill(kept().search);
    this.#showFilters(kept().filtersShown);
    const form = this.#form;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', (event) => {
      if (event.target === this.#scope) return;
      this.#past = -1;
      this.#askSoon();
    });
    form.addEventListener('keydown', (event) => {
      if (event.isComposing || event.target instanceof HTMLButtonElement || event.target === this.#scope) return;
      if (event.key === 'Enter') this.#ask(true);
      else if (event.target !== this.#query || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      else if (event.key === 'ArrowUp' && this.#onFirstLine()) this.#goBack(1);
      else if (event.key === 'ArrowDown' && this.#past >= 0 && this.#onLastLine()) this.#goBack(-1);
      else if (event.key !== 'ArrowDown' || !this.#onLastLine() || !leaveDownwards()) return;
      event.preventDefault();
    });
    this.#kinds.addEventListener('click', ({ target }) => {
      const kind = target instanceof HTMLElement ? target.dataset['kind'] : undefined;
      if (kind) this.#chooseKind(kind);
    });
    this.#kinds.addEventListener('keydown', (event) => this.#stepKind(event));
    this.#scope.addEventListener('change', () => this.#ask(false));
    this.#more.addEventListener('click', () => {
      this.#showFilters(this.#filters.hidden === true);
      if (!this.#filters.hidden) this.#include.focus();
    });
  }

  /** What the boxes say. */
  get search(): Search {
    const kind = this.#kinds.querySelector<HTMLElement>('[aria-checked="true"]')?.dataset['kind'];
    return {
      query: this.#query.value,
      kind: kind === 'code' || kind === 'docs' ? kind : 'all',
      scope: scopes.find((scope) => scope === this.#scope.value) ?? 'workspace',
      include: this.#include.value,
      exclude: this.#exclude.value,
    };
  }

  /** Puts the cursor into the query box; what is given is filled in and asked. */
  focus(search?: Partial<Search>): void {
    if (search) {
      this.#fill({ ...this.search, ...search });
      if (search.include || search.exclude) this.#showFilters(true);
      this.#ask(true);
    }
    this.#query.focus();
    this.#query.select();
  }

  askFor(query: string): void {
    this.focus({ query });
  }

  clear(): void {
    this.#query.value = '';
    this.#past = -1;
    this.#ask(false);
    this.#query.focus();
  }

  clearFilters(): void {
    this.#fill({ ...noSearch, query: this.#query.value });
    this.#ask(false);
  }

  setHistory(queries: readonly string[]): void {
    // What is being leafed through stays where it is.
    if (this.#past < 0) this.#history = queries;
  }

  /** While similar places are shown, the query is not what is answered. */
  stepAside(aside: boolean): void {
    this.#form.classList.toggle('aside', aside);
  }

  focusQuery(): void {
    this.#query.focus();
  }

  /** @param by 1 to an older query, -1 to a newer one, and at last to what was typed */
  #goBack(by: 1 | -1): void {
    if (this.#past < 0) this.#typed = this.#query.value;
    const others = this.#history.filter((query) => query !== this.#typed);
    const past = Math.min(this.#past + by, others.length - 1);
    if (past === this.#past) return;
    this.#past = past;
    this.#query.value = others[past] ?? this.#typed;
    this.#query.select();
    this.#askSoon();
  }

  #askSoon(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#ask(false), debounceMs);
  }

  #onFirstLine(): boolean {
    return this.#query.scrollHeight < oneLine || this.#query.selectionStart === 0;
  }

  #onLastLine(): boolean {
    return this.#query.scrollHeight < oneLine || this.#query.selectionEnd === this.#query.value.length;
  }

  #fill({ query, kind, scope, include, exclude }: Search): void {
    this.#query.value = query;
    this.#showKind(kind);
    this.#scope.value = scope;
    this.#include.value = include;
    this.#exclude.value = exclude;
  }

  #chooseKind(kind: string): void {
    this.#showKind(kind);
    this.#ask(false);
  }

  #stepKind(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const radios = [...this.#kinds.querySelectorAll('button')];
    const chosen = radios.findIndex((radio) => radio.ariaChecked === 'true');
    const next = radios[(chosen + step + radios.length) % radios.length];
    if (!next) return;
    this.#chooseKind(next.dataset['kind'] ?? 'all');
    next.focus();
  }

  #showKind(kind: string): void {
    for (const radio of this.#kinds.querySelectorAll('button')) {
      const chosen = radio.dataset['kind'] === kind;
      radio.ariaChecked = String(chosen);
      radio.tabIndex = chosen ? 0 : -1;
    }
  }

  #showFilters(shown: boolean): void {
    this.#filters.hidden = !shown;
    this.#more.ariaExpanded = String(shown);
    keep({ filtersShown: shown });
  }
}
