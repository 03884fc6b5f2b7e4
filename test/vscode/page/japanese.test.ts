import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import {
  notifications,
  openFile,
  quickPickRow,
  quickPickRows,
  readyItem,
  resizeSideBar,
  runCommand,
  screenshot,
  statusBarItem,
  typeInQuickPick,
  webviewFrame,
} from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

const question = 'wait longer after every failed attempt';
/** Besides the fixture: one for each way in which a file is left out. */
const more = {
  '.gitignore': '# what tools write\ngenerated/\n*.log\n',
  'generated/schema.ts': "export const tables = ['boats', 'bookings'];\n",
  'node_modules/rope/index.js': 'module.exports = 1;\n',
  'src/empty.ts': '',
  'data/tides.csv': 'harbour,height\n'.repeat(80_000),
  'data/logo.gif': 'GIF89a\0\0',
  'data/charts.bin': 'a\0\0\0b',
  'data/bundle.min.js': `!function(){${'var a=b,c=d;e(f);'.repeat(200)}}()`,
  '.env': 'HARBOUR_KEY=1\n',
  'rudder.log': 'the rudder was repaired in the yard\n',
};
/** Widths of the side bar, and of the window, in pixels. */
const sideBars = [200, 320, 700];
const windows = [700, 1200, 1900];

describe('VS Code in Japanese', () => {
  let editor: OpenEditor;
  let view: FrameLocator;
  let report: FrameLocator;

  before(async () => {
    editor = await openSlipway({ language: 'ja', size: { width: 1200, height: 900 } }, more);
    view = webviewFrame(editor.page, { purpose: 'webviewView' });
    report = webviewFrame(editor.page, { purpose: 'webviewPanel' });
  });
  after(() => editor.stop());

  const dialog = (): Locator => editor.page.locator('.monaco-dialog-box');

  it('names the commands and shows the search view in Japanese, with the reasons of each result', async () => {
    await runCommand(editor.page, 'Nearby: 検索ビューを表示');
    await view.getByPlaceholder('意味で検索').fill(question);
    await view.locator('#summary').filter({ hasText: '件の結果' }).waitFor();
    assert.equal(await view.locator('html').getAttribute('lang'), 'ja');
    const result = view.locator('.group:has-text("retry.ts") + .item');
    await result.locator('.title').click();
    await result
      .locator('.why')
      .filter({ hasText: /意味が近い \(0\.\d\d\)/ })
      .waitFor();
    for (const why of await view.locator('.why').allInnerTexts()) assert.match(why, /意味が近い|意味の近さ|一致/);
    for (const width of sideBars) {
      await resizeSideBar(editor.page, width);
      await screenshot(editor.page, `japanese-view-${width}`);
    }
    await resizeSideBar(editor.page, 320);
  });

  it('says in Japanese what a result defines, and what was learned', async () => {
    await view.locator('#query').fill('withRetries');
    const why = view.locator('.item .why');
    await why.filter({ hasText: 'withRetries を定義' }).first().waitFor({ state: 'attached' });
    const item = view.locator('.group:has-text("retry.ts") + .item');
    await item.hover();
    await item.locator('[data-command=moreLikeThis]').click();
    await why.filter({ hasText: 'このような結果を増やすように指定済み' }).first().waitFor({ state: 'attached' });
    await screenshot(editor.page, 'japanese-learned');
  });

  it('says in Japanese why a result is similar', async () => {
    await openFile(editor.page, 'src/http/retry.ts', 8);
    await runCommand(editor.page, 'Nearby: 類似箇所を検索');
    await view
      .locator('.why')
      .filter({ hasText: /意味が近い/ })
      .first()
      .waitFor({ state: 'attached' });
    await screenshot(editor.page, 'japanese-similar');
  });

  it('shows the palette in Japanese', async () => {
    await runCommand(editor.page, 'Nearby: 検索');
    await typeInQuickPick(editor.page, question);
    await quickPickRows(editor.page).first().filter({ hasText: 'retry' }).waitFor();
    await screenshot(editor.page, 'japanese-palette');
    await editor.page.keyboard.press('Escape');
  });

  it('says in Japanese how far the index is, and of each file that is left out why', async () => {
    await statusBarItem(editor.page, 'Nearby').hover();
    await editor.page.locator('.monaco-hover').filter({ hasText: 'すべて検索できます' }).waitFor();
    await runCommand(editor.page, 'Nearby: インデックス レポートを表示');
    await report.getByRole('heading', { name: 'インデックス レポート' }).waitFor();
    await report.getByText('インデックスに問題はありません。').waitFor();
    const reasons = {
      規則による除外: '規則 "generated/" (.gitignore、2 行目) により除外されています。',
      機密情報の可能性: '.env のような名前のファイルには',
      テキスト以外: '先頭のバイトを見ると GIF 画像で、テキストではありません。',
      空: '空のファイルなので、検索できる内容がありません。',
      縮小化: '縮小化されたファイルと判断しました。',
      サイズ超過: '上限の 1.0 MB を超えています。',
    };
    for (const [label, reason] of Object.entries(reasons)) {
      const head = report.locator('.group .head').filter({ hasText: label });
      if ((await head.getAttribute('aria-expanded')) === 'false') await head.click();
      await report.locator('.file .reason').filter({ hasText: reason }).first().waitFor();
    }
    for (const reason of await report.locator('.file .reason').allInnerTexts()) assert.match(reason, /。$/);
    for (const width of windows) {
      await editor.page.setViewportSize({ width, height: 1400 });
      await screenshot(editor.page, `japanese-report-${width}`);
    }
    await editor.page.setViewportSize({ width: 1200, height: 900 });
  });

  it('answers in Japanese why a file is not found', async () => {
    await openFile(editor.page, 'generated/schema.ts');
    await runCommand(editor.page, 'Nearby: このファイルが見つからない理由');
    await dialog().getByText('generated/schema.ts は検索で見つかりません').waitFor();
    await dialog().getByText('除外されたフォルダー generated/ の中にあります。').waitFor();
    await screenshot(editor.page, 'japanese-why');
    await editor.page.keyboard.press('Escape');
    await openFile(editor.page, 'src/http/retry.ts');
    await runCommand(editor.page, 'Nearby: このファイルが見つからない理由');
    await dialog().getByText('キーワードでも意味でも検索できます。').waitFor();
    await editor.page.keyboard.press('Escape');
  });

  it('evaluates the search in Japanese, with a worker that was started anew', async () => {
    await runCommand(editor.page, 'Nearby: 再起動');
    await readyItem(editor.page).waitFor();
    await runCommand(editor.page, 'Nearby: 検索を評価');
    await quickPickRow(editor.page, 'インデックスのみ').click();
    const line = editor.page.locator('.editor-instance .view-line');
    await line.filter({ hasText: 'の検索品質' }).first().waitFor();
    await line.filter({ hasText: 'インデックスに問題はありません。' }).first().waitFor();
    await screenshot(editor.page, 'japanese-evaluation');
  });

  it('says in Japanese what went wrong', async () => {
    await runCommand(editor.page, 'Nearby: 以前のインデックスに戻す');
    await notifications(editor.page).filter({ hasText: '元に戻せる以前のインデックスがありません。' }).waitFor();
    await screenshot(editor.page, 'japanese-error');
  });
});
