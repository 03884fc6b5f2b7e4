/** The project that the suites search in, laid out in the folder that the editor has open; and how to wait for it. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ForTests } from '../../../src/vscode/for-tests.ts';
import type { SearchAnswer, Status } from '../../../src/worker/protocol.ts';

const limitMs = 60_000;
const stepMs = 25;

export class Project {
  readonly api: ForTests;
  readonly folder: string;

  private constructor(api: ForTests, folder: string) {
    this.api = api;
    this.folder = folder;
  }

  /** Resolves when the whole project is there and all of it can be found by meaning. */
  static async open(): Promise<Project> {
    const extension = vscode.extensions.getExtension<{ readonly forTests: ForTests }>('nearby.nearby');
    const root = vscode.workspace.workspaceFolders?.[0];
    assert.ok(extension && root, 'the editor has neither the extension nor a folder');
    const project = new Project((await extension.activate()).forTests, root.uri.fsPath);
    await project.api.whenReady();
    cpSync(join(extension.extensionPath, 'test/vscode/fixture'), project.folder, { recursive: true });
    // Not in the fixture itself, where git would follow the rule.
    project.write('.gitignore', 'generated/\n*.log\n');
    project.write('generated/schema.ts', "export const zanzibarTables = ['boats', 'bookings'];\n");
    await project.until('the project is read', async () => (await project.paths('patiently paying', 50)).length > 5);
    await project.settled();
    return project;
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  search(query: string, top = 10): Promise<SearchAnswer> {
    return this.api.client.request<'search'>({ type: 'search', folder: this.folder, query: { query, top } });
  }

  /** The files found, best first, each once. */
  async paths(query: string, top?: number): Promise<string[]> {
    const { results } = await this.search(query, top);
    return [...new Set(results.map(({ path }) => path))];
  }

  status(): Promise<Status> {
    return this.api.client.request<'status'>({ type: 'status', folder: this.folder });
  }

  /** Resolves when all that was read can be found by meaning. */
  async settled(): Promise<Status> {
    await this.until('everything can be found by meaning', async () => {
      const { state, chunks, embedded, pendingFiles } = await this.status();
      return state === 'ready' && chunks > 0 && embedded === chunks && pendingFiles === 0;
    });
    return this.status();
  }

  /** Resolves, with the milliseconds that it took, once `holds` does. Rejects with `what` when it never does. */
  async until(what: string, holds: () => Promise<boolean>): Promise<number> {
    const began = Date.now();
    while (!(await holds())) {
      const elapsed = Date.now() - began;
      assert.ok(elapsed < limitMs, `${what}: not after ${elapsed} ms, ${JSON.stringify(await this.status())}`);
      await new Promise((done) => setTimeout(done, stepMs));
    }
    return Date.now() - began;
  }
}
