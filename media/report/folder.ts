/** A folder's part of the report: its state, how much the model has read, figures, what is left out, and its health. */
import type {
  Coverage,
  Figure,
  FolderShown,
  GroupShown,
  HealthShown,
  ReportButton,
  ToReport,
} from '../../src/vscode/report-messages.ts';
import { button, element, icon, whenChanged } from './dom.ts';
import { FileListView } from './file-list.ts';
import { label, tell } from './host.ts';

export class FolderView {
  readonly root: HTMLElement;
  readonly #key: string;
  readonly #state = element('div', { class: 'state', role: 'status' });
  readonly #buttons = element('div', { class: 'buttons' });
  readonly #coverage = element('div', { class: 'coverage' });
  readonly #figures = element('dl', { class: 'figures', 'aria-label': label('figures') });
  readonly #leftOut = element('section', { class: 'left-out' });
  readonly #leftOutTitle = element('h3');
  readonly #groups = element('ul', { class: 'groups' });
  readonly #lists = new Map<string, FileListView>();
  readonly #health = element('section', { class: 'health' });

  constructor({ key, name, path }: FolderShown) {
    this.#key = key;
    const title = element('h2', {}, icon('folder'), element('span', { text: name }));
    const place = element('span', { class: 'place', text: path, title: path });
    const head = element('div', { class: 'folder-head' }, element('div', {}, title, place), this.#buttons);
    this.#leftOut.append(this.#leftOutTitle, this.#groups);
    this.root = element('article', { 'aria-label': name });
    this.root.append(head, this.#state, this.#coverage, this.#figures, this.#leftOut, this.#health);
  }

  update({ state, buttons, coverage, figures, leftOut, health }: FolderShown): void {
    this.#showState(state);
    this.#showButtons(buttons);
    this.#showCoverage(coverage);
    this.#showFigures(figures);
    this.#leftOut.hidden = !leftOut;
    this.#leftOutTitle.textContent = leftOut?.title ?? '';
    this.#showGroups(leftOut?.groups ?? []);
    this.#showHealth(health);
  }

  showFiles(files: Extract<ToReport, { type: 'files' }>): void {
    this.#lists.get(files.group)?.show(files);
  }

  readonly #showState = whenChanged(({ id, icon: name, title, detail }: FolderShown['state']): void => {
    this.#state.dataset['state'] = id;
    const words = element('div', {}, element('strong', { text: title }), element('span', { text: detail }));
    this.#state.replaceChildren(icon(name), words);
  });

  readonly #showButtons = whenChanged((buttons: readonly ReportButton[]): void => {
    const focused = [...this.#buttons.children].indexOf(document.activeElement ?? this.#buttons);
    this.#buttons.replaceChildren(...buttons.map((each) => this.#button(each, 'secondary')));
    // Pause has become Resume under the user's finger.
    if (focused >= 0) (this.#buttons.children[focused] as HTMLElement | undefined)?.focus();
  });

  readonly #showCoverage = whenChanged((coverage: Coverage | undefined): void => {
    this.#coverage.hidden = !coverage;
    if (!coverage) return;
    const { read, roughly, legend, label: words } = coverage;
    const part = (name: string, share: number): HTMLElement => {
      const made = element('span', { class: name });
      made.style.width = `${share * 100}%`;
      return made;
    };
    const bar = element('div', { class: 'bar', role: 'img', 'aria-label': words });
    bar.append(part('read', read), part('roughly', roughly));
    const items = legend.map((each) =>
      element('li', {}, element('span', { class: `swatch ${each.part}` }), element('span', { text: each.text })),
    );
    this.#coverage.replaceChildren(bar, element('ul', { class: 'legend' }, ...items));
  });

  readonly #showFigures = whenChanged((figures: readonly Figure[]): void => {
    this.#figures.hidden = figures.length === 0;
    this.#figures.replaceChildren(
      ...figures.map(({ label: name, value, detail, action, wide }) => {
        const shown = element('dd', {}, element('span', { class: 'value', text: value }));
        if (detail) shown.append(element('span', { class: 'detail', text: detail, title: detail }));
        if (action) shown.append(this.#button(action, 'link'));
        return element('div', { class: wide ? 'wide' : undefined }, element('dt', { text: name }), shown);
      }),
    );
  });

  readonly #showHealth = whenChanged((health: HealthShown | undefined): void => {
    this.#health.hidden = !health;
    if (!health) return;
    const { state, lines, action } = health;
    const mark = { unknown: 'beaker', busy: 'loading', sound: 'pass', findings: 'info' }[state];
    const items = lines.map((line) => element('li', {}, icon(mark), element('span', { text: line })));
    const parts: Node[] = [element('h3', { text: label('health') }), element('ul', { 'data-health': state }, ...items)];
    if (action) parts.push(this.#button(action, 'link'));
    this.#health.replaceChildren(...parts);
  });

  #showGroups(groups: readonly GroupShown[]): void {
    const gone = new Set(this.#lists.keys());
    for (const group of groups) {
      gone.delete(group.group);
      const list = this.#lists.get(group.group) ?? new FileListView(this.#key, group);
      this.#lists.set(group.group, list);
      list.update(group);
    }
    for (const group of gone) {
      this.#lists.get(group)?.root.remove();
      this.#lists.delete(group);
    }
    groups.forEach(({ group }, at) => {
      const root = this.#lists.get(group)?.root;
      if (root && this.#groups.children[at] !== root)
        this.#groups.insertBefore(root, this.#groups.children[at] ?? null);
    });
  }

  #button({ action, label: text, icon: name, disabled }: ReportButton, className: string): HTMLButtonElement {
    const made = button(className, text, () => tell({ type: 'act', folder: this.#key, action }), name);
    made.disabled = disabled === true;
    made.dataset['action'] = action;
    return made;
  }
}
