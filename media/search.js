// @ts-check
/** The side bar's page: shows what the extension sends, tells it what the user does. See src/vscode/view-messages.ts. */

/**
 * @import { FromView, ToView, Search, Group, Item, Notice, Button } from '../src/vscode/view-messages.ts'
 * @typedef {Extract<ToView, { type: 'results' }>} Results
 *
 * @typedef {object} State What is kept while the page is hidden.
 * @property {Search} search
 * @property {boolean} globsShown
 * @property {string[]} collapsed Keys of groups.
 * @property {string} selected Key of a row.
 */

(() => {
  // Found in every webview; no module gives it.
  const vscode =
    /** @type {{ acquireVsCodeApi(): { postMessage(message: FromView): void, getState(): unknown, setState(state: State): void } }} */ (
      /** @type {unknown} */ (window)
    ).acquireVsCodeApi();

  const debounceMs = 120;
  /** Pixels; a query box lower than this holds a single line. */
  const oneLine = 40;
  /** A row that was clicked grows only once the click cannot become a double click: rows below it move. */
  const doubleClickMs = 500;

  const form = element('form', HTMLFormElement);
  const query = element('query', HTMLTextAreaElement);
  const kinds = element('kind', HTMLElement);
  const more = element('more', HTMLButtonElement);
  const globs = element('globs', HTMLElement);
  const include = element('include', HTMLInputElement);
  const exclude = element('exclude', HTMLInputElement);
  const index = element('index', HTMLElement);
  const source = element('source', HTMLElement);
  const summary = element('summary', HTMLElement);
  const learned = element('learned', HTMLElement);
  const tree = element('tree', HTMLElement);
  const notice = element('notice', HTMLElement);

  const state = restored();
  /** Keys of the groups that are closed. */
  const collapsed = new Set(state.collapsed);
  let seq = 0;
  let answer = 0;
  /** Rows made so far; gives each an id of its own. */
  let rowCount = 0;
  /** @type {readonly Group[]} */
  let groups = [];
  /** Whether results can be judged. */
  let canJudge = false;
  /** Key of the row that says why it is there. */
  let explained = '';
  /** The one that will, once the clicks are over. */
  let explainedNext = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let explaining;
  /** What the results shown are an answer to. @type {string | undefined} */
  let question;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;

  query.value = state.search.query;
  include.value = state.search.include;
  exclude.value = state.search.exclude;
  showGlobs(state.globsShown);
  showKind(state.search.kind);
  vscode.postMessage({ type: 'ready', seq, search: state.search });

  // ---- What the user asks ----

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => ask(false), debounceMs);
  });
  form.addEventListener('keydown', (event) => {
    if (event.isComposing || event.target instanceof HTMLButtonElement) return;
    if (event.key === 'Enter') ask(true);
    else if (event.key !== 'ArrowDown' || event.target !== query || !onLastLine() || !focusTree()) return;
    event.preventDefault();
  });

  kinds.addEventListener('click', (event) => {
    const kind = event.target instanceof HTMLElement ? event.target.dataset['kind'] : undefined;
    if (kind) chooseKind(kind);
  });
  kinds.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const radios = [...kinds.querySelectorAll('button')];
    const chosen = radios.findIndex((radio) => radio.ariaChecked === 'true');
    const next = radios[(chosen + step + radios.length) % radios.length];
    if (!next) return;
    chooseKind(next.dataset['kind']);
    next.focus();
  });
  more.addEventListener('click', () => {
    showGlobs(Boolean(globs.hidden));
    if (!globs.hidden) include.focus();
    save();
  });

  /** @param {boolean} enter whether the user asked for it, rather than just typed */
  function ask(enter) {
    clearTimeout(typing);
    save();
    vscode.postMessage({ type: 'search', seq: ++seq, search: state.search, enter });
  }

  /** @param {string | undefined} kind */
  function chooseKind(kind) {
    showKind(kind === 'code' || kind === 'docs' ? kind : 'all');
    ask(false);
  }

  function clearFilters() {
    include.value = '';
    exclude.value = '';
    chooseKind('all');
  }

  /** Whether the caret is on the last line of the query, so that the down arrow may leave it. */
  function onLastLine() {
    return query.scrollHeight < oneLine || query.selectionEnd === query.value.length;
  }

  // ---- What the extension says ----

  window.addEventListener('message', (event) => {
    const message = /** @type {ToView} */ (event.data);
    switch (message.type) {
      case 'results':
        if (message.seq !== seq) return;
        answer = message.answer;
        groups = message.groups;
        canJudge = message.canJudge;
        keepPlace(message);
        showSource(message.source);
        summary.textContent = message.summary;
        showLearned(message.learned);
        showTree();
        showNotice(message.notice);
        break;
      case 'index':
        showIndex(message.index);
        break;
      case 'focus':
        if (message.query !== undefined) {
          query.value = message.query;
          ask(true);
        }
        query.focus();
        query.select();
        break;
      case 'clear':
        query.value = '';
        collapsed.clear();
        ask(false);
        query.focus();
        break;
      case 'collapseAll':
        for (const { key } of groups) collapsed.add(key);
        showTree();
        save();
        break;
    }
  });

  /** The place in the tree is kept when the same question is answered again. @param {Results} results */
  function keepPlace(results) {
    const asked = JSON.stringify([results.seq, results.source]);
    if (question !== undefined && question !== asked) {
      state.selected = '';
      tree.scrollTop = 0;
    }
    question = asked;
  }

  /** @param {import('../src/vscode/view-messages.ts').IndexShown | undefined} shown */
  function showIndex(shown) {
    index.hidden = !shown;
    if (!shown) return;
    const text = make('div', 'text');
    text.append(make('div', '', shown.text), ...shown.actions.map(buttonFor));
    const line = make('div', 'line');
    const icon = codicon(shown.icon);
    if (shown.icon === 'sync') icon.classList.add('codicon-modifier-spin');
    if (shown.icon === 'warning') icon.classList.add('warning');
    line.append(icon, text);
    index.replaceChildren(line);
    if (shown.fraction === undefined) return;
    const track = make('div', 'track');
    const bar = make('div', 'done');
    bar.style.width = `${shown.fraction * 100}%`;
    track.append(bar);
    index.append(track);
  }

  /** @param {import('../src/vscode/view-messages.ts').SourceShown | undefined} shown */
  function showSource(shown) {
    source.hidden = !shown;
    form.classList.toggle('aside', Boolean(shown));
    if (!shown) return;
    const text = make('div', 'text');
    text.append(make('span', 'of', source.dataset['title'] ?? ''), ' ', make('span', 'label', shown.label));
    text.append(make('div', 'where', shown.where));
    text.title = shown.where;
    const leave = iconButton('close', source.dataset['leave'] ?? '');
    leave.addEventListener('click', () => {
      save();
      vscode.postMessage({ type: 'leaveSimilar', seq: ++seq, search: state.search });
      query.focus();
    });
    source.replaceChildren(codicon('references'), text, leave);
  }

  /** @param {import('../src/vscode/view-messages.ts').LearnedShown | undefined} shown */
  function showLearned(shown) {
    learned.hidden = !shown;
    if (shown) learned.replaceChildren(shown.text, ' · ', ...shown.actions.map(buttonFor));
  }

  /** @param {Notice | undefined} shown */
  function showNotice(shown) {
    notice.hidden = !shown;
    if (!shown) return;
    notice.replaceChildren(make('h2', '', shown.title), make('p', '', shown.detail), ...shown.actions.map(buttonFor));
    if (shown.recent.length === 0) return;
    const list = make('ul', 'recent');
    for (const text of shown.recent) {
      const button = make('button', 'link', text);
      button.title = text;
      button.addEventListener('click', () => {
        query.value = text;
        ask(true);
        query.focus();
      });
      const entry = make('li');
      entry.append(codicon('history'), button);
      list.append(entry);
    }
    notice.append(make('h3', '', tree.dataset['recent'] ?? ''), list);
  }

  /** @param {Button} button */
  function act({ action }) {
    if (action === 'clearFilters') clearFilters();
    else vscode.postMessage({ type: 'act', action });
  }

  // ---- The tree ----

  function showTree() {
    const rows = document.createDocumentFragment();
    groups.forEach((group, i) => {
      rows.append(groupRow(group, i));
      if (!collapsed.has(group.key)) group.items.forEach((item, j) => rows.append(itemRow(group, item, j)));
    });
    const { scrollTop } = tree;
    tree.hidden = groups.length === 0;
    tree.replaceChildren(rows);
    tree.scrollTop = scrollTop;
    select(rowOf(state.selected));
  }

  /** @param {Group} group @param {number} i */
  function groupRow(group, i) {
    const open = !collapsed.has(group.key);
    const row = treeRow('group', group.key, 1, i, groups.length);
    row.ariaExpanded = String(open);
    row.title = group.tooltip;
    row.append(
      codicon(open ? 'chevron-down' : 'chevron-right', 'twistie'),
      codicon(group.icon),
      make('span', 'name', group.name),
      make('span', 'directory', group.directory),
      make('span', 'count', String(group.items.length)),
    );
    return row;
  }

  /** @param {Group} group @param {Item} item @param {number} i */
  function itemRow(group, item, i) {
    const row = treeRow('item', `${group.key}#${item.title} ${item.where}`, 2, i, group.items.length);
    row.title = item.tooltip;
    row.dataset['item'] = String(item.item);
    if (item.judged) row.dataset['judged'] = item.judged;
    row.classList.toggle('explained', row.dataset['key'] === explained);
    row.dataset['vscodeContext'] = JSON.stringify({
      webviewSection: 'result',
      preventDefaultContextMenuItems: true,
      canJudge,
      answer,
      item: item.item,
    });
    const score = make('span', 'score');
    score.ariaHidden = 'true';
    const bar = make('span');
    bar.style.width = `${Math.max(0, Math.min(1, item.score)) * 100}%`;
    score.append(bar);
    const head = make('div', 'head');
    const tools = make('span', 'tools');
    if (canJudge) {
      row.setAttribute('aria-keyshortcuts', 'Plus -');
      const { more = '', less = '' } = tree.dataset;
      tools.append(
        judgeTool('thumbsup', `${more} (+)`, 'more', item.judged === 'more'),
        judgeTool('thumbsdown', `${less} (-)`, 'less', item.judged === 'less'),
      );
    }
    tools.append(
      tool('references', tree.dataset['similar'] ?? '', 'similar'),
      tool('split-horizontal', tree.dataset['side'] ?? '', 'side'),
    );
    head.append(
      make('span', item.where ? 'title' : 'title plain', item.title),
      make('span', 'where', item.where),
      tools,
      score,
    );
    row.append(head);
    if (item.lines.length > 0) {
      const code = make('div', 'code');
      for (const line of item.lines) code.append(lineOf(line));
      row.append(code);
    }
    row.append(make('div', 'why', item.why));
    return row;
  }

  /** @param {string} icon @param {string} label @param {string} name */
  function tool(icon, label, name) {
    const button = iconButton(icon, label);
    button.dataset['tool'] = name;
    button.tabIndex = -1;
    return button;
  }

  /** @param {string} icon @param {string} label @param {string} name @param {boolean} pressed */
  function judgeTool(icon, label, name, pressed) {
    const button = tool(pressed ? `${icon}-filled` : icon, label, name);
    button.ariaPressed = String(pressed);
    return button;
  }

  /** @param {Item['lines'][number]} line */
  function lineOf({ text, marks }) {
    const row = make('div', 'code-line');
    let at = 0;
    for (const [from, to] of marks) {
      row.append(text.slice(at, from), make('mark', '', text.slice(from, to)));
      at = to;
    }
    row.append(text.slice(at) || (at === 0 ? '\u00a0' : ''));
    return row;
  }

  /** @param {string} name @param {string} key @param {number} level @param {number} i @param {number} size */
  function treeRow(name, key, level, i, size) {
    const row = make('div', `row ${name}`);
    row.role = 'treeitem';
    row.id = `row-${level}-${rowCount++}`;
    row.dataset['key'] = key;
    row.ariaLevel = String(level);
    row.ariaPosInSet = String(i + 1);
    row.ariaSetSize = String(size);
    row.ariaSelected = 'false';
    return row;
  }

  tree.addEventListener('click', (event) => {
    const row = rowAt(event);
    if (!row) return;
    const tool = event.target instanceof HTMLElement ? event.target.dataset['tool'] : undefined;
    select(row, true);
    save();
    if (tool === 'more' || tool === 'less') judge(row, tool);
    else if (tool === 'similar') vscode.postMessage({ type: 'similar', answer, item: Number(row.dataset['item']) });
    else if (tool === 'side') open(row, 'side');
    else if (row.classList.contains('group')) toggle(row);
    else open(row, event.ctrlKey || event.metaKey || event.altKey ? 'side' : 'preview');
  });
  tree.addEventListener('dblclick', (event) => {
    const row = rowAt(event);
    if (row?.classList.contains('item')) open(row, 'open');
  });
  tree.addEventListener('contextmenu', (event) => {
    const row = rowAt(event);
    if (row) select(row, true);
  });
  tree.addEventListener('focus', () => {
    if (!selected()) select(firstRow());
  });

  tree.addEventListener('keydown', (event) => {
    const row = selected();
    if (!row || event.altKey) return;
    if (!move(event, row)) return;
    event.preventDefault();
    event.stopPropagation();
    save();
  });

  /**
   * The keys of VS Code's own trees. Returns whether the key meant something here.
   * @param {KeyboardEvent} event @param {HTMLElement} row
   */
  function move(event, row) {
    const isGroup = row.classList.contains('group');
    const isOpen = row.ariaExpanded === 'true';
    switch (event.key) {
      case 'ArrowDown':
        select(next(row, 1));
        return true;
      case 'ArrowUp':
        if (row === firstRow()) query.focus();
        else select(next(row, -1));
        return true;
      case 'ArrowRight':
        if (isGroup && !isOpen) toggle(row);
        else if (isGroup) select(next(row, 1));
        return true;
      case 'ArrowLeft':
        if (isGroup && isOpen) toggle(row);
        else if (!isGroup) select(parentOf(row));
        return true;
      case 'Home':
        select(firstRow());
        return true;
      case 'End':
        select(lastRow());
        return true;
      case 'PageDown':
      case 'PageUp':
        select(page(row, event.key === 'PageDown' ? 1 : -1));
        return true;
      case 'Enter':
        if (isGroup) toggle(row);
        else open(row, event.ctrlKey || event.metaKey ? 'side' : 'open');
        return true;
      case ' ':
        if (isGroup) toggle(row);
        else open(row, 'preview');
        return true;
      case '+':
      case '-':
        if (!isGroup && canJudge) judge(row, event.key === '+' ? 'more' : 'less');
        return true;
      default:
        return false;
    }
  }

  /** @param {HTMLElement} row @param {'preview' | 'open' | 'side'} how */
  function open(row, how) {
    vscode.postMessage({ type: 'open', answer, item: Number(row.dataset['item']), how });
  }

  /**
   * The results come back in another order. What was sent down is left behind: one goes on from the next result.
   * @param {HTMLElement} row @param {'more' | 'less'} judgement
   */
  function judge(row, judgement) {
    const message = { type: /** @type {const} */ ('judge'), answer, item: Number(row.dataset['item']), judgement };
    if (judgement === 'less' && row.dataset['judged'] !== 'less') select(nextItem(row) ?? row);
    tree.focus(); // a button that was clicked goes with the old results
    save();
    vscode.postMessage(message);
  }

  /** @param {HTMLElement} row */
  function toggle(row) {
    const key = row.dataset['key'] ?? '';
    if (!collapsed.delete(key)) collapsed.add(key);
    showTree();
    save();
  }

  /** @param {HTMLElement | null | undefined} row @param {boolean} [clicked] */
  function select(row, clicked = false) {
    for (const other of tree.querySelectorAll('[aria-selected="true"]')) other.ariaSelected = 'false';
    if (!row) {
      tree.removeAttribute('aria-activedescendant');
      delete tree.dataset['vscodeContext'];
      explain('', clicked);
      return;
    }
    // The menu key asks the element with the focus, which is the tree.
    tree.dataset['vscodeContext'] = row.dataset['vscodeContext'] ?? '{"preventDefaultContextMenuItems":true}';
    row.ariaSelected = 'true';
    tree.setAttribute('aria-activedescendant', row.id);
    state.selected = row.dataset['key'] ?? '';
    row.scrollIntoView({ block: 'nearest' });
    explain(state.selected, clicked);
  }

  /** Has the row say why it is there, and no other. @param {string} key @param {boolean} clicked */
  function explain(key, clicked) {
    if (key === explainedNext) return;
    explainedNext = key;
    clearTimeout(explaining);
    if (clicked) explaining = setTimeout(showExplained, doubleClickMs);
    else showExplained();
  }

  function showExplained() {
    explained = explainedNext;
    for (const row of allRows()) row.classList.toggle('explained', row.dataset['key'] === explained);
    selected()?.scrollIntoView({ block: 'nearest' });
  }

  function focusTree() {
    if (tree.hidden) return false;
    select(selected() ?? firstRow());
    tree.focus();
    return true;
  }

  /** @returns {HTMLElement[]} */
  function allRows() {
    return [...tree.querySelectorAll('.row')].filter((row) => row instanceof HTMLElement);
  }

  /** The row some steps on, or the same at either end. @param {HTMLElement} row @param {number} step */
  function next(row, step) {
    const rows = allRows();
    return rows[rows.indexOf(row) + step] ?? row;
  }

  /** The result after this one, in the same file or another. @param {HTMLElement} row */
  function nextItem(row) {
    const rows = allRows();
    return rows.slice(rows.indexOf(row) + 1).find((other) => other.classList.contains('item'));
  }

  /** @param {HTMLElement} row @param {1 | -1} direction */
  function page(row, direction) {
    const rows = allRows();
    const target = row.offsetTop + direction * tree.clientHeight;
    const beyond = (/** @type {HTMLElement} */ other) => direction * (other.offsetTop - target) >= 0;
    return (direction > 0 ? rows.find(beyond) : rows.findLast(beyond)) ?? (direction > 0 ? lastRow() : firstRow());
  }

  /** @param {HTMLElement} row */
  function parentOf(row) {
    const rows = allRows();
    return rows.slice(0, rows.indexOf(row)).findLast((other) => other.classList.contains('group'));
  }

  function firstRow() {
    return allRows()[0];
  }

  function lastRow() {
    return allRows().at(-1);
  }

  function selected() {
    return allRows().find((row) => row.ariaSelected === 'true');
  }

  /** @param {string} key */
  function rowOf(key) {
    return allRows().find((row) => row.dataset['key'] === key);
  }

  /** @param {MouseEvent} event */
  function rowAt(event) {
    const row = event.target instanceof Element ? event.target.closest('.row') : null;
    return row instanceof HTMLElement ? row : undefined;
  }

  // ---- State ----

  function save() {
    const kind = kinds.querySelector('[aria-checked="true"]');
    const chosen = kind instanceof HTMLElement ? kind.dataset['kind'] : 'all';
    state.search = {
      query: query.value,
      kind: chosen === 'code' || chosen === 'docs' ? chosen : 'all',
      include: include.value,
      exclude: exclude.value,
    };
    state.globsShown = !globs.hidden;
    state.collapsed = [...collapsed].slice(-200);
    vscode.setState(state);
  }

  /** @returns {State} */
  function restored() {
    const before = /** @type {Partial<State> | undefined} */ (vscode.getState());
    return {
      search: { query: '', kind: 'all', include: '', exclude: '', ...before?.search },
      globsShown: before?.globsShown ?? false,
      collapsed: before?.collapsed ?? [],
      selected: before?.selected ?? '',
    };
  }

  /** @param {Search['kind']} kind */
  function showKind(kind) {
    for (const radio of kinds.querySelectorAll('button')) {
      const chosen = radio.dataset['kind'] === kind;
      radio.ariaChecked = String(chosen);
      radio.tabIndex = chosen ? 0 : -1;
    }
  }

  /** @param {boolean} shown */
  function showGlobs(shown) {
    globs.hidden = !shown;
    more.ariaExpanded = String(shown);
  }

  // ---- Elements ----

  /** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
  function element(id, type) {
    const found = document.getElementById(id);
    if (!(found instanceof type)) throw new Error(`no #${id}`);
    return found;
  }

  /** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [className] @param {string} [text] */
  function make(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /** @param {string} name @param {string} [className] */
  function codicon(name, className) {
    const icon = make('span', `codicon codicon-${name}${className ? ` ${className}` : ''}`);
    icon.ariaHidden = 'true';
    return icon;
  }

  /** @param {string} icon @param {string} label */
  function iconButton(icon, label) {
    const button = make('button', `icon codicon codicon-${icon}`);
    button.type = 'button';
    button.title = label;
    button.ariaLabel = label;
    return button;
  }

  /** @param {Button} button */
  function buttonFor(button) {
    const made = make('button', button.quiet ? 'link' : 'primary', button.label);
    made.addEventListener('click', () => act(button));
    return made;
  }
})();
