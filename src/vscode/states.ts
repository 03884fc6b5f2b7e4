/** Every state that the folders can be in, in words: what it is, what can be found now, and what to do next. */
import * as vscode from 'vscode';
import type { Folders, OpenFolder } from './folders.ts';
import { fractionOf, isComplete, n, progressOf, searchableNow, type Progress } from './progress.ts';
import { timeLeftInWords } from './time-left.ts';

export interface StateAction {
  readonly label: string;
  /** A command's id; it takes no arguments. */
  readonly command: string;
}

export interface StateShown {
  readonly id:
    | 'no-folder'
    | 'unsupported'
    | 'untrusted'
    | 'cleared'
    | 'failed'
    | 'opening'
    | 'reading'
    | 'empty'
    | 'paused'
    | 'partial'
    | 'rebuilding'
    | 'complete';
  /** A codicon's name. */
  readonly icon: string;
  /** A few words. */
  readonly title: string;
  /** One or two whole sentences. */
  readonly detail: string;
  /** Chunks that the model has read, 0 to 1; absent where that says nothing. */
  readonly fraction?: number;
  /** The most likely one first. */
  readonly actions: readonly StateAction[];
}

/** The state of all folders of the workspace together. */
export function stateOfAll(folders: Folders): StateShown {
  if (folders.all.length > 0) return stateShown(progressOf(folders.all), skippedIn(folders.all));
  if (folders.cleared.length > 0) return clearedState();
  const [elsewhere] = folders.unsupported;
  return elsewhere ? unsupportedState(elsewhere) : noFolderState();
}

export function stateOfOne(folder: OpenFolder): StateShown {
  return stateShown(progressOf([folder]), skippedIn([folder]));
}

export function clearedState(): StateShown {
  return {
    id: 'cleared',
    icon: 'circle-slash',
    title: vscode.l10n.t('The index was cleared'),
    detail: vscode.l10n.t('Nothing is indexed, and nothing can be found, until you build the index again.'),
    actions: [{ label: vscode.l10n.t('Build Index'), command: 'nearby.rebuild' }],
  };
}

