import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import {
  activeTab,
  chooseInMenu,
  openFile,
  runCommand,
  screenshot,
  statusBarItem,
  webviewFrame,
} from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

describe('the search view', () => {
  let editor: OpenEditor;
  let view: FrameLocator;

  before(async () => {
    editor = await openSlipway();
    view = webviewFrame(editor.page);
    await runCommand(editor.page, 'Nearby: Show Search View');
    await view.getByText('Search by meaning').first().waitFor();
    await screenshot(editor.page, 'view-empty');
  });
  after(() => editor.stop());

  /** Resolves when `file` is the best result. */
  async function ask(question: string, file: string): Promise<void> {
    await view.locator('#query').fill(question);
    await view.locator('.group').first().filter({ hasText: file }).waitFor();
  }

  it('searches while one types, and groups by file', async () => {
    await ask('wait longer after every failed attempt', 'retry.ts');
    const names = await view.locator('.group .name').allInnerTexts();
    assert.ok(names.slice(0, 3).includes('retry.ts'), names.join(', '));
    await screenshot(editor.page, 'view-dark');
    await editor.setTheme('light');
    await screenshot(editor.page, 'view-light');
    await editor.setTheme('high-contrast');
    await screenshot(editor.page, 'view-high-contrast');
    await editor.setTheme('dark');
  });

  it('is walked with the arrow keys, and Enter opens at the line', async () => {
    await ask('refundFor', 'cancel.ts');
    await view.locator('#query').press('ArrowDown');
    const selected = view.locator('[role=treeitem][aria-selected=true]');
    assert.equal(await selected.getAttribute('aria-level'), '1');
    await editor.page.keyboard.press('ArrowLeft');
    assert.equal(await selected.getAttribute('aria-expanded'), 'false');
    await editor.page.keyboard.press('ArrowRight');
    await editor.page.keyboard.press('ArrowRight');
    assert.equal(await selected.getAttribute('aria-level'), '2');
    const line = /\d+/.exec(await selected.locator('.where').innerText())?.[0] ?? '';
    await editor.page.keyboard.press('Enter');
    await activeTab(editor.page, 'cancel.ts').waitFor();
    await statusBarItem(editor.page, `Ln ${line},`).waitFor();
  });

  it('narrows to docs, and to a folder', async () => {
    await ask('money back when the wind is too strong', 'cancellation.md');
    await view.locator('#kind').getByText('Docs').click();
    await view.locator('.group').filter({ hasText: 'cancel.ts' }).waitFor({ state: 'detached' });
    await view.locator('#kind').getByText('All').click();
    await view.locator('#more').click();
    await view.locator('#include').fill('src');
    await view.locator('.group').filter({ hasText: 'cancel.ts' }).waitFor();
    await view.locator('.group').filter({ hasText: 'cancellation.md' }).waitFor({ state: 'detached' });
    await view.locator('#include').fill('nothing-is-here');
    await view.getByText('Clear Filters').click();
    await view.locator('.group').filter({ hasText: 'cancellation.md' }).waitFor();
    await view.locator('#more').click();
  });

  it('keeps its question while it is hidden', async () => {
    await ask('load the fleet from a spreadsheet', 'import_boats.py');
    await runCommand(editor.page, 'View: Show Explorer');
    await runCommand(editor.page, 'Nearby: Show Search View');
    await view.locator('.group').filter({ hasText: 'import_boats.py' }).waitFor();
    assert.equal(await view.locator('#query').inputValue(), 'load the fleet from a spreadsheet');
  });

  it('shows what is similar to the function at the cursor', async () => {
    await openFile(editor.page, 'tools/payments.py', 12);
    await editor.page.locator('.view-line').filter({ hasText: 'urlopen' }).click({ button: 'right' });
    await chooseInMenu(editor.page, 'Find Similar');
    await view.locator('#source').getByText('tools/payments.py').waitFor();
    await view.locator('.group').filter({ hasText: 'retry.ts' }).waitFor();
    await screenshot(editor.page, 'view-similar');
    await view.locator('#source button').click();
    await view.locator('#source').waitFor({ state: 'hidden' });
    await view.locator('.group').filter({ hasText: 'import_boats.py' }).waitFor();
  });

  it('shows what is similar to a file of the Explorer', async () => {
    await runCommand(editor.page, 'View: Show Explorer');
    const file = editor.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'README.md' });
    await file.click({ button: 'right' });
    await chooseInMenu(editor.page, 'Find Similar');
    await view.locator('#source').getByText('README.md').first().waitFor();
    await view.locator('.group').first().waitFor();
    assert.ok(!(await view.locator('.group .name').allInnerTexts()).includes('README.md'));
  });

  it('says what to do when nothing is found', async () => {
    await view.locator('#query').fill('"no such words in a row anywhere"');
    await view.getByText('No results found').waitFor();
    await view.getByText("Why Isn't This File Found?").waitFor();
    await screenshot(editor.page, 'view-nothing');
  });
});
