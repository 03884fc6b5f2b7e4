/** A group of files that opens to a list: asked for when it is opened, some at a time, narrowed by a filter. */
import type { FileShown, GroupShown, ToReport } from '../../src/vscode/report-messages.ts';
import { button, element, icon, whenChanged } from './dom.ts';
import { isOpen, label, setOpen, tell } from './host.ts';

/** Files asked for at once: enough to look through, and few enough to show at once. */
const step = 100;
/** The most that are listed again by themselves when the list has changed. */
const mostAgain = 1000;
/** Lists longer than this have a filter. */
const worthFiltering = 20;
/** Time after a key press before the list is asked for. */
const typingMs = 150;

type Files = Extract<ToReport, { type: 'files' }>;

export class FileListView {
  readonly root = element('li', { class: 'group' });
  readonly #folder: string;
  readonly #group: GroupShown['group'];
  readonly #id: string;
  readonly #head: HTMLButtonElement;
  readonly #count = element('span', { class: 'count' });
  readonly #body: HTMLElement;
  readonly #hint = element('p', { class: 'hint' });
  readonly #filter = element('input', { type: 'text', class: 'filter', spellcheck: 'false' });
  readonly #rows = element('ul', { class: 'files' });
  readonly #more = button('secondary', label('more'), () => this.#ask(this.#shown));
  readonly #nothing = element('p', { class: 'hint', text: label('nothing') });
  /** Rows in the list. */
  #shown = 0;
  #typing: number | undefined;

  constructor(folder: string, { group, icon: iconName, label: text }: GroupShown) {
    this.#folder = folder;
    this.#group = group;
    this.#id = `${folder}\n${group}`;
    this.#body = element('div', { class: 'body', id: `list-${Math.random().toString(36).slice(2)}` });
    this.#head = element('button', { type: 'button', class: 'head', 'aria-controls': this.#body.id });
    const arrow = element('span', { class: 'arrow codicon codicon-chevron-right', 'aria-hidden': 'true' });
    this.#head.append(arrow, icon(iconName), element('span', { class: 'label', text }), this.#count);
    this.#head.addEventListener('click', () => this.#toggle(this.#body.hidden !== false));
    this.#filter.placeholder = label('filter');
    this.#filter.setAttribute('aria-label', `${label('filter')}: ${text}`);
    this.#filter.addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = window.setTimeout(() => this.#ask(0), typingMs);
    });
    this.#body.append(this.#hint, this.#filter, this.#rows, this.#nothing, this.#more);
    this.#rows.setAttribute('aria-label', text);
    this.#more.hidden = true;
    this.#nothing.hidden = true;
    this.root.append(element('h4', {}, this.#head), this.#body);
    this.#toggle(isOpen(this.#id));
  }

  /** Shows the new count, and asks for an open list again when it differs. */
  readonly update = whenChanged(({ count, countText, hint }: GroupShown): void => {
    this.#count.textContent = countText;
    this.#hint.textContent = hint;
    this.#filter.hidden = count <= worthFiltering;
    if (!this.#body.hidden) this.#ask(0, Math.min(mostAgain, Math.max(step, this.#shown)));
  });

  show({ from, total, more, files, containing }: Files): void {
    if (containing !== this.#filter.value.trim() || from > this.#shown) return; // an answer to an earlier question
    const rows = [...this.#rows.children];
    for (const row of rows.slice(from)) row.remove();
    this.#rows.append(...files.map((file, i) => this.#row(file, from + i)));
    this.#shown = from + files.length;
    this.#more.hidden = this.#shown >= total;
    const text = this.#more.querySelector('span');
    if (text) text.textContent = more;
    this.#nothing.hidden = total > 0;
  }

  #toggle(isNowOpen: boolean): void {
    this.#body.hidden = !isNowOpen;
    this.#head.setAttribute('aria-expanded', String(isNowOpen));
    setOpen(this.#id, isNowOpen);
    if (isNowOpen) this.#ask(0);
  }

  #ask(from: number, count = step): void {
    const containing = this.#filter.value.trim();
    tell({ type: 'list', folder: this.#folder, group: this.#group, containing, from, count });
  }

  #row({ path, reason, rule, canOpen, canInclude }: FileShown, item: number): HTMLElement {
    const act = (action: 'open' | 'rule' | 'include') => () =>
      tell({ type: 'file', folder: this.#folder, group: this.#group, item, action });
    const name = canOpen ? button('path link', path, act('open')) : element('span', { class: 'path', text: path });
    const row = element('li', { class: 'file' }, element('div', { class: 'what' }, name));
    if (reason) row.firstElementChild?.append(element('span', { class: 'reason', text: reason }));
    const tools = element('div', { class: 'tools' });
    if (rule) tools.append(tool(rule, `${label('rule')}: ${rule}`, act('rule'), 'go-to-file'));
    if (canInclude) tools.append(tool(label('include'), `${label('include')} ${path}`, act('include'), 'add'));
    if (tools.hasChildNodes()) row.append(tools);
    return row;
  }
}

/** A button whose label says little without its row. */
function tool(text: string, spoken: string, run: () => void, iconName: string): HTMLButtonElement {
  const made = button('secondary small', text, run, iconName);
  made.setAttribute('aria-label', spoken);
  made.title = spoken;
  return made;
}
