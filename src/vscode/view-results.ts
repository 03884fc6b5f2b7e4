/** An answer as the side bar shows it: grouped by file, with its summary, or what to say when there is nothing. */
import * as vscode from 'vscode';
import type { Answer, Folders, Hit } from './folders.ts';
import { fractionOf, isComplete, n, progressOf, searchableNow, type Progress } from './progress.ts';
import { tellingLines } from './snippet.ts';
import type { Group, IndexShown, Item, LearnedShown, Notice, Search } from './view-messages.ts';

const linesShown = 3;

/** Files in the order of their best chunk; chunks of a file best first. */
export function groupsOf(hits: readonly Hit[]): Group[] {
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const files = new Map<string, { hit: Hit; item: number }[]>();
  for (const [item, hit] of hits.entries()) {
    const key = hit.uri.toString();
    const found = files.get(key);
    if (found) found.push({ hit, item });
    else files.set(key, [{ hit, item }]);
  }
  return Array.from(files, ([key, found]) => {
    const path = found[0]?.hit.path ?? '';
    const root = found[0]?.hit.root.name ?? '';
    const slash = path.lastIndexOf('/');
    const directory = [...(several ? [root] : []), ...(slash > 0 ? [path.slice(0, slash)] : [])].join(' • ');
    const icon = iconOf(path, found[0]?.hit.kind ?? 'code');
    const items = found.map(({ hit, item }) => itemOf(hit, item));
    return { key, name: path.slice(slash + 1), directory, tooltip: path, icon, items };
  });
}

export function summaryOf({ hits, tier, ms, failures }: Answer, progress: Progress): string {
  const files = new Set(hits.map(({ uri }) => uri.toString())).size;
  const counted =
    hits.length === 1
      ? vscode.l10n.t('1 result')
      : files === 1
        ? vscode.l10n.t('{0} results in 1 file', n(hits.length))
        : vscode.l10n.t('{0} results in {1} files', n(hits.length), n(files));
  // Said only here when the index itself has nothing to say: otherwise its line tells how far it is.
  const words = tier === 'full' || !isComplete(progress) ? '' : ` · ${vscode.l10n.t('without the model')}`;
  return [`${counted} · ${vscode.l10n.t('{0} ms', n(ms))}${words}`, ...failures].join('\n');
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

function itemOf(hit: Hit, item: number): Item {
  const span = hit.startLine === hit.endLine ? String(hit.startLine) : `${hit.startLine}–${hit.endLine}`;
  const heading = [...hit.breadcrumb, hit.symbol].filter(Boolean).join(' › ');
  return {
    item,
    title: hit.symbol || hit.breadcrumb.at(-1) || vscode.l10n.t('Lines {0}', span),
    where: hit.symbol || hit.breadcrumb.length > 0 ? span : '',
    lines: tellingLines(hit, linesShown),
    score: hit.score,
    why: hit.reasons.join(' · '),
    ...(hit.judged && { judged: hit.judged }),
    tooltip: [
      ...(heading ? [heading] : []),
      `${hit.path}:${span}`,
      '',
      ...hit.reasons.map((reason) => `• ${reason}`),
      vscode.l10n.t('Score {0}', hit.score.toFixed(2)),
    ].join('\n'),
  };
}

function iconOf(path: string, kind: Hit['kind']): string {
  if (/\.(md|mdx|markdown)$/i.test(path)) return 'markdown';
  if (kind === 'docs') return 'book';
  return /\.(json|jsonc|json5)$/i.test(path) ? 'json' : 'file-code';
}

/** Shown before anything is asked. */
export function idleNotice(folders: Folders, recent: readonly string[]): Notice {
  if (folders.all.length === 0) return noFolder(folders);
  return {
    title: vscode.l10n.t('Search by meaning'),
    detail: vscode.l10n.t(
      'Describe what the code does or what the docs say, in your own words. To search from code, select some and choose Find Similar.',
    ),
    actions: [],
    recent,
  };
}

export function nothingFound(search: Search, folders: Folders, similar: boolean): Notice {
  if (folders.all.length === 0) return noFolder(folders);
  const progress = progressOf(folders.all);
  const filtered = search.kind !== 'all' || search.include.trim() !== '' || search.exclude.trim() !== '';
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

function noFolder(folders: Folders): Notice {
  const [elsewhere] = folders.unsupported;
  return {
    title: elsewhere ? vscode.l10n.t('This folder cannot be searched') : vscode.l10n.t('No folder is open'),
    detail: elsewhere
      ? vscode.l10n.t(
          'Nearby reads folders on disk, and {0} is not one ({1}). Open the folder from disk, or open another.',
          elsewhere.name,
          elsewhere.uri.scheme,
        )
      : vscode.l10n.t('Nearby searches the folders of the workspace. Open one to begin.'),
    actions: [{ label: vscode.l10n.t('Open Folder'), action: 'openFolder' }],
    recent: [],
  };
}

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
      return { icon: 'sync', text: searchableNow(progress), ...fraction, actions: [] };
    case 'ready':
      if (isComplete(progress) && progress.message === undefined) return undefined;
      return { icon: 'info', text: progress.message ?? searchableNow(progress), ...fraction, actions: [] };
  }
}
