import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Project } from './project.ts';

/** After a save, until the change can be found. */
const promptMs = 1000;

describe('the index of the folder', () => {
  let project: Project;
  const uri = (path: string): vscode.Uri => vscode.Uri.file(join(project.folder, path));

  before(async () => {
    project = await Project.open();
  });

  it('finds code and docs by what they mean', async () => {
    const questions: [string, string][] = [
      ['how much money do customers get back when it is too windy', 'docs/cancellation.md'],
      ['which hours can a boat still be rented', 'src/booking/availability.ts'],
      ['log somebody out who has been away for a while', 'src/session.ts'],
      ['load the list of boats from a spreadsheet', 'tools/import_boats.py'],
      ['夜間のバックアップ', 'docs/operations.ja.md'],
    ];
    for (const [question, path] of questions) {
      const found = await project.paths(question);
      assert.ok(found.slice(0, 3).includes(path), `${question}: ${found.join(', ')}`);
    }
  });

  it('leaves out what .gitignore names, and says so', async () => {
    assert.deepEqual((await project.paths('zanzibarTables')).includes('generated/schema.ts'), false);
    const verdict = await project.api.client.request<'why'>({
      type: 'why',
      folder: project.folder,
      path: 'generated/schema.ts',
    });
    assert.equal(verdict.state, 'skipped');
    assert.match(verdict.reason, /\.gitignore, line 1/);
  });

  it('finds an edit within a second of its save', async () => {
    const document = await vscode.workspace.openTextDocument(uri('src/booking/price.ts'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '/** Quagga surcharge: a tenth more in August. */\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    const ms = await project.until('the edit is found', async () =>
      (await project.paths('quagga surcharge')).slice(0, 1).includes('src/booking/price.ts'),
    );
    assert.ok(ms < promptMs, `${ms} ms`);
  });

  it('finds a file that another program writes', async () => {
    project.write('src/tides.ts', 'export const neapTideTable = [1, 2, 3];\n');
    await project.until(
      'the new file is found',
      async () => (await project.paths('neapTideTable'))[0] === 'src/tides.ts',
    );
  });

  it('forgets a file that is deleted', async () => {
    await project.settled();
    await vscode.workspace.fs.delete(uri('src/tides.ts'));
    await project.until(
      'the file is gone',
      async () => !(await project.paths('neapTideTable')).includes('src/tides.ts'),
    );
  });

  it('follows a rename of a folder and embeds nothing', async () => {
    const before = await project.settled();
    const states = new Set<string>();
    const stop = project.api.client.onStatus(({ state }) => states.add(state));
    await vscode.workspace.fs.rename(uri('src/http'), uri('src/network'));
    await project.until('the new path is found and the old one is not', async () => {
      const found = await project.paths('withRetries', 20);
      return found.includes('src/network/retry.ts') && !found.includes('src/http/retry.ts');
    });
    const after = await project.settled();
    assert.equal(after.chunks, before.chunks);
    assert.equal(after.embedded, before.embedded);
    stop();
    assert.equal(states.has('embedding'), false);
  });

  it('looks again when the rules change', async () => {
    project.write('.gitignore', '*.log\n');
    await project.until('the file comes in', async () =>
      (await project.paths('zanzibarTables')).includes('generated/schema.ts'),
    );
  });

  it('keeps what was found while it is paused, and catches up', async () => {
    const { client } = project.api;
    await client.request<'pause'>({ type: 'pause', folder: project.folder });
    await project.until('the batch under way is done', async () => (await project.status()).state === 'paused');
    project.write('src/lights.ts', 'export const portholeBrightness = 3;\n');
    assert.equal((await project.paths('withRetries'))[0], 'src/network/retry.ts');
    await client.request<'resume'>({ type: 'resume', folder: project.folder });
    await project.until(
      'the file is found',
      async () => (await project.paths('portholeBrightness'))[0] === 'src/lights.ts',
    );
  });
});
