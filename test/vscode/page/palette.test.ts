import assert from 'node:assert/strict';
import type { OpenEditor } from '../harness/open.ts';
import {
  activeTab,
  openFile,
  quickInput,
  quickPickRows,
  runCommand,
  screenshot,
  statusBarItem,
  typeInQuickPick,
} from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

describe('Nearby: Search', () => {
  let editor: OpenEditor;
  before(async () => {
    editor = await openSlipway();
  });
  after(() => editor.stop());

  async function ask(question: string): Promise<void> {
    await runCommand(editor.page, 'Nearby: Search');
    await typeInQuickPick(editor.page, question);
    await quickPickRows(editor.page).first().waitFor();
  }

  it('finds the right file for a plain question', async () => {
    await ask('wait longer after every failed attempt');
    const right = quickPickRows(editor.page).filter({ hasText: 'src/http/retry.ts:' }).first();
    await right.waitFor();
    const rows = await quickPickRows(editor.page).allInnerTexts();
    assert.ok(
      rows.slice(0, 3).some((row) => row.includes('retry.ts')),
      rows.join('\n'),
    );
    await screenshot(editor.page, 'palette');
    await editor.page.keyboard.press('Escape');
  });

  it('shows results on the arrow keys and takes the reader back on Esc', async () => {
    await openFile(editor.page, 'src/session.ts', 12);
    await ask('how much does an hour in a boat cost');
    await quickPickRows(editor.page).filter({ hasText: 'price.ts' }).first().waitFor();
    await editor.page.keyboard.press('ArrowDown');
    await editor.page.keyboard.press('ArrowUp');
    await activeTab(editor.page, 'price.ts').waitFor();
    await quickInput(editor.page).and(editor.page.locator(':focus')).waitFor();
    await screenshot(editor.page, 'palette-preview');
    await editor.page.keyboard.press('Escape');
    await activeTab(editor.page, 'session.ts').waitFor();
    await statusBarItem(editor.page, 'Ln 12,').waitFor();
    await editor.page.locator('.tab').filter({ hasText: 'price.ts' }).waitFor({ state: 'detached' });
  });

  it('opens the result at its line', async () => {
    await ask('refundFor');
    const row = quickPickRows(editor.page).filter({ hasText: 'cancel.ts' }).first();
    const line = /cancel\.ts:(\d+)/.exec(await row.innerText())?.[1] ?? '';
    await editor.page.keyboard.press('Enter');
    await activeTab(editor.page, 'cancel.ts').waitFor();
    await statusBarItem(editor.page, `Ln ${line},`).waitFor();
  });

  it('is narrowed by prefixes', async () => {
    await ask('docs: money back when the wind is too strong');
    await quickPickRows(editor.page).filter({ hasText: 'cancellation.md' }).first().waitFor();
    assert.equal(await quickPickRows(editor.page).filter({ hasText: '.ts:' }).count(), 0);
    await typeInQuickPick(editor.page, 'in:tools code: wait longer after every failed attempt');
    await quickPickRows(editor.page).filter({ hasText: 'src/http/retry.ts' }).first().waitFor({ state: 'detached' });
    await quickPickRows(editor.page).first().filter({ hasText: 'tools/payments.py' }).waitFor();
    await screenshot(editor.page, 'palette-prefixes');
    await editor.page.keyboard.press('Escape');
  });

  it('offers the last questions again', async () => {
    await runCommand(editor.page, 'Nearby: Search');
    await quickPickRows(editor.page).filter({ hasText: 'refundFor' }).click();
    await quickPickRows(editor.page).filter({ hasText: 'cancel.ts' }).first().waitFor();
    await editor.page.keyboard.press('Escape');
  });
});
