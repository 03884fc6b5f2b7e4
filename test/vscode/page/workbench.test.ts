import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import { openEditor, type OpenEditor } from '../harness/open.ts';
import { activeTab, chooseFromMenu, openFile, runCommand, screenshot } from '../harness/page.ts';

describe('workbench', () => {
  let editor: OpenEditor;
  before(async () => {
    editor = await openEditor();
  });
  after(() => editor.stop());

  it('comes up with the folder', async () => {
    await editor.page.locator('.explorer-folders-view').getByText('README.md').waitFor();
    const { size } = await stat(await screenshot(editor.page, 'workbench'));
    assert.ok(size > 10_000, `the picture has ${size} bytes`);
  });

  it('opens a file and runs a command', async () => {
    await openFile(editor.page, 'src/retry.ts', 5);
    await runCommand(editor.page, 'File: New Untitled Text File');
    await activeTab(editor.page, 'Untitled-1').waitFor();
  });

  it('offers a menu', async () => {
    const row = (name: string): Locator =>
      editor.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
    await row('retry.ts').waitFor(); // the Explorer reveals the open file, and what lies below moves down
    const file = row('README.md');
    await chooseFromMenu(editor.page, file, 'Open to the Side');
    await activeTab(editor.page, 'README.md').waitFor();
  });

  it('changes its theme', async () => {
    await editor.setTheme('light');
    await screenshot(editor.page, 'workbench-light');
  });
});
