/** Offers each folder's search to the language models of the editor: `nearby mcp`, run by the editor's own Node.js. */
import * as vscode from 'vscode';
import { changesEngine, folderOptions } from './config.ts';
import type { Folders } from './folders.ts';

/** As in package.json. */
const providerId = 'nearby.mcp';

/** In a workspace that is not trusted as well: the server runs nothing of it, reads it as search does, and writes nothing there. */
export class McpServers implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #offered = '';

  constructor(context: vscode.ExtensionContext, folders: Folders) {
    const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath;
    const { version } = context.extension.packageJSON as { version: string };
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      folders.onDidChange(() => {
        const offered = folders.all.map(({ root }) => root.uri.fsPath).join('\n');
        if (offered !== this.#offered) this.#changed.fire();
        this.#offered = offered;
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (folders.all.some(({ root }) => changesEngine(event, root))) this.#changed.fire();
      }),
      vscode.lm.registerMcpServerDefinitionProvider(providerId, {
        onDidChangeMcpServerDefinitions: this.#changed.event,
        provideMcpServerDefinitions: () => folders.all.map(({ root }) => serverFor(root, script, version)),
      }),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Indexes by the same rules as the window does: it may be the one that writes the index. */
function serverFor(root: vscode.WorkspaceFolder, script: string, version: string): vscode.McpStdioServerDefinition {
  const { folder, home, exclude, include = [], maxFileSize } = folderOptions(root);
  const rules = [
    ...exclude.map(({ glob }) => `--exclude=${glob}`),
    ...include.map((glob) => `--include=${glob}`),
    `--max-file-size=${maxFileSize}`,
  ];
  return new vscode.McpStdioServerDefinition(
    `Nearby: ${root.name}`,
    process.execPath,
    [script, 'mcp', ...rules, '--', folder],
    { ELECTRON_RUN_AS_NODE: '1', ...(home !== undefined && { NEARBY_HOME: home }) },
    version,
  );
}
