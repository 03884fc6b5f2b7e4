import assert from 'node:assert/strict';
import type { FrameLocator, Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import {
  activeTab,
  chooseInMenu,
  listedNotification,
  quickPickRows,
  resizeSideBar,
  runCommand,
  screenshot,
  typeInQuickPick,
  webviewFrame,
} from '../harness/page.ts';
import { scrollTo } from './results.ts';
import { openSlipway } from './slipway.ts';

const question = 'wait longer after every failed attempt';

describe('learning from use, in the search view', () => {
  let editor: OpenEditor;
  let view: FrameLocator;
  let learned: Locator;

  before(async () => {
    editor = await openSlipway();
    view = webviewFrame(editor.page);
    learned = view.locator('#learned');
    await runCommand(editor.page, 'Nearby: Show Search View');
    await view.locator('#query').fill(question);
    await group('retry.ts').waitFor();
  });
  after(() => editor.stop());

  const group = (file: string): Locator => view.locator('.group').filter({ hasText: file });
  const firstGroup = (file: string): Locator => view.locator('.group').first().filter({ hasText: file });
  const judged = (judgement: 'more' | 'less'): Locator => view.locator(`.item[data-judged=${judgement}]`);
  const selected = (): Locator => view.locator('[role=treeitem][aria-selected=true]');
  /** The first result in a file. */
  const itemOf = (file: string): Locator => view.locator(`.group:has-text("${file}") + .item`);

  async function picture(name: string): Promise<void> {
    for (const theme of ['dark', 'light', 'high-contrast'] as const) {
      await editor.setTheme(theme);
      await screenshot(editor.page, `${name}-${theme}`);
    }
    await editor.setTheme('dark');
  }

  it('more like this, by mouse: the result comes first, and the line says so', async () => {
    const item = itemOf('payments.py');
    await item.hover();
    await screenshot(editor.page, 'learning-hover');
    await item.locator('[data-command=moreLikeThis]').click();
    await judged('more').waitFor();
    await firstGroup('payments.py').waitFor();
    assert.match(await learned.innerText(), /^Moved by 1 of your judgements · Reset$/);
    assert.equal(await judged('more').locator('[data-command=moreLikeThis]').getAttribute('aria-pressed'), 'true');
    await picture('learning-more');
  });

  it('less like this, by keyboard: the result sinks, and the next one is selected', async () => {
    await view.locator('#query').press('ArrowDown');
    await group('retry.ts').click();
    await group('retry.ts').click();
    await editor.page.keyboard.press('ArrowDown');
    const title = await selected().locator('.title').innerText();
    await editor.page.keyboard.press('-');
    await learned.filter({ hasText: /^Moved by 2 of your judgements/ }).waitFor();
    assert.equal(await selected().getAttribute('aria-level'), '2');
    assert.notEqual(await selected().locator('.title').innerText(), title);
    await view.locator('#tree:focus').waitFor();
    await scrollTo(view, judged('less'));
    assert.equal(await judged('less').locator('.title').innerText(), title);
    await screenshot(editor.page, 'learning-less');
  });

  it('the same once more takes it back', async () => {
    await judged('less').locator('.title').click();
    await editor.page.keyboard.press('-');
    await learned.filter({ hasText: /^Moved by 1 of your judgements/ }).waitFor();
    await judged('less').waitFor({ state: 'detached' });
  });

  it('is in the context menu, for the menu key too', async () => {
    await scrollTo(view, itemOf('weather.ts'));
    await itemOf('weather.ts').locator('.title').click();
    await editor.page.keyboard.press('ContextMenu');
    await chooseInMenu(editor.page, 'Less Like This');
    await learned.filter({ hasText: /^Moved by 2 of your judgements/ }).waitFor();
  });

  it('is reset for this question by the link', async () => {
    await learned.getByText('Reset').click();
    await learned.waitFor({ state: 'hidden' });
    await view.locator('[data-judged]').first().waitFor({ state: 'detached' });
    await view.locator('#tree').focus();
    await editor.page.keyboard.press('Home');
    await firstGroup('retry.ts').waitFor();
  });

  it('counts what is opened, and says why on the selected result', async () => {
    await runCommand(editor.page, 'Nearby: Search');
    await typeInQuickPick(editor.page, question);
    await quickPickRows(editor.page).filter({ hasText: 'payments.py' }).first().click();
    await activeTab(editor.page, 'payments.py').waitFor();
    await view.locator('#query').press('Enter');
    const why = itemOf('payments.py').locator('.why').filter({ hasText: 'you opened it for this before' });
    await why.waitFor({ state: 'attached' });
    assert.equal(await why.isVisible(), false);
    await itemOf('payments.py').locator('.title').click();
    await why.waitFor();
    await picture('learning-why');
    for (const width of [170, 700, 300]) {
      await resizeSideBar(editor.page, width);
      await itemOf('payments.py').locator('.title').hover(); // it has not given way to the tools
      await screenshot(editor.page, `learning-why-${width}`);
    }
  });

  it('forgets everything by command, once it is confirmed', async () => {
    await runCommand(editor.page, 'Nearby: Reset Learning');
    const dialog = editor.page.locator('.monaco-dialog-box');
    await dialog.getByText('Judgements of results: 0. Results opened: 1.').waitFor();
    await screenshot(editor.page, 'learning-reset');
    await dialog.getByText('Forget', { exact: true }).click();
    await view.locator('.why').filter({ hasText: 'you opened it' }).waitFor({ state: 'detached' });
    await runCommand(editor.page, 'Nearby: Reset Learning');
    await listedNotification(editor.page, 'Nothing was learned');
    await runCommand(editor.page, 'Notifications: Hide Notifications');
  });

  it('is off by the setting', async () => {
    await view.locator('[data-command=moreLikeThis]').first().waitFor({ state: 'attached' });
    await editor.set({ 'nearby.learn': false });
    await view.locator('[data-command=moreLikeThis]').first().waitFor({ state: 'detached' });
    await view.locator('[data-command=findSimilarToResult]').first().waitFor({ state: 'attached' });
  });
});