/** What differs in a workspace that is not trusted; undefined in one that is. Search works in both. */
export function untrustedState(): StateShown | undefined {
  if (vscode.workspace.isTrusted) return undefined;
  return {
    id: 'untrusted',
    icon: 'shield',
    title: vscode.l10n.t('This workspace is not trusted'),
    detail: vscode.l10n.t(
      'Its files are searched as usual, for they are only read. Its own settings for the place of the index, for learning, and for what is included although a rule leaves it out do not count.',
    ),
    actions: [{ label: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' }],
  };
}

function noFolderState(): StateShown {
  return {
    id: 'no-folder',
    icon: 'folder',
    title: vscode.l10n.t('No folder is open'),
    detail: vscode.l10n.t('Nearby searches the folders of the workspace. Open one to begin.'),
    actions: [{ label: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' }],
  };
}

function unsupportedState({ name, uri }: vscode.WorkspaceFolder): StateShown {
  return {
    id: 'unsupported',
    icon: 'warning',
    title: vscode.l10n.t('This folder cannot be searched'),
    detail: vscode.l10n.t(
      'Nearby reads folders on disk, and {0} is not one ({1}). Open the folder from disk, or open another.',
      name,
      uri.scheme,
    ),
    actions: [{ label: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' }],
  };
}

const report = (): StateAction => ({ label: vscode.l10n.t('Show Index Report'), command: 'nearby.showReport' });

/** @param skipped how many files and folders are left out */
function stateShown(progress: Progress, skipped: number): StateShown {
  const fraction = progress.chunks > 0 ? { fraction: fractionOf(progress) } : {};
  const now = searchableNow(progress);
  if (progress.rebuilds && progress.state !== 'paused') return rebuildingState(progress);
  switch (progress.state) {
    case 'closed':
      return noFolderState();
    case 'failed':
      return {
        id: 'failed',
        icon: 'warning',
        title: vscode.l10n.t('Something is wrong'),
        detail: progress.message ?? vscode.l10n.t('The folder could not be indexed.'),
        ...fraction,
        actions: [
          { label: vscode.l10n.t('Restart'), command: 'nearby.restart' },
          { label: vscode.l10n.t('Show Log'), command: 'nearby.showLog' },
        ],
      };
    case 'opening':
      return {
        id: 'opening',
        icon: 'loading',
        title: vscode.l10n.t('Opening the index'),
        detail: vscode.l10n.t('What was indexed before can be searched in a moment.'),
        actions: [],
      };
    case 'scanning':
      return {
        id: 'reading',
        icon: 'sync',
        title: vscode.l10n.t('Reading files'),
        detail: now,
        ...fraction,
        actions: [report()],
      };
    case 'paused':
      return {
        id: 'paused',
        icon: 'debug-pause',
        title: vscode.l10n.t('Indexing is paused'),
        detail: `${now} ${vscode.l10n.t('Changes are taken in once it goes on.')}`,
        ...fraction,
        actions: [{ label: vscode.l10n.t('Resume Indexing'), command: 'nearby.resume' }, report()],
      };
    case 'embedding':
    case 'ready':
      if (progress.files === 0 && isComplete(progress)) return emptyState(skipped);
      return isComplete(progress) ? completeState(progress, now) : partialState(progress);
  }
}

function rebuildingState(progress: Progress): StateShown {
  const { embedded, chunks, secondsLeft } = progress;
  const sentences = [
    vscode.l10n.t('The index in use answers until the new one is whole.'),
    vscode.l10n.t('The model has read {0} of {1} chunks so far.', n(embedded), n(chunks)),
    ...(secondsLeft === undefined ? [] : [`${capitalised(timeLeftInWords(secondsLeft))}.`]),
  ];
  return {
    id: 'rebuilding',
    icon: 'sync',
    title: vscode.l10n.t('The index is being rebuilt'),
    detail: sentences.join(' '),
    fraction: fractionOf(progress),
    actions: [{ label: vscode.l10n.t('Pause'), command: 'nearby.pause' }, report()],
  };
}

function emptyState(skipped: number): StateShown {
  return {
    id: 'empty',
    icon: 'info',
    title: vscode.l10n.t('There is nothing to search here'),
    detail:
      skipped > 0
        ? vscode.l10n.t('All that is in the folder is left out ({0}). The report says by which rule.', n(skipped))
        : vscode.l10n.t('The folder holds no file with text. What you add to it is indexed by itself.'),
    actions: skipped > 0 ? [report()] : [],
  };
}

function partialState(progress: Progress): StateShown {
  const { state } = progress;
  return {
    id: 'partial',
    icon: state === 'embedding' ? 'sync' : 'info',
    title:
      state === 'embedding'
        ? vscode.l10n.t('The model is reading')
        : vscode.l10n.t('Not everything is found by meaning yet'),
    detail: progress.message ?? withTimeLeft(progress),
    fraction: fractionOf(progress),
    actions: [...(state === 'embedding' ? [{ label: vscode.l10n.t('Pause'), command: 'nearby.pause' }] : []), report()],
  };
}

/** What can be searched now, and how long the rest takes, where that can be told. */
export function withTimeLeft(progress: Progress): string {
  const { secondsLeft } = progress;
  const now = searchableNow(progress);
  if (secondsLeft === undefined) return now;
  return vscode.l10n.t({
    message: '{0} {1}.',
    args: [now, capitalised(timeLeftInWords(secondsLeft))],
    comment: ['A sentence, and the time left as another'],
  });
}

function completeState({ message }: Progress, now: string): StateShown {
  return {
    id: 'complete',
    icon: 'check',
    title: vscode.l10n.t('Everything can be found'),
    detail: message ?? now,
    fraction: 1,
    actions: [report()],
  };
}

function skippedIn(folders: readonly OpenFolder[]): number {
  return folders.reduce((sum, { status }) => sum + (status?.skipped ?? 0), 0);
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase(vscode.env.language) + text.slice(1);
}
