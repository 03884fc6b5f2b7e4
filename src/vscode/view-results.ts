/** What the side bar says of an answer: its summary, or what to do when there is nothing. */
import * as vscode from 'vscode';
import { visible } from '../core/visible.ts';
import type { Answer, Folders, Hit } from './folders.ts';
import { fractionOf, isComplete, n, progressOf, searchableNow, type Progress } from './progress.ts';
import { stateOfAll, withTimeLeft, type StateShown } from './states.ts';
import type { ActionName, IndexShown, LearnedShown, Notice, Search } from './view-messages.ts';

const recentShown = 10;

/** @param hits those shown @param where the scope, when it is one that can move */
export function summaryOf(
  { tier, ms, failures }: Omit<Answer, 'hits'>,
  hits: readonly Hit[],
  progress: Progress,
  where: string | undefined,
): string {
  if (hits.length === 0) return failures.join('\n');
  const files = new Set(hits.map(({ uri }) => uri.toString())).size;
  const counted =
    hits.length === 1
      ? vscode.l10n.t('1 result')
      : files === 1
        ? vscode.l10n.t('{0} results in 1 file', n(hits.length))
        : vscode.l10n.t('{0} results in {1} files', n(hits.length), n(files));
  // Said only here when the index itself has nothing to say: otherwise its line tells how far it is.
  const words = tier === 'full' || !isComplete(progress) ? '' : ` · ${vscode.l10n.t('without the model')}`;
  const place = where === undefined ? '' : ` · ${vscode.l10n.t('in {0}', visible(where))}`;
  return [`${counted}${place} · ${vscode.l10n.t('{0} ms', n(ms))}${words}`, ...failures].join('\n');
}

/** Undefined when no judgement took part. */
export function learnedShown(judgements: number): LearnedShown | undefined {
  if (judgements === 0) return undefined;
  const text =
    judgements === 1
      ? vscode.l10n.t('Moved by 1 of your judgements')
      : vscode.l10n.t('Moved by {0} of your judgements', n(judgements));
  return { text, actions: [{ label: vscode.l10n.t('Reset'), action: 'forget', quiet: true }] };
}

/** Shown before anything is asked. */
export function idleNotice(folders: Folders, recent: readonly string[]): Notice {
  const nothing = unanswerable(folders);
  if (nothing) return nothing;
  return {
    title: vscode.l10n.t('Search by meaning'),
    detail: vscode.l10n.t(
      'Describe what the code does or what the docs say, in your own words. To search from code, select some and choose Find Similar.',
    ),
    actions: [],
    recent: recent.slice(0, recentShown),
  };
}

export function nothingFound(search: Search, folders: Folders, similar: boolean): Notice {
  const nothing = unanswerable(folders);
  if (nothing) return nothing;
  const progress = progressOf(folders.all);
  const filtered =
    search.kind !== 'all' ||
    search.scope !== 'workspace' ||
    search.include.trim() !== '' ||
    search.exclude.trim() !== '';
  let detail = similar
    ? vscode.l10n.t('Nothing else in this workspace comes near to it.')
    : vscode.l10n.t('Try other words. If you miss a file you know, ask why.');
  if (filtered) detail = vscode.l10n.t('The filters may leave out what you are looking for.');
  if (progress.state === 'paused') {
    detail = vscode.l10n.t('Indexing is paused, and not everything can be found yet.');
  } else if (!isComplete(progress)) {
    detail = vscode.l10n.t('Not everything can be found yet. The search is repeated once it can.');
  }
  return {
    title: similar ? vscode.l10n.t('Nothing similar found') : vscode.l10n.t('No results found'),
    detail,
    actions: [
      ...(filtered ? [{ label: vscode.l10n.t('Clear Filters'), action: 'clearFilters' } as const] : []),
      { label: vscode.l10n.t("Why Isn't This File Found?"), action: 'why', quiet: true },
    ],
    recent: [],
  };
}

/** The scope holds no file. */
export function nowhereToLook(sentence: string): Notice {
  return {
    title: vscode.l10n.t('Nothing to search here'),
    detail: sentence,
    actions: [{ label: vscode.l10n.t('Search the Workspace'), action: 'clearFilters' }],
    recent: [],
  };
}

export function failed(sentence: string): Notice {
  return {
    title: vscode.l10n.t('The search failed'),
    detail: sentence,
    actions: [
      { label: vscode.l10n.t('Try Again'), action: 'retry' },
      { label: vscode.l10n.t('Show Log'), action: 'showLog', quiet: true },
    ],
    recent: [],
  };
}

/** There is no folder that could answer, or nothing in one. */
function unanswerable(folders: Folders): Notice | undefined {
  const { id, title, detail } = stateOfAll(folders);
  const action = notAnswering[id];
  return action && { title, detail, actions: [{ label: action.label(), action: action.name }], recent: [] };
}

/** The states in which there is nothing to search, and what is to be done next. */
const notAnswering: Partial<Record<StateShown['id'], { readonly name: ActionName; readonly label: () => string }>> = {
  'no-folder': { name: 'openFolder', label: () => vscode.l10n.t('Open Folder') },
  unsupported: { name: 'openFolder', label: () => vscode.l10n.t('Open Folder') },
  cleared: { name: 'rebuild', label: () => vscode.l10n.t('Build Index') },
  empty: { name: 'showReport', label: () => vscode.l10n.t('Show Index Report') },
};

/** The line over the results; undefined when everything can be found and there is nothing to say. */
export function indexShown(progress: Progress): IndexShown | undefined {
  const fraction = progress.chunks > 0 ? { fraction: fractionOf(progress) } : {};
  switch (progress.state) {
    case 'closed':
      return undefined;
    case 'failed':
      return {
        icon: 'warning',
        text: progress.message ?? vscode.l10n.t('The folder could not be indexed.'),
        actions: [
          { label: vscode.l10n.t('Restart'), action: 'restart', quiet: true },
          { label: vscode.l10n.t('Show Log'), action: 'showLog', quiet: true },
        ],
      };
    case 'paused':
      return {
        icon: 'debug-pause',
        text: `${vscode.l10n.t('Indexing is paused.')} ${searchableNow(progress)}`,
        ...fraction,
        actions: [{ label: vscode.l10n.t('Resume'), action: 'resume', quiet: true }],
      };
    case 'opening':
    case 'scanning':
    case 'embedding':
      return { icon: 'sync', text: withTimeLeft(progress), ...fraction, actions: [] };
    case 'ready':
      if (isComplete(progress) && progress.message === undefined) return undefined;
      return { icon: 'info', text: progress.message ?? searchableNow(progress), ...fraction, actions: [] };
  }
}
