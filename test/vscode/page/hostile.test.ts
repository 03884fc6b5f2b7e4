import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { openEditor, type OpenEditor } from '../harness/open.ts';
import {
  activeTab,
  listedNotification,
  openFile,
  quickPickRows,
  readyItem,
  runCommand,
  screenshot,
  typeInQuickPick,
  webviewFrame,
} from '../harness/page.ts';
import { makeFolder } from '../harness/sample.ts';

const indexLimitMs = 60_000;

const image = '<img src=x onerror=canary()>';
const script = '<script>canary()<\u2044script>'; // no name holds a slash
const quoted = `"' autofocus onfocus=canary() x="`;
const link = '[Open](command:nearby.clear)';
const turned = 'photo_\u202egpj.md';

/** A workspace in which every name and every text is made to be run rather than shown. */
const files = {
  [`${image}.md`]: `# <script>canary()</script> wobbegong\n\n<img src=x onerror=canary()> wobbegong </script><script>canary()</script>\n`,
  [`${script}/a.py`]: '# wobbegong\ndef wobbegong():\n    return 1\n',
  [`${quoted}.ts`]: `// wobbegong <svg onload=canary()>\nexport function wobbegong() {\n  return "</textarea><script>canary()</script>";\n}\n`,
  [`${link}.md`]: '# $(error) [Clear](command:nearby.clear) wobbegong\n\nA wobbegong.\n',
  '$(error) wobbegong.md': '# javascript:canary()\n\nThe wobbegong is a shark.\n',
  [turned]: '# wobbegong \u202eedised\n\nA wobbegong \u2066turned\u2069 round.\n',
  '.gitignore': '*.log\n<img*onerror=canary()>\n',
  [`${image}.log`]: 'wobbegong\n',
  [`${link}.log`]: 'wobbegong\n',
  [`<img src=y onerror=canary()>`]: 'wobbegong\n',
};

