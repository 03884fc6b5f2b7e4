import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Project } from './project.ts';

describe('editors that are not saved', () => {
  let project: Project;

  before(async () => {
    project = await Project.open();
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const finds = (query: string, path: string) => async (): Promise<boolean> => (await project.paths(query))[0] === path;

  it('are found as they stand, and as their file has it once the changes are undone', async () => {
    const path = 'src/booking/price.ts';
    const uri = vscode.Uri.file(join(project.folder, path));
    const onDisk = readFileSync(uri.fsPath, 'utf8');
    await vscode.window.showTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), '/** Okapi rebate for members of the yacht club. */\n');
    await vscode.workspace.applyEdit(edit);
    await project.until('the unsaved edit is found', finds('okapi rebate', path));
    assert.equal(readFileSync(uri.fsPath, 'utf8'), onDisk);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await project.until('the edit is forgotten', async () => {
      const { results } = await project.search('okapi rebate');
      return !results.some(({ snippet }) => snippet.includes('Okapi'));
    });
  });

  it('need no file, and are forgotten when they are closed', async () => {
    const document = await vscode.workspace.openTextDocument({ content: '' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'A bosun whistles for the capybara race.'));
    await project.until('the untitled editor is found', finds('capybara race', document.uri.toString()));
    await vscode.commands.executeCommand('workbench.action.files.revert'); // so that it closes without asking
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await project.until('it is forgotten', async () => {
      return !(await project.paths('capybara race')).includes(document.uri.toString());
    });
  });
});
