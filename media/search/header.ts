/** What stands around the results: the index's state, the source of similar places, what was learned, what to do next. */
import type { Button, IndexShown, LearnedShown, Notice, SourceShown } from '../../src/vscode/view-messages.ts';
import { codicon, element, iconButton, make } from './dom.ts';

const index = element('index', HTMLElement);
const source = element('source', HTMLElement);
const learned = element('learned', HTMLElement);
const notice = element('notice', HTMLElement);

/** Called with what a button asks for. */
export type Act = (action: Button['action']) => void;

export function showIndex(shown: IndexShown | undefined, act: Act): void {
  index.hidden = !shown;
  if (!shown) return;
  const text = make('div', 'text');
  text.append(make('div', '', shown.text), ...shown.actions.map((button) => buttonFor(button, act)));
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

export function showSource(shown: SourceShown | undefined, leave: () => void): void {
  source.hidden = !shown;
  if (!shown) return;
  const text = make('div', 'text');
  text.append(make('span', 'of', source.dataset['title']), ' ', make('span', 'label', shown.label));
  text.append(make('div', 'where', shown.where));
  text.title = shown.where;
  const button = iconButton('close', source.dataset['leave'] ?? '');
  button.addEventListener('click', leave);
  source.replaceChildren(codicon('references'), text, button);
}

export function showLearned(shown: LearnedShown | undefined, act: Act): void {
  learned.hidden = !shown;
  if (shown) learned.replaceChildren(shown.text, ' · ', ...shown.actions.map((button) => buttonFor(button, act)));
}

export function showNotice(shown: Notice | undefined, act: Act, askFor: (query: string) => void): void {
  notice.hidden = !shown;
  if (!shown) return;
  notice.replaceChildren(
    make('h2', '', shown.title),
    make('p', '', shown.detail),
    ...shown.actions.map((button) => buttonFor(button, act)),
  );
  if (shown.recent.length === 0) return;
  const list = make('ul', 'recent');
  for (const query of shown.recent) {
    const button = make('button', 'link', query);
    button.title = query;
    button.addEventListener('click', () => askFor(query));
    const entry = make('li');
    entry.append(codicon('history'), button);
    list.append(entry);
  }
  notice.append(make('h3', '', notice.dataset['recent']), list);
}

function buttonFor(button: Button, act: Act): HTMLElement {
  const made = make('button', button.quiet ? 'link' : 'primary', button.label);
  made.addEventListener('click', () => act(button.action));
  return made;
}
