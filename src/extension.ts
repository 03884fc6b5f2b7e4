/** Registers; decides nothing. */
import * as vscode from 'vscode';
import type { NearbyApi } from './vscode/api.ts';
import { Arrangement } from './vscode/arrangement.ts';
import { Attention } from './vscode/attention.ts';
import { registerCommands } from './vscode/commands.ts';
import { Drafts } from './vscode/drafts.ts';
import { DuplicatesView } from './vscode/duplicates.ts';
import { Folders } from './vscode/folders.ts';
import { apiOf } from './vscode/for-others.ts';
import type { ForTests } from './vscode/for-tests.ts';
import { LitResults } from './vscode/lit.ts';
import { Maps } from './vscode/map.ts';
import { McpServers } from './vscode/mcp.ts';
import { showNotice } from './vscode/notices.ts';
import { Pins } from './vscode/pins.ts';
import { Preview } from './vscode/preview.ts';
import { Recent } from './vscode/recent.ts';
import { ReportPanel } from './vscode/report.ts';
import { StatusBar } from './vscode/status-bar.ts';
import { registerTool } from './vscode/tool.ts';
import { SearchView, viewId } from './vscode/view.ts';
import { Watchers } from './vscode/watcher.ts';
import { speak } from './core/say.ts';
import { WorkerClient } from './worker/client.ts';

let client: WorkerClient | undefined;

export function activate(context: vscode.ExtensionContext): NearbyApi & { forTests?: ForTests } {
  const log = vscode.window.createOutputChannel('Nearby', { log: true });
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const texts = vscode.l10n.bundle ?? {};
  speak(texts);
  const worker = new WorkerClient({ script, texts, log: (line) => log.info(line) });
  client = worker;
  const folders = new Folders(worker, log, context.workspaceState);
  const preview = new Preview();
  const recent = new Recent(context.workspaceState);
  const lit = new LitResults();
  const pins = new Pins(context.workspaceState, folders);
  const arrangement = new Arrangement(context.workspaceState);
  const view = new SearchView({
    extensionUri: context.extensionUri,
    folders,
    preview,
    recent,
    pins,
    arrangement,
    lit,
    log,
  });
  const report = new ReportPanel(context.extensionUri, folders, log);
  const maps = new Maps({ extensionUri: context.extensionUri, folders, preview, lit, log });
  const duplicates = new DuplicatesView(folders, preview);
  context.subscriptions.push(
    log,
    folders,
    preview,
    view,
    report,
    { dispose: worker.onNotice((sentence) => void showNotice(sentence)) },
    lit,
    maps,
    duplicates,
    new StatusBar(folders),
    new Watchers(folders),
    new Attention(folders, log),
    new Drafts(folders),
    new McpServers(context, folders),
    registerTool(folders),
    vscode.window.registerWebviewViewProvider(viewId, view),
    ...registerCommands({
      client: worker,
      folders,
      preview,
      recent,
      view,
      arrangement,
      report,
      maps,
      duplicates,
      log,
    }),
  );
  // The worker starts with the first folder, once VS Code has got its hands free again.
  const opened = new Promise<void>((resolve) => {
    setImmediate(() => {
      folders.sync();
      resolve();
    });
  });
  const api = apiOf(folders);
  if (context.extensionMode !== vscode.ExtensionMode.Test) return api;
  return { ...api, forTests: { client: worker, whenReady: () => opened.then(() => folders.whenReady()) } };
}

/** VS Code waits for the worker to close its indexes. */
export function deactivate(): Promise<void> | undefined {
  return client?.dispose();
}
