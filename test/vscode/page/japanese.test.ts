import assert from 'node:assert/strict';
import type { OpenEditor } from '../harness/open.ts';
import { runCommand, screenshot, statusBarItem, webviewFrame } from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

describe('VS Code in Japanese', () => {
  let editor: OpenEditor;
  before(async () => {
    editor = await openSlipway({ language: 'ja' });
  });
  after(() => editor.stop());

  it('names the commands and shows the search view in Japanese', async () => {
    await runCommand(editor.page, 'Nearby: 検索ビューを表示');
    const view = webviewFrame(editor.page, { purpose: 'webviewView' });
    await view.getByPlaceholder('意味で検索').fill('wait longer after every failed attempt');
    await view.locator('#summary').filter({ hasText: '件の結果' }).waitFor();
    assert.equal(await view.locator('html').getAttribute('lang'), 'ja');
    await screenshot(editor.page, 'japanese-view');
  });

  it('says in Japanese how far the index is', async () => {
    await statusBarItem(editor.page, 'Nearby').hover();
    await editor.page.locator('.monaco-hover').filter({ hasText: 'すべて検索できます' }).waitFor();
    await runCommand(editor.page, 'Nearby: インデックス レポートを表示');
    const report = webviewFrame(editor.page, { purpose: 'webviewPanel' });
    await report.getByRole('heading', { name: 'インデックス レポート' }).waitFor();
    await screenshot(editor.page, 'japanese-report');
  });
});
