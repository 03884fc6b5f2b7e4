/** The side bar's page: shows what the extension sends, tells it what the user does. See src/vscode/view-messages.ts. */
import type { Button, ToView } from '../../src/vscode/view-messages.ts';
import { element } from './dom.ts';
import { QueryForm } from './form.ts';
import { showIndex, showLearned, showNotice, showSource } from './header.ts';
import { kept, post } from './host.ts';
import { ResultTree } from './tree.ts';

const summary = element('summary', HTMLElement);

/** Grows with every search; answers to an earlier one come too late. */
let seq = 0;
/** What the results shown are an answer to. */
let answered: string | undefined;

const tree = new ResultTree(() => form.focusQuery());
const form = new QueryForm(
  (search, enter) => post({ type: 'search', seq: ++seq, search, enter }),
  () => tree.focus(),
);

window.addEventListener('message', (event: MessageEvent<ToView>) => receive(event.data));
post({ type: 'ready', seq, search: kept().search });

function receive(message: ToView): void {
  switch (message.type) {
    case 'results':
      if (message.seq === seq) showResults(message);
      break;
    case 'index':
      showIndex(message.index, act);
      break;
    case 'history':
      form.setHistory(message.queries);
      break;
    case 'focus':
      form.focus(message.search);
      break;
    case 'focusResults':
      tree.focus();
      break;
    case 'select':
      tree.selectItem(message.answer, message.item);
      break;
    case 'clear':
      form.clear();
      break;
    case 'collapseAll':
      tree.collapseAll();
      break;
    case 'expandAll':
      tree.expandAll();
      break;
  }
}

function showResults(message: Extract<ToView, { type: 'results' }>): void {
  // The place in the results is kept when the same question is answered again.
  const question = JSON.stringify([message.seq, message.source]);
  const anew = answered !== undefined && answered !== question;
  answered = question;
  form.stepAside(message.source !== undefined);
  showSource(message.source, () => {
    post({ type: 'leaveSimilar', seq: ++seq, search: form.search });
    form.focusQuery();
  });
  summary.textContent = message.summary;
  showLearned(message.learned, act);
  tree.show(message.groups, message, anew);
  showNotice(message.notice, act, (query) => form.askFor(query));
}

function act(action: Button['action']): void {
  if (action === 'clearFilters') form.clearFilters();
  else post({ type: 'act', action });
}
