import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { NearbyApi } from '../../../src/vscode/api.ts';
import { Project } from './project.ts';

describe('the API for other extensions', () => {
  let project: Project;
  let api: NearbyApi;

  before(async () => {
    project = await Project.open();
    api = await vscode.extensions.getExtension<NearbyApi>('nearby.nearby')!.activate();
  });

  after(() => rmSync(join(project.folder, 'docs/pelican.md')));

  const pathsOf = (results: readonly { uri: vscode.Uri }[]): string[] =>
    results.map(({ uri }) => vscode.workspace.asRelativePath(uri));

  it('searches, and its results open where they say', async () => {
    assert.equal(api.version, 1);
    const { tier, results, failures } = await api.search('wait longer after each failed request', { kind: 'code' });
    assert.deepEqual([tier, failures], ['full', []]);
    const retry = results.find(({ uri }) => uri.path.endsWith('src/http/retry.ts'));
    assert.ok(retry, pathsOf(results).join(', '));
    const document = await vscode.workspace.openTextDocument(retry.uri);
    assert.equal(document.getText(document.validateRange(retry.range)).trimEnd(), retry.snippet.trimEnd());
    assert.ok(retry.score > 0 && retry.score <= 1 && retry.reasons.length > 0);
    const narrowed = await api.search('wait longer', { top: 2, include: ['docs/**'] });
    assert.ok(narrowed.results.length <= 2 && pathsOf(narrowed.results).every((path) => path.startsWith('docs/')));
  });

  it('finds what is like a file, some lines, or a text', async () => {
    const uri = vscode.Uri.file(join(project.folder, 'tools/payments.py'));
    const file = await api.similar(uri);
    assert.ok(file.results.length > 0 && !pathsOf(file.results).includes('tools/payments.py'));
    const lines = await api.similar(new vscode.Location(uri, new vscode.Range(11, 0, 12, 0)), { top: 5 });
    assert.ok(pathsOf(lines.results).includes('src/http/retry.ts'), pathsOf(lines.results).join(', '));
    const text = await api.similar((await vscode.workspace.openTextDocument(uri)).getText(), { top: 1 });
    assert.deepEqual(pathsOf(text.results), ['tools/payments.py']);
  });

  it('tells the status, and when it changes', async () => {
    await project.until('the API says that it is ready', () => Promise.resolve(api.status()[0]?.state === 'ready'));
    const before = api.status();
    assert.deepEqual(
      before.map(({ folder }) => folder.uri.fsPath),
      [project.folder],
    );
    assert.ok(before[0]!.files > 5 && before[0]!.embedded === before[0]!.chunks);
    const more = new Promise<void>((resolve) => {
      const subscription = api.onDidChangeIndex(() => {
        if (api.status()[0]!.files === before[0]!.files) return;
        subscription.dispose();
        resolve();
      });
    });
    project.write('docs/pelican.md', '# Pelicans\n\nThey fish together.\n');
    await more;
    assert.deepEqual(pathsOf((await api.search('pelicans', { top: 1 })).results), ['docs/pelican.md']);
  });

  it('stops when it is cancelled', async () => {
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    await assert.rejects(api.search('boats', { token: source.token }));
  });
});
