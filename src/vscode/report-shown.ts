/** The index report's content, in the user's words: from what the engine says of a folder to what the page shows. */
import * as vscode from 'vscode';
import { visible } from '../core/visible.ts';
import type { FileGroup, FileList, IndexReport, Status } from '../worker/protocol.ts';
import type { OpenFolder } from './folders.ts';
import { canInclude } from './include-file.ts';
import { fractionOf, n, percentOf, sizeInWords } from './progress.ts';
import type {
  Coverage,
  Figure,
  FileShown,
  FolderShown,
  GroupShown,
  HealthShown,
  NoteShown,
  ReportButton,
} from './report-messages.ts';
import { nameOfRule } from './rules.ts';
import { clearedState, stateOfOne, type StateShown } from './states.ts';
import { timeLeftInWords } from './time-left.ts';

/** @param report undefined until the engine has answered */
export function folderShown(
  folder: OpenFolder,
  report: IndexReport | undefined,
  health: HealthShown | undefined,
): FolderShown {
  const { root, status } = folder;
  const hasIndex = status !== undefined && status.state !== 'opening';
  return {
    ...placeOf(root),
    state: stateOfOne(folder),
    buttons: buttonsFor(folder),
    ...(hasIndex && status.chunks > 0 && { coverage: coverageOf(status) }),
    figures: hasIndex ? figuresOf(folder, status, report) : [],
    ...(report && { leftOut: leftOutOf(report) }),
    ...(health && { health }),
  };
}

export function clearedShown(root: vscode.WorkspaceFolder): FolderShown {
  const build: ReportButton = { action: 'build', label: vscode.l10n.t('Build Index'), icon: 'refresh' };
  return { ...placeOf(root), state: clearedState(), buttons: [build], figures: [] };
}

export function noteShown({ icon, title, detail, actions }: StateShown): NoteShown {
  return { icon, title, detail, actions: actions.map(({ label }) => label) };
}

function placeOf({ uri, name }: vscode.WorkspaceFolder): Pick<FolderShown, 'key' | 'name' | 'path'> {
  return { key: uri.toString(), name: visible(name), path: visible(uri.fsPath) };
}

function buttonsFor({ status, failure }: OpenFolder): ReportButton[] {
  const rebuild: ReportButton = { action: 'rebuild', label: vscode.l10n.t('Rebuild'), icon: 'refresh' };
  const clear: ReportButton = { action: 'clear', label: vscode.l10n.t('Clear'), icon: 'trash' };
  if (failure !== undefined || status?.state === 'failed') {
    return [{ action: 'restart', label: vscode.l10n.t('Restart'), icon: 'debug-restart' }, rebuild, clear];
  }
  const first: ReportButton =
    status?.state === 'paused'
      ? { action: 'resume', label: vscode.l10n.t('Resume'), icon: 'debug-continue' }
      : { action: 'pause', label: vscode.l10n.t('Pause'), icon: 'debug-pause' };
  return [first, rebuild, clear];
}

function coverageOf(status: Status): Coverage {
  const { chunks, embedded, sketched } = status;
  const waiting = Math.max(0, chunks - embedded - sketched);
  const parts = [
    { part: 'read', count: embedded, text: vscode.l10n.t('{0} read by the model', n(embedded)) },
    { part: 'roughly', count: sketched, text: vscode.l10n.t('{0} found roughly until then', n(sketched)) },
    { part: 'waiting', count: waiting, text: vscode.l10n.t('{0} found by words only', n(waiting)) },
  ] as const;
  const legend = parts.filter(({ part, count }) => part === 'read' || count > 0);
  return {
    read: fractionOf(status),
    roughly: sketched / chunks,
    legend,
    label: vscode.l10n.t(
      '{0} of {1} chunks: {2}',
      percentOf(status),
      n(chunks),
      legend.map(({ text }) => text).join(', '),
    ),
  };
}

