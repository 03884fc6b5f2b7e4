/** The status bar item: quiet when all can be found, plain about it when not. A click offers what to do. */
import * as vscode from 'vscode';
import type { Folders, OpenFolder } from './folders.ts';
import { Calm, isComplete, n, percentOf, progressOf, stateOf, type Progress } from './progress.ts';

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('nearby.status', vscode.StatusBarAlignment.Right, 90);
  readonly #folders: Folders;
  readonly #calm = new Calm((progress) => this.#render(progress));
  readonly #subscription: vscode.Disposable;

  constructor(folders: Folders) {
    this.#folders = folders;
    this.#item.name = 'Nearby';
    this.#item.command = 'nearby.menu';
    this.#subscription = folders.onDidChange(() => {
      const progress = progressOf(folders.all);
      void vscode.commands.executeCommand('setContext', 'nearby.state', progress.state);
      this.#calm.update(progress);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#calm.dispose();
    this.#item.dispose();
  }

  #render(progress: Progress): void {
    if (progress.state === 'closed' && this.#folders.unsupported.length === 0) {
      this.#item.hide();
      return;
    }
    this.#item.text = textOf(progress);
    this.#item.tooltip = tooltipOf(this.#folders);
    this.#item.accessibilityInformation = { label: `Nearby, ${stateInWords(progress)}`, role: 'button' };
    this.#item.backgroundColor =
      progress.state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}

/** What the menu on the status bar item offers; the command runs when it is chosen. */
export async function showMenu(folders: Folders): Promise<void> {
  const { state } = progressOf(folders.all);
  const entry = (icon: string, label: string, command: string, ...args: unknown[]) => ({
    label: `$(${icon}) ${label}`,
    run: () => vscode.commands.executeCommand(command, ...args),
  });
  const chosen = await vscode.window.showQuickPick(
    [
      entry('search', vscode.l10n.t('Search'), 'nearby.search'),
      state === 'paused'
        ? entry('debug-continue', vscode.l10n.t('Resume Indexing'), 'nearby.resume')
        : entry('debug-pause', vscode.l10n.t('Pause Indexing'), 'nearby.pause'),
      entry('refresh', vscode.l10n.t('Rebuild Index'), 'nearby.rebuild'),
      entry('question', vscode.l10n.t("Why Isn't This File Found?"), 'nearby.why'),
      ...(state === 'failed' ? [entry('debug-restart', vscode.l10n.t('Restart'), 'nearby.restart')] : []),
      entry('output', vscode.l10n.t('Show Log'), 'nearby.showLog'),
      entry('gear', vscode.l10n.t('Settings'), 'workbench.action.openSettings', 'nearby.'),
    ],
    { title: 'Nearby', placeHolder: stateInWords(progressOf(folders.all)) },
  );
  await chosen?.run();
}

function textOf(progress: Progress): string {
  const partial = progress.embedded >= progress.chunks ? '' : ` ${percentOf(progress)}`;
  switch (progress.state) {
    case 'failed':
    case 'closed':
      return '$(warning) Nearby';
    case 'opening':
    case 'scanning':
    case 'embedding':
      return `$(sync~spin) Nearby${partial}`;
    case 'paused':
      return `$(debug-pause) Nearby${partial}`;
    case 'ready':
      return `$(search) Nearby${partial}`;
  }
}

/** The state in a few words; `ready` only when everything can be found. */
function stateInWords(progress: Progress): string {
  switch (progress.state) {
    case 'failed':
      return vscode.l10n.t('something is wrong');
    case 'closed':
      return vscode.l10n.t('no folder to search');
    case 'opening':
      return vscode.l10n.t('opening the index');
    case 'scanning':
      return vscode.l10n.t('reading files');
    case 'embedding':
      return vscode.l10n.t('{0} found by meaning so far', percentOf(progress));
    case 'paused':
      return vscode.l10n.t('paused at {0} found by meaning', percentOf(progress));
    case 'ready':
      return isComplete(progress)
        ? vscode.l10n.t('everything can be found')
        : vscode.l10n.t('{0} found by meaning', percentOf(progress));
  }
}

function tooltipOf(folders: Folders): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('', true);
  for (const [i, folder] of folders.all.entries()) {
    if (i > 0) tooltip.appendMarkdown('\n\n---\n\n');
    describe(tooltip, folder);
  }
  for (const root of folders.unsupported) {
    tooltip.appendMarkdown('\n\n**').appendText(root.name).appendMarkdown('** — ');
    tooltip.appendText(vscode.l10n.t('not searched: only folders on disk are, and this one is {0}.', root.uri.scheme));
  }
  return tooltip;
}

function describe(tooltip: vscode.MarkdownString, folder: OpenFolder): void {
  const { root, status, failure } = folder;
  const alone = progressOf([folder]);
  tooltip.appendMarkdown('**Nearby: ').appendText(root.name).appendMarkdown('** — ');
  tooltip.appendText(stateInWords(alone));
  const message = failure ?? status?.message;
  if (message) tooltip.appendMarkdown('\n\n$(warning) ').appendText(message);
  if (!status || stateOf(folder) === 'opening') return;
  const rows: [string, string][] = [
    [vscode.l10n.t('Files'), n(status.files)],
    [vscode.l10n.t('Chunks'), n(status.chunks)],
    [vscode.l10n.t('Found by meaning'), `${n(status.embedded)} (${percentOf(alone)})`],
    [vscode.l10n.t('Left out'), n(status.skipped)],
    [vscode.l10n.t('Index'), megabytes(status.indexBytes)],
  ];
  if (status.pendingFiles > 0) rows.splice(1, 0, [vscode.l10n.t('Still to read'), n(status.pendingFiles)]);
  if (status.tokensPerSecond > 0) rows.push([vscode.l10n.t('Tokens per second'), n(status.tokensPerSecond)]);
  rows.push([vscode.l10n.t('Model'), status.model]);
  tooltip.appendMarkdown('\n\n| | |\n|:--|--:|\n');
  for (const [name, value] of rows) {
    tooltip.appendMarkdown('| ').appendText(name).appendMarkdown(' &nbsp;&nbsp; | ').appendText(value);
    tooltip.appendMarkdown(' |\n');
  }
  tooltip.appendMarkdown('\n').appendText(status.indexPath);
  if (!status.writer) {
    tooltip.appendMarkdown('\n\n').appendText(vscode.l10n.t('Another window keeps this index up to date.'));
  }
}

function megabytes(bytes: number): string {
  return vscode.l10n.t('{0} MB', (bytes / 1e6).toLocaleString(vscode.env.language, { maximumFractionDigits: 1 }));
}