describe('a workspace that is made to attack', () => {
  let editor: OpenEditor;
  let folder: string;
  const dialogs: string[] = [];
  const asked: string[] = [];

  before(async () => {
    folder = makeFolder(files, '<img src=x onerror=canary()>');
    editor = await openEditor({ folder, size: { width: 1300, height: 900 } });
    editor.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    editor.page.on('request', (request) => asked.push(request.url()));
    await editor.page.context().addInitScript("globalThis.canary = () => console.log('the canary ran')");
    await readyItem(editor.page).waitFor({ timeout: indexLimitMs });
  });
  after(async () => {
    await editor.stop();
    rmSync(dirname(folder), { recursive: true, force: true, maxRetries: 5 });
  });

  /** Nothing ran, and nothing that could have run stands in the page. */
  async function nothingRan(page: FrameLocator | undefined): Promise<void> {
    assert.deepEqual(
      editor.console.filter((line) => line.includes('canary')),
      [],
    );
    assert.deepEqual(dialogs, []);
    assert.deepEqual(
      asked.filter((url) => /\/[xy]$/.test(url)),
      [],
    );
    if (!page) return;
    assert.equal(await page.locator('img, svg, iframe, object, embed, a, [onload], [onerror], [onfocus]').count(), 0);
    assert.equal(await page.locator('script').filter({ hasText: 'canary' }).count(), 0);
    const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
    assert.match(policy ?? '', /^default-src 'none'; /);
    assert.doesNotMatch(policy ?? '', /unsafe|\*(?!\.)|data:/);
  }

  async function seen(within: Locator, ...texts: string[]): Promise<void> {
    for (const text of texts) await within.getByText(text).first().waitFor();
  }

  it('is text in the search view, and what turns text round is written out', async () => {
    await runCommand(editor.page, 'Nearby: Show Search View');
    const view = webviewFrame(editor.page, { purpose: 'webviewView' });
    await view.locator('#query').fill('wobbegong');
    const tree = view.locator('#tree');
    await seen(tree, `${image}.md`, `${quoted}.ts`, `${link}.md`, '$(error) wobbegong.md', script);
    await seen(tree, 'photo_\\u202egpj.md', 'wobbegong \\u202eedised');
    await seen(tree, '<script>canary()</script> wobbegong', '// wobbegong <svg onload=canary()>');
    await screenshot(editor.page, 'hostile-view');
    await nothingRan(view);
    await view.locator('#query').fill(`${image} ${quoted}`);
    await seen(tree, `${image}.md`);
    await nothingRan(view);
  });

  it('is text in the palette', async () => {
    await runCommand(editor.page, 'Nearby: Search');
    await typeInQuickPick(editor.page, 'wobbegong');
    const rows = quickPickRows(editor.page);
    for (const name of [`${image}.md`, `${quoted}.ts`, 'photo_\\u202egpj.md']) {
      await rows.filter({ hasText: name }).first().waitFor();
    }
    const shown = (await rows.allInnerTexts())
      .map((text) => text.replaceAll('\u200b', '').replaceAll('\u00a0', ' '))
      .join('\n');
    assert.ok(shown.includes('$(error) wobbegong.md') && shown.includes(`${link}.md`), shown);
    assert.equal(await rows.locator('.codicon-error, img, svg').count(), 0);
    await screenshot(editor.page, 'hostile-palette');
    await editor.page.keyboard.press('Escape');
    await nothingRan(undefined);
  });

  it('is text in the report, and in what is said of a file that is included', async () => {
    await runCommand(editor.page, 'Nearby: Show Index Report');
    const report = webviewFrame(editor.page, { purpose: 'webviewPanel' });
    const group = report.locator('.group').filter({ hasText: 'Left out by a rule' });
    await group.locator('.head').click();
    await seen(group, `${image}.log`, '<img src=y onerror=canary()>', '"<img*onerror=canary()>"');
    await screenshot(editor.page, 'hostile-report');
    await nothingRan(report);
    await report
      .locator('.file')
      .filter({ hasText: `${link}.log` })
      .locator('.tools')
      .getByText('Include')
      .click();
    const message = await listedNotification(editor.page, 'can be found now.');
    assert.equal(await message.locator('a').count(), 0);
    await runCommand(editor.page, 'Notifications: Hide Notifications');
    await runCommand(editor.page, 'View: Close Editor');
  });

  it('is text in the map', async () => {
    await runCommand(editor.page, 'Nearby: Show Map');
    const map = webviewFrame(editor.page, { purpose: 'webviewPanel' });
    await map.locator('#plane').waitFor();
    await map.locator('#list').click();
    await seen(map.locator('#places'), `${image}.md`, `${quoted}.ts`, 'photo_\\u202egpj.md');
    await seen(map.locator('#legend'), script);
    await map.locator('#query').fill('wobbegong');
    await map.locator('#count').getByText('result').waitFor();
    await screenshot(editor.page, 'hostile-map');
    await nothingRan(map);
    await runCommand(editor.page, 'View: Close Editor');
  });

  it('is text where it is asked why a file is not found, and in the copies', async () => {
    await openFile(editor.page, `${link}.md`);
    await runCommand(editor.page, "Nearby: Why Isn't This File Found?");
    const dialog = editor.page.locator('.monaco-dialog-box');
    await dialog.getByText(`can be found`).first().waitFor();
    assert.equal(await dialog.locator('a[href], a[data-href], img').count(), 0);
    await editor.page.keyboard.press('Escape');
    await nothingRan(undefined);
  });

  it('gets nothing opened or run by messages that its page has no reason to send', async () => {
    await runCommand(editor.page, 'Nearby: Show Search View');
    const view = webviewFrame(editor.page, { purpose: 'webviewView' });
    await view.locator('#query').waitFor();
    const outer = editor.page.frameLocator('iframe.webview.ready[src*="purpose=webviewView"]');
    const tabs = await editor.page.locator('.tab').allInnerTexts();
    const places = [
      '../../etc/passwd',
      '/etc/passwd',
      'file:///etc/passwd',
      'command:workbench.action.files.newUntitledFile',
    ];
    for (const place of places) {
      for (const message of [
        { type: 'open', path: place, how: 'open' },
        { type: 'open', answer: 1, item: place, how: 'open' },
        { type: 'open', answer: 1, item: 0, how: 'open', uri: place },
        { type: 'run', command: place, answer: 1, item: 0 },
        { type: 'act', action: place },
      ]) {
        await outer.locator('body').evaluate(say, message);
      }
    }
    // A message that is in order comes after them, and is the only one that something comes of.
    await outer.locator('body').evaluate(say, { type: 'act', action: 'showReport' });
    await activeTab(editor.page, 'Index Report').waitFor();
    assert.deepEqual(await editor.page.locator('.tab').allInnerTexts(), [...tabs, 'Index Report']);
    await nothingRan(view);
  });
});

/** In the frame around a webview's page: as that page says something to the extension. */
function say(_: unknown, message: unknown): void {
  const frame = globalThis as unknown as { __vscode_post_message__(command: string, data: unknown): void };
  frame.__vscode_post_message__('onmessage', { message });
}
