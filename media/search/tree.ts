/** The results: which are there, which is selected, and what the mouse and the keys do with them. */
import type { Group, ItemCommand } from '../../src/vscode/view-messages.ts';
import { element } from './dom.ts';
import { keep, kept, post } from './host.ts';
import { rowElement, type Answered } from './row-view.ts';
import { rowsOf, type Row } from './rows.ts';
import { VirtualList } from './virtual-list.ts';

/** A row that was clicked grows only once the click cannot become a double click: rows below it move. */
const doubleClickMs = 500;
/** A result is shown once the reader rests on it this long. */
const restMs = 60;
/** Groups that stay closed from one session to the next. */
const mostCollapsed = 200;

export class ResultTree {
  readonly #tree = element('tree', HTMLElement);
  readonly #list: VirtualList<Row>;
  readonly #collapsed = new Set(kept().collapsed);
  readonly #leaveUpwards: () => void;
  #groups: readonly Group[] = [];
  #answered: Answered = { answer: 0, canJudge: false };
  #selected = kept().selected;
  /** Key of the row that says why it is there. */
  #explained = '';
  #explaining: ReturnType<typeof setTimeout> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** Scrolls to where one was before the page was hidden, once there is something to scroll. */
  #restore: number | undefined = kept().top;

  /** @param leaveUpwards called when the arrow keys leave the first row */
  constructor(leaveUpwards: () => void) {
    this.#leaveUpwards = leaveUpwards;
    this.#list = new VirtualList(this.#tree, element('canvas', HTMLElement), (row) => this.#elementOf(row));
    const tree = this.#tree;
    tree.addEventListener('click', (event) => this.#clicked(event));
    tree.addEventListener('dblclick', (event) => {
      const row = this.#rowAt(event);
      if (row?.type === 'item') this.#open(row, 'open');
    });
    tree.addEventListener('contextmenu', (event) => {
      const row = this.#rowAt(event);
      if (row) this.#select(row, true);
    });
    tree.addEventListener('dragstart', (event) => this.#dragged(event));
    tree.addEventListener('keydown', (event) => {
      const row = this.#row();
      if (!row || event.altKey || !this.#pressed(event, row)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    tree.addEventListener('focus', () => {
      if (!this.#row()) this.#select(this.#list.rows[0]);
    });
    document.addEventListener('focusin', () => this.#tell());
    window.addEventListener('blur', () => this.#tell());
    tree.addEventListener('scrollend', () => keep({ top: tree.scrollTop }));
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** @param anew whether something else was asked, so that one begins at the top */
  show(groups: readonly Group[], answered: Answered, anew: boolean): void {
    this.#groups = groups;
    this.#answered = answered;
    if (anew) this.#selected = '';
    this.#refresh();
    if (anew) this.#tree.scrollTop = 0;
    else if (this.#restore !== undefined && !this.isEmpty) this.#tree.scrollTop = this.#restore;
    if (!this.isEmpty) this.#restore = undefined;
  }

  /** Returns false when there is nothing to go to. */
  focus(): boolean {
    if (this.isEmpty) return false;
    if (!this.#row()) this.#select(this.#list.rows[0]);
    this.#tree.focus();
    return true;
  }

  /** Selects the result with this number, wherever it is, unless another answer has come meanwhile. */
  selectItem(answer: number, number: number): void {
    if (answer !== this.#answered.answer) return;
    const group = this.#groups.find(({ items }) => items.some(({ item }) => item === number));
    if (group && this.#collapsed.delete(group.key)) this.#refresh();
    this.#select(this.#list.rows.find((row) => row.type === 'item' && row.item.item === number));
  }

  collapseAll(): void {
    for (const { key } of this.#groups) this.#collapsed.add(key);
    this.#refresh();
  }

  expandAll(): void {
    this.#collapsed.clear();
    this.#refresh();
  }

  #refresh(): void {
    this.#tree.hidden = this.isEmpty;
    this.#list.setRows(rowsOf(this.#groups, this.#collapsed));
    keep({ collapsed: [...this.#collapsed].slice(-mostCollapsed) });
    this.#mark();
    this.#explain(this.#selected, false);
    this.#tell();
  }

  #elementOf(row: Row): HTMLElement {
    const made = rowElement(row, this.#answered, this.#tree.dataset);
    made.ariaSelected = String(row.key === this.#selected);
    made.classList.toggle('explained', row.key === this.#explained);
    return made;
  }

  // ---- What the user does ----

  #clicked(event: MouseEvent): void {
    const row = this.#rowAt(event);
    if (!row) return;
    const tool = event.target instanceof HTMLElement ? event.target.dataset['command'] : undefined;
    this.#select(row, true);
    if (tool !== undefined) this.#run(row, tool as ItemCommand);
    else if (row.type === 'group') this.#toggle(row);
    else if (event.ctrlKey || event.metaKey || event.altKey) this.#run(row, 'openResultToSide');
    else this.#open(row, 'preview');
  }

  /** The keys of VS Code's own trees; others are bound in package.json. Returns whether the key meant something here. */
  #pressed(event: KeyboardEvent, row: Row): boolean {
    const { rows } = this.#list;
    const at = rows.indexOf(row);
    const isOpen = row.type === 'group' && row.open;
    if ((event.ctrlKey || event.metaKey) && event.key !== 'Home' && event.key !== 'End') return false;
    switch (event.key) {
      case 'ArrowDown':
        this.#walk(rows[at + 1] ?? row);
        return true;
      case 'ArrowUp':
        if (at === 0) this.#leaveUpwards();
        else this.#walk(rows[at - 1]);
        return true;
      case 'ArrowRight':
        if (row.type === 'group' && !isOpen) this.#toggle(row);
        else if (row.type === 'group') this.#walk(rows[at + 1]);
        return true;
      case 'ArrowLeft':
        if (isOpen) this.#toggle(row);
        else if (row.level > 1) this.#walk(rows.slice(0, at).findLast(({ level }) => level === 1));
        return true;
      case 'Home':
        this.#walk(rows[0]);
        return true;
      case 'End':
        this.#walk(rows.at(-1));
        return true;
      case 'PageDown':
      case 'PageUp':
        this.#walk(rows[this.#list.page(at, event.key === 'PageDown' ? 1 : -1)]);
        return true;
      case 'Enter':
      case ' ':
        if (row.type === 'group') this.#toggle(row);
        else this.#open(row, event.key === 'Enter' ? 'open' : 'preview');
        return true;
      case '+':
      case '-':
        if (row.type === 'group' || !this.#answered.canJudge) return false;
        this.#run(row, event.key === '+' ? 'moreLikeThis' : 'lessLikeThis');
        return true;
      default:
        return false;
    }
  }

  /** Goes to a row by the keyboard, and shows the result when one rests there. */
  #walk(row: Row | undefined): void {
    this.#select(row);
    clearTimeout(this.#resting);
    if (row?.type === 'item') this.#resting = setTimeout(() => this.#open(row, 'preview'), restMs);
  }

  #open(row: Row, how: 'preview' | 'open'): void {
    clearTimeout(this.#resting);
    if (row.type === 'item') post({ type: 'open', answer: this.#answered.answer, item: row.item.item, how });
  }

  #run(row: Row, command: ItemCommand): void {
    clearTimeout(this.#resting);
    const item = row.type === 'item' ? row.item : row.group.items[0];
    if (!item) return;
    // What was sent down or put aside is left behind: one goes on from the next result.
    if (command === 'dismissResult' || (command === 'lessLikeThis' && item.judged !== 'less')) this.#goOn(row);
    this.#tree.focus(); // a button that was clicked goes with the old results
    post({ type: 'run', command, answer: this.#answered.answer, item: item.item });
  }

  #goOn(row: Row): void {
    const { rows } = this.#list;
    const at = rows.indexOf(row);
    const isItem = ({ type }: Row): boolean => type === 'item';
    const next = rows.slice(at + 1).find(isItem) ?? rows.slice(0, at).findLast(isItem);
    if (next) this.#select(next);
  }

  #toggle({ key }: Row): void {
    if (!this.#collapsed.delete(key)) this.#collapsed.add(key);
    this.#refresh();
  }

  #dragged(event: DragEvent): void {
    const row = this.#rowAt(event);
    if (row?.type !== 'item' || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = 'copyLink';
    event.dataTransfer.setData('ResourceURLs', JSON.stringify([row.item.drag]));
    event.dataTransfer.setData('text/uri-list', row.item.drag);
    event.dataTransfer.setData('text/plain', row.item.drag);
  }

  // ---- The selection ----

  #select(row: Row | undefined, clicked = false): void {
    this.#selected = row?.key ?? '';
    keep({ selected: this.#selected });
    this.#mark();
    if (row) this.#list.reveal(this.#list.rows.indexOf(row));
    this.#explain(this.#selected, clicked);
    this.#tell();
  }

  /** Shows which row is selected. */
  #mark(): void {
    const tree = this.#tree;
    for (const other of tree.querySelectorAll('[aria-selected="true"]')) other.ariaSelected = 'false';
    this.#list.anchor(this.#selected);
    const shown = this.#list.element(this.#selected);
    // The menu key asks the element with the focus, which is the tree.
    tree.dataset['vscodeContext'] = shown?.dataset['vscodeContext'] ?? '{"preventDefaultContextMenuItems":true}';
    if (shown) {
      shown.ariaSelected = 'true';
      tree.setAttribute('aria-activedescendant', shown.id);
    } else tree.removeAttribute('aria-activedescendant');
  }

  /** Has the row say why it is there, and no other. */
  #explain(key: string, clicked: boolean): void {
    clearTimeout(this.#explaining);
    if (clicked && key !== this.#explained) this.#explaining = setTimeout(() => this.#showWhy(key), doubleClickMs);
    else this.#showWhy(key);
  }

  #showWhy(key: string): void {
    const before = this.#explained;
    this.#explained = key;
    this.#list.element(before)?.classList.toggle('explained', before === key);
    this.#list.element(key)?.classList.add('explained');
    for (const each of [before, key]) this.#list.measure(each);
    const row = this.#row();
    if (row && before !== key) this.#list.reveal(this.#list.rows.indexOf(row));
  }

  /** The extension hears of the selection: commands and keys mean it. */
  #tell(): void {
    const row = this.#row();
    const item = row?.type === 'item' ? row.item.item : -1;
    const inTree = document.activeElement === this.#tree;
    const focus = document.hasFocus() ? (inTree ? 'results' : 'page') : 'elsewhere';
    post({ type: 'selected', answer: this.#answered.answer, item, focus });
  }

  #row(): Row | undefined {
    return this.#list.rows.find(({ key }) => key === this.#selected);
  }

  #rowAt(event: MouseEvent): Row | undefined {
    const shown = event.target instanceof Element ? event.target.closest<HTMLElement>('.row') : null;
    return shown ? this.#list.rows.find(({ key }) => key === shown.dataset['key']) : undefined;
  }
}
