import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import {
  activeTab,
  listedNotification,
  openFile,
  quickPickRows,
  runCommand,
  screenshot,
  typeInQuickPick,
  webviewFrame,
} from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

const logs = 10_000;
/** Besides the 13 files of the fixture. */
const more = {
  '.gitignore': '# what tools write\ngenerated/\n*.log\n',
  'generated/schema.ts': "export const zanzibarTables = ['boats', 'bookings'];\n",
  'generated/client.ts': 'export const client = 1;\n',
  'src/empty.ts': '',
  'data/tides.csv': 'harbour,height\n'.repeat(80_000),
  'data/logo.gif': 'GIF89a\0\0',
  '.env': 'HARBOUR_KEY=1\n',
  'rudder.log': 'the rudder was repaired in the Quagga yard\n',
};

describe('the index report', () => {
  let editor: OpenEditor;
  let report: FrameLocator;

  before(async () => {
    editor = await openSlipway({ size: { width: 1200, height: 900 } }, more);
    report = webviewFrame(editor.page, { purpose: 'webviewPanel' });
    await runCommand(editor.page, 'Nearby: Show Index Report');
    await state('Everything can be found').waitFor();
  });
  after(() => editor.stop());

  const state = (title: string): Locator => report.locator('.state').getByText(title);
  const group = (label: string): Locator => report.locator('.group').filter({ hasText: label });
  const file = (path: string): Locator => report.locator('.file').filter({ hasText: path });
  const dialog = (): Locator => editor.page.locator('.monaco-dialog-box');

  /** Resolves when a notification says `text`. */
  async function said(text: string): Promise<void> {
    await listedNotification(editor.page, text);
    await runCommand(editor.page, 'Notifications: Hide Notifications');
  }

  async function figure(label: string): Promise<string> {
    return report.locator('.figures > div').filter({ hasText: label }).locator('.value').innerText();
  }

  async function pictures(name: string): Promise<void> {
    for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const) {
      await editor.setTheme(theme);
      await screenshot(editor.page, `${name}-${theme}`);
    }
    await editor.setTheme('dark');
  }

  it('tells true numbers: what is found, what is left out and why, where and how large the index is', async () => {
    const fixture = readdirSync(join(import.meta.dirname, '../fixture'), { recursive: true, withFileTypes: true });
    assert.equal(await figure('Files'), String(fixture.filter((entry) => entry.isFile()).length + 1));
    assert.equal(await figure('Left out'), '6');
    assert.equal(await group('Left out by a rule').locator('.count').innerText(), '2');
    for (const label of ['Too large', 'May hold secrets', 'Not text', 'Empty']) {
      assert.equal(await group(label).locator('.count').innerText(), '1', label);
    }
    assert.equal(await figure('Model'), 'all-MiniLM-L6-v2');
    await report.locator('.figures').getByText(editor.home).waitFor();
    await report.getByText('Nothing is wrong with the index.').waitFor();
    await group('Left out by a rule').locator('.head').click();
    await file('rudder.log').waitFor();
    await pictures('report');
    for (const width of [700, 1900]) {
      await editor.page.setViewportSize({ width, height: 900 });
      await screenshot(editor.page, `report-${width}`);
    }
    await editor.page.setViewportSize({ width: 1200, height: 900 });
  });

  it('opens the rule at its line', async () => {
    await file('rudder.log').getByText('.gitignore:3').click();
    await activeTab(editor.page, '.gitignore').waitFor();
    await editor.page.locator('.part.statusbar').getByText('Ln 3,').waitFor();
    await runCommand(editor.page, 'Nearby: Show Index Report');
  });

  it('includes a file by one click, despite the rule, and says that it can be found', async () => {
    await file('rudder.log').locator('.tools').getByText('Include').click();
    await said('rudder.log can be found now.');
    await file('rudder.log').waitFor({ state: 'detached' });
    const settings = readFileSync(join(editor.folder, '.vscode/settings.json'), 'utf8');
    assert.deepEqual(JSON.parse(settings), { 'nearby.include': ['rudder.log'] });
    await screenshot(editor.page, 'report-included');
    await runCommand(editor.page, 'Nearby: Search');
    await typeInQuickPick(editor.page, 'quagga yard');
    await quickPickRows(editor.page).first().filter({ hasText: 'rudder.log' }).waitFor();
    await editor.page.keyboard.press('Escape');
  });

  it('raises the size limit once that is confirmed', async () => {
    await group('Too large').locator('.head').click();
    await file('tides.csv').locator('.tools').getByText('Include').click();
    await dialog().getByText('Raise the size limit of slipway to 1,172 KB?').waitFor();
    await screenshot(editor.page, 'report-raise');
    await dialog().getByText('Raise Limit', { exact: true }).click();
    await said('data/tides.csv can be found now.');
    await group('Too large').waitFor({ state: 'detached' });
  });

  it('pauses and resumes', async () => {
    await report.locator('[data-action=pause]').click();
    await state('Indexing is paused').waitFor();
    await screenshot(editor.page, 'report-paused');
    await report.locator('[data-action=resume]:focus').press('Enter');
    await state('Indexing is paused').waitFor({ state: 'detached' });
  });

  it('lists ten thousand files some at a time, and finds one by its path', async () => {
    for (let i = 0; i < logs; i++) writeFileSync(join(editor.folder, `day-${i}.log`), 'x');
    await group('Left out by a rule').locator('.count').filter({ hasText: '10,001' }).waitFor();
    await report.getByText('Show more (100 of 10,001 shown)').click();
    await report.getByText('Show more (200 of 10,001 shown)').waitFor();
    await group('Left out by a rule').locator('.filter').fill('DAY-9876');
    await report.getByText('of 10,001 shown').waitFor({ state: 'hidden' });
    await report.locator('.file .path').filter({ hasText: 'day-9876.log' }).waitFor();
    assert.deepEqual(await report.locator('.file').locator('.path').allInnerTexts(), ['day-9876.log']);
    await screenshot(editor.page, 'report-many');
  });

  it('answers why a file is not found, and includes it', async () => {
    await openFile(editor.page, 'generated/schema.ts');
    await runCommand(editor.page, "Nearby: Why Isn't This File Found?");
    await dialog().getByText('generated/schema.ts is not found').waitFor();
    await dialog().getByText('It lies in generated/, which is left out.').waitFor();
    await pictures('why');
    await dialog().getByText('Include It').click();
    await said('generated/schema.ts can be found now.');
  });

  it('clears every byte once that is confirmed, and builds again when asked', async () => {
    await runCommand(editor.page, 'Nearby: Show Index Report');
    await report.locator('[data-action=clear]').click();
    await dialog().getByText('Clear the index of slipway?').waitFor();
    await screenshot(editor.page, 'report-clear');
    await dialog().getByText('Clear', { exact: true }).click();
    await state('The index was cleared').waitFor();
    assert.deepEqual(readdirSync(editor.home), ['.keep']);
    await screenshot(editor.page, 'report-cleared');
    await report.locator('[data-action=build]').click();
    await report.locator('.bar').waitFor();
  });
});
