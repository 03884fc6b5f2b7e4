/** A row's element. */
import type { Item, ItemCommand } from '../../src/vscode/view-messages.ts';
import { codicon, iconButton, make } from './dom.ts';
import type { GroupRow, ItemRow, Row } from './rows.ts';
import { coloured, type Span } from './syntax.ts';

/** What all results of an answer have in common. */
export interface Answered {
  readonly answer: number;
  readonly canJudge: boolean;
}

/** The names of the tools, as the page was given them. */
export type Labels = Readonly<Record<string, string | undefined>>;

export function rowElement(row: Row, answered: Answered, labels: Labels): HTMLElement {
  return row.type === 'group' ? groupElement(row, answered, labels) : itemElement(row, answered, labels);
}

function groupElement(row: GroupRow, { answer }: Answered, labels: Labels): HTMLElement {
  const { head, group, open } = row;
  const element = treeItem(row, 'group');
  element.ariaExpanded = String(open);
  element.title = head.tooltip;
  const tools = toolBar();
  const [first] = group.items;
  if (head.more) tools.append(tool('unfold', labels['all'] ?? '', 'showMoreOfFile'));
  element.dataset['vscodeContext'] = JSON.stringify({
    webviewSection: 'file',
    preventDefaultContextMenuItems: true,
    hasMore: head.more,
    answer,
    item: first?.item ?? 0,
  });
  element.append(
    codicon(open ? 'chevron-down' : 'chevron-right', 'twistie'),
    codicon(head.icon, 'kind'),
    make('span', 'name', head.name),
    make('span', 'directory', head.directory),
    tools,
    make('span', 'count', String(group.items.length)),
  );
  return element;
}

function itemElement(row: ItemRow, { answer, canJudge }: Answered, labels: Labels): HTMLElement {
  const { item, group } = row;
  const element = treeItem(row, 'item');
  element.title = item.tooltip;
  element.draggable = true;
  const states = [item.judged && labels[item.judged], item.pinned && labels['pin']];
  element.setAttribute('aria-description', [...states, item.why].filter(Boolean).join(', '));
  if (canJudge) element.setAttribute('aria-keyshortcuts', 'Plus -');
  if (item.judged) element.dataset['judged'] = item.judged;
  element.classList.toggle('pinned', item.pinned);
  element.classList.toggle('listed', !group.head);
  element.classList.toggle('named', item.file !== undefined);
  element.dataset['vscodeContext'] = JSON.stringify({
    webviewSection: 'result',
    preventDefaultContextMenuItems: true,
    canJudge,
    isPinned: item.pinned,
    hasMore: group.head?.more ?? false,
    answer,
    item: item.item,
  });
  const head = make('div', 'head');
  if (item.file) head.append(codicon(item.file.icon, 'kind'));
  head.append(make('span', item.where ? 'title' : 'title plain', item.title));
  if (item.container) head.append(make('span', 'container', item.container));
  head.append(make('span', 'where', [item.file?.name, item.where].filter(Boolean).join(':')));
  if (item.file?.directory) head.append(make('span', 'directory', item.file.directory));
  head.append(toolsOf(item, canJudge, labels), scoreBar(item.score));
  element.append(head);
  if (item.lines.length > 0) element.append(codeOf(item));
  element.append(make('div', 'why', item.why));
  return element;
}

function toolsOf(item: Item, canJudge: boolean, labels: Labels): HTMLElement {
  const tools = toolBar();
  if (canJudge) {
    tools.append(
      toggle('thumbsup', `${labels['more'] ?? ''} (+)`, 'moreLikeThis', item.judged === 'more'),
      toggle('thumbsdown', `${labels['less'] ?? ''} (-)`, 'lessLikeThis', item.judged === 'less'),
    );
  }
  const pin = item.pinned ? (['pinned', 'unpin', 'unpinResult'] as const) : (['pin', 'pin', 'pinResult'] as const);
  const pinTool = tool(pin[0], labels[pin[1]] ?? '', pin[2]);
  pinTool.ariaPressed = String(item.pinned);
  tools.append(
    tool('references', labels['similar'] ?? '', 'findSimilarToResult'),
    tool('split-horizontal', labels['side'] ?? '', 'openResultToSide'),
    pinTool,
    tool('close', labels['dismiss'] ?? '', 'dismissResult'),
  );
  return tools;
}

/** For the mouse alone: keys, menus and commands do the same, and the row is not to be called by the names of its tools. */
function toolBar(): HTMLElement {
  const tools = make('span', 'tools');
  tools.ariaHidden = 'true';
  return tools;
}

function tool(icon: string, label: string, command: ItemCommand): HTMLButtonElement {
  const button = iconButton(icon, label);
  button.dataset['command'] = command;
  button.tabIndex = -1;
  return button;
}

function toggle(icon: string, label: string, command: ItemCommand, pressed: boolean): HTMLButtonElement {
  const button = tool(pressed ? `${icon}-filled` : icon, label, command);
  button.ariaPressed = String(pressed);
  return button;
}

function scoreBar(score: number): HTMLElement {
  const element = make('span', 'score');
  element.ariaHidden = 'true';
  const bar = make('span');
  bar.style.width = `${Math.max(0, Math.min(1, score)) * 100}%`;
  element.append(bar);
  return element;
}

function codeOf({ lines, language }: Item): HTMLElement {
  const code = make('div', 'code');
  const spans = coloured(
    lines.map(({ text }) => text),
    language,
  );
  for (const [i, { text, marks }] of lines.entries()) code.append(lineElement(text, marks, spans[i] ?? []));
  return code;
}

/** A line with its colours, and over them the words that matched. */
function lineElement(text: string, marks: readonly (readonly [number, number])[], spans: readonly Span[]): HTMLElement {
  const line = make('div', 'code-line');
  const cuts = [0, text.length, ...marks.flat(), ...spans.flatMap(([from, to]) => [from, to])];
  const edges = [...new Set(cuts)].sort((a, b) => a - b);
  for (const [i, from] of edges.entries()) {
    const to = edges[i + 1];
    if (to === undefined) break;
    const within = ([start, end]: readonly [number, number, ...unknown[]]): boolean => start <= from && to <= end;
    const token = spans.find(within)?.[2];
    const piece = text.slice(from, to);
    if (marks.some(within)) line.append(make('mark', '', piece));
    else line.append(token ? make('span', token, piece) : piece);
  }
  if (!text) line.append('\u00a0');
  return line;
}

function treeItem(row: Row, name: string): HTMLElement {
  const element = make('div', `row ${name}`);
  element.role = 'treeitem';
  element.id = `row ${row.key}`.replace(/\s/g, '_');
  element.dataset['key'] = row.key;
  element.ariaLevel = String(row.level);
  element.ariaPosInSet = String(row.position);
  element.ariaSetSize = String(row.siblings);
  element.ariaSelected = 'false';
  return element;
}