function figuresOf(folder: OpenFolder, status: Status, report: IndexReport | undefined): Figure[] {
  const { files, chunks, pendingFiles, skipped, indexBytes, indexPath, model, tokensPerSecond, writer } = status;
  const figures: Figure[] = [
    {
      label: vscode.l10n.t('Files'),
      value: n(files),
      ...(pendingFiles > 0 && { detail: vscode.l10n.t('{0} still to read', n(pendingFiles)) }),
    },
    { label: vscode.l10n.t('Chunks'), value: n(chunks), detail: vscode.l10n.t('{0} by meaning', percentOf(status)) },
    { label: vscode.l10n.t('Left out'), value: n(skipped) },
  ];
  if (tokensPerSecond > 0) {
    const { secondsLeft } = folder;
    figures.push({
      label: vscode.l10n.t('Speed'),
      value: vscode.l10n.t('{0} tokens/s', n(tokensPerSecond)),
      detail: secondsLeft === undefined ? vscode.l10n.t('time left not known yet') : timeLeftInWords(secondsLeft),
    });
  }
  figures.push({
    label: vscode.l10n.t('Last update'),
    value: report?.updatedMs === undefined ? '–' : momentInWords(report.updatedMs),
    ...(!writer && { detail: vscode.l10n.t('Another window keeps it up to date') }),
  });
  figures.push({
    label: vscode.l10n.t('Model'),
    value: report?.model.id ?? model,
    wide: true,
    ...(report && { detail: modelInWords(report.model) }),
  });
  figures.push({
    label: vscode.l10n.t('On disk'),
    value: sizeInWords(indexBytes),
    detail: visible(indexPath),
    wide: true,
    action: { action: 'openIndexFolder', label: vscode.l10n.t('Show Folder'), icon: 'folder-opened' },
  });
  return figures;
}

function modelInWords({ dimensions, scripts }: IndexReport['model']): string {
  return vscode.l10n.t('{0} dimensions · reads {1} script, the rest is found by words', dimensions, scripts.join(', '));
}

/** The time of day; with the date when it is not today's. */
function momentInWords(ms: number): string {
  const moment = new Date(ms);
  const isToday = moment.toDateString() === new Date().toDateString();
  const format: Intl.DateTimeFormatOptions = isToday
    ? { timeStyle: 'medium' }
    : { dateStyle: 'medium', timeStyle: 'short' };
  return moment.toLocaleString(vscode.env.language, format);
}

function leftOutOf({ skipped, waitingFiles }: IndexReport): NonNullable<FolderShown['leftOut']> {
  const groups = groupTexts().flatMap((texts): GroupShown[] => {
    const count = texts.group === 'waiting' ? waitingFiles : (skipped[texts.group] ?? 0);
    return count === 0 ? [] : [{ ...texts, count, countText: n(count) }];
  });
  const title = groups.length === 0 ? vscode.l10n.t('Nothing is left out') : vscode.l10n.t('Not indexed, and why');
  return { title, groups };
}

/** What the user can do something about comes first. */
function groupTexts(): Omit<GroupShown, 'count' | 'countText'>[] {
  const of = (group: FileGroup, icon: string, label: string, hint: string) => ({ group, icon, label, hint });
  const { t } = vscode.l10n;
  return [
    of('unreadable', 'error', t('Could not be read'), t('Each says what the system answered.')),
    of(
      'waiting',
      'sync',
      t('Waiting for the model'),
      t('Found by words, and roughly by meaning, until it has read them.'),
    ),
    of('ignored', 'exclude', t('Left out by a rule'), t('A folder counts once, and stands for all that is in it.')),
    of('too-large', 'file-zip', t('Too large'), t('Over the size limit, which is a setting of the folder.')),
    of(
      'secret',
      'lock',
      t('May hold secrets'),
      t('Named as files with passwords or keys are. Index them one by one, if at all.'),
    ),
    of('minified', 'file-code', t('Minified'), t('Written by a build; the sources are indexed themselves.')),
    of('binary', 'file-binary', t('Not text'), t('There is nothing in them to search by words or meaning.')),
    of(
      'symlink',
      'file-symlink-file',
      t('Links'),
      t('What they lead to is indexed in its own place, if it lies in the folder.'),
    ),
    of('empty', 'file', t('Empty'), t('They are indexed by themselves once there is text in them.')),
    of('not-a-file', 'question', t('Not files'), t('Pipes, sockets and devices.')),
  ];
}

export function filesShown(group: FileGroup, files: FileList['files']): FileShown[] {
  return files.map(({ path, reason = '', rule }) => ({
    path: visible(path),
    reason: visible(reason),
    canOpen: !path.endsWith('/') && group !== 'symlink' && group !== 'not-a-file',
    ...(rule && { rule: visible(nameOfRule(rule)) }),
    canInclude: group !== 'waiting' && canInclude({ path, code: group, ...(rule && { rule }) }),
  }));
}
