import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Project } from './project.ts';

describe('evaluate search', () => {
  let project: Project;

  before(async () => {
    project = await Project.open();
  });

  it('opens a report on the answers to judged queries and on the index', async () => {
    const judged = [
      { id: 1, query: 'what it costs to take a boat', relevant: ['src/booking/price.ts'] },
      { id: 2, query: 'unicorn stables', relevant: ['src/unicorns.ts'] },
    ];
    project.write('judged.jsonl', judged.map((line) => JSON.stringify(line)).join('\n'));
    await vscode.commands.executeCommand('nearby.evaluate', vscode.Uri.file(join(project.folder, 'judged.jsonl')));
    const document = vscode.window.activeTextEditor!.document;
    const report = document.getText();
    assert.equal(document.languageId, 'markdown');
    assert.equal(document.isUntitled, true);
    assert.match(report, /^# Search quality of /);
    assert.match(report, /## 2 judged queries/);
    assert.match(report, /\| unicorn stables \| 0\.00 \|/);
    assert.match(report, /\| found by meaning \| \d+ chunks/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('reports on the index alone', async () => {
    const { markdown } = await project.api.client.request<'evaluate'>({ type: 'evaluate', folder: project.folder });
    assert.match(markdown, /## The index/);
    assert.doesNotMatch(markdown, /judged/);
  });
});
