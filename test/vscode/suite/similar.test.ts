import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { sourceOfMenu, type Source } from '../../../src/vscode/similar.ts';
import { Project } from './project.ts';

describe('find similar', () => {
  let project: Project;

  before(async () => {
    project = await Project.open();
  });

  it('finds the same thing in another language, and leaves the place itself out', async () => {
    const { results } = await project.api.client.request<'similar'>({
      type: 'similar',
      folder: project.folder,
      query: { path: 'tools/payments.py', startLine: 12, endLine: 12, top: 5 },
    });
    const paths = results.map(({ path }) => path);
    assert.ok(
      paths.some((path) => path.endsWith('retry.ts')),
      paths.join(', '),
    );
    assert.ok(!paths.slice(0, 1).includes('tools/payments.py'));
  });

  it('finds a file with the same name as one of another folder', async () => {
    const text = readFileSync(join(project.folder, 'tools/payments.py'), 'utf8');
    const { results } = await project.api.client.request<'similar'>({
      type: 'similar',
      folder: project.folder,
      query: { path: '../elsewhere/tools/payments.py', text, top: 5 },
    });
    assert.equal(results[0]?.path, 'tools/payments.py');
  });

  it('runs from the editor and from the Explorer', async () => {
    const uri = vscode.Uri.file(join(project.folder, 'tools/payments.py'));
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(9, 4, 9, 4);
    await vscode.commands.executeCommand('nearby.findSimilar');
    await vscode.commands.executeCommand('nearby.findSimilar', uri, [uri]);
  });

  it('takes a change of version control for what it is: a file, or its lines', () => {
    const uri = vscode.Uri.file(join(project.folder, 'tools/payments.py'));
    const change = (from: number, to: number) => ({ modifiedStartLineNumber: from, modifiedEndLineNumber: to });
    const lines = ({ startLine, endLine }: Partial<Source> = {}) => [startLine, endLine];
    assert.equal(sourceOfMenu({ resourceUri: uri }, undefined, undefined)?.uri, uri);
    const changes = [change(3, 5), change(9, 0), change(0, 0)]; // lines that are new, taken away, taken away at the top
    assert.deepEqual(lines(sourceOfMenu(uri, changes, 0)), [3, 5]);
    assert.deepEqual(lines(sourceOfMenu(uri, changes, 1)), [9, 9]);
    assert.deepEqual(lines(sourceOfMenu(uri, changes, 2)), [1, 1]);
    assert.deepEqual(lines(sourceOfMenu(uri, [uri], undefined)), [undefined, undefined]);
    assert.equal(sourceOfMenu(undefined, undefined, undefined), undefined);
  });
});
