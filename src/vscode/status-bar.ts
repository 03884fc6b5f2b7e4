/** The status bar item: quiet when all can be found, plain about it when not. A click offers what to do. */
import * as vscode from 'vscode';
import type { Status } from '../worker/protocol.ts';
import type { Folders } from './folders.ts';
import { Calm, n, percentOf, progressOf, sizeInWords, type Progress } from './progress.ts';
import { stateOfAll, stateOfOne, type StateShown } from './states.ts';

/** Those that a state may offer. */
const tooltipCommands = [
  ...['nearby.pause', 'nearby.resume', 'nearby.rebuild', 'nearby.restart', 'nearby.showLog', 'nearby.showReport'],
  'vscode.openFolder',
];

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
      void vscode.commands.executeCommand('setContext', 'nearby.cleared', folders.cleared.length > 0);
      this.#calm.update(progress);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#calm.dispose();
    this.#item.dispose();
  }

  #render(progress: Progress): void {
    const state = stateOfAll(this.#folders);
    if (state.id === 'no-folder') {
      this.#item.hide();
      return;
    }
    this.#item.text = textOf(progress, state);
    this.#item.tooltip = tooltipOf(this.#folders);
    this.#item.accessibilityInformation = { label: `Nearby, ${state.title}. ${state.detail}`, role: 'button' };
    this.#item.backgroundColor =
      progress.state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}

/** What the menu on the status bar item offers; the command runs when it is chosen. */
export async function showMenu(folders: Folders): Promise<void> {
  const { title, detail, id } = stateOfAll(folders);
  const { state } = progressOf(folders.all);
  const entry = (icon: string, label: string, command: string, ...args: unknown[]) => ({
    label: `$(${icon}) ${label}`,
    run: () => vscode.commands.executeCommand(command, ...args),
  });
  const open = [
    entry('search', vscode.l10n.t('Search'), 'nearby.search'),
    entry('graph', vscode.l10n.t('Show Index Report'), 'nearby.showReport'),
    entry('question', vscode.l10n.t("Why Isn't This File Found?"), 'nearby.why'),
    state === 'paused'
      ? entry('debug-continue', vscode.l10n.t('Resume Indexing'), 'nearby.resume')
      : entry('debug-pause', vscode.l10n.t('Pause Indexing'), 'nearby.pause'),
    entry('refresh', vscode.l10n.t('Rebuild Index'), 'nearby.rebuild'),
    ...(state === 'failed' ? [entry('debug-restart', vscode.l10n.t('Restart'), 'nearby.restart')] : []),
  ];
  const chosen = await vscode.window.showQuickPick(
    [
      ...(id === 'cleared' ? [entry('refresh', vscode.l10n.t('Build Index'), 'nearby.rebuild')] : open),
      entry('output', vscode.l10n.t('Show Log'), 'nearby.showLog'),
      entry('gear', vscode.l10n.t('Settings'), 'workbench.action.openSettings', '@ext:nearby.nearby'),
    ],
    { title: `Nearby: ${title}`, placeHolder: detail },
  );
  await chosen?.run();
}

/** Nothing turns while the model reads: that takes long, and the number says how far it is. */
function textOf(progress: Progress, { id }: StateShown): string {
  const partial = progress.embedded >= progress.chunks ? '' : ` ${percentOf(progress)}`;
  switch (progress.state) {
    case 'closed':
      return id === 'cleared' ? '$(circle-slash) Nearby' : '$(warning) Nearby';
    case 'failed':
      return '$(warning) Nearby';
    case 'opening':
    case 'scanning':
      return `$(sync~spin) Nearby${partial}`;
    case 'paused':
      return `$(debug-pause) Nearby${partial}`;
    case 'embedding':
    case 'ready':
      return `$(search) Nearby${partial}`;
  }
}

function tooltipOf(folders: Folders): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('', true);
  tooltip.isTrusted = { enabledCommands: tooltipCommands };
  const states = folders.all.length > 1 ? folders.all.map(stateOfOne) : [stateOfAll(folders)];
  for (const [i, state] of states.entries()) {
    if (i > 0) tooltip.appendMarkdown('\n\n---\n\n');
    const folder = folders.all[i];
    tooltip.appendMarkdown(`$(${state.icon}) **`).appendText(state.title).appendMarkdown('**');
    if (folder && folders.all.length > 1) tooltip.appendText(` · ${folder.root.name}`);
    tooltip.appendMarkdown('\n\n').appendText(state.detail);
    if (folder?.status) appendFigures(tooltip, folder.status);
    appendActions(tooltip, state);
  }
  for (const root of folders.all.length > 0 ? folders.unsupported : []) {
    tooltip.appendMarkdown('\n\n**').appendText(root.name).appendMarkdown('** · ');
    tooltip.appendText(vscode.l10n.t('not searched: only folders on disk are, and this one is {0}.', root.uri.scheme));
  }
  return tooltip;
}

function appendFigures(tooltip: vscode.MarkdownString, status: Status): void {
  const { skipped, indexBytes, tokensPerSecond, writer } = status;
  const figures = [
    vscode.l10n.t('{0} left out', n(skipped)),
    vscode.l10n.t('{0} on disk', sizeInWords(indexBytes)),
    ...(tokensPerSecond > 0 ? [vscode.l10n.t('{0} tokens/s', n(tokensPerSecond))] : []),
  ];
  tooltip.appendMarkdown('\n\n').appendText(figures.join(' · '));
  if (!writer) {
    tooltip.appendMarkdown('\n\n').appendText(vscode.l10n.t('Another window keeps this index up to date.'));
  }
}

function appendActions(tooltip: vscode.MarkdownString, { actions }: StateShown): void {
  const links = actions.map(({ label, command }) => `[${label}](command:${command})`);
  if (links.length > 0) tooltip.appendMarkdown(`\n\n${links.join(' &nbsp;|&nbsp; ')}`);
}
