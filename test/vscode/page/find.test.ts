import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import {
  activeTab,
  chooseFromMenu,
  chooseInMenu,
  openFile,
  quickPickRow,
  runCommand,
  screenshot,
  statusBarItem,
  typeInQuickPick,
  until,
  webviewFrame,
} from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

const question = 'wait longer after every failed attempt';

interface Watched {
  answers: string[];
  readonly MutationObserver: new (seen: () => void) => { observe(element: unknown, what: object): void };
}

/** An input, as far as a test types into it without a click that would close a menu. */
interface Typed {
  value: string;
  dispatchEvent(event: Event): void;
}

/** Notes in the page what the summary says each time that it changes. */
function watch(summary: unknown): void {
  const page = globalThis as unknown as Watched;
  page.answers = [];
  const note = (): void => void page.answers.push((summary as { readonly textContent: string }).textContent);
  new page.MutationObserver(note).observe(summary, { childList: true });
}

describe('the search view, at work', () => {
  let editor: OpenEditor;
  let view: FrameLocator;
  let query: Locator;
  let summary: Locator;

  before(async () => {
    editor = await openSlipway();
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    view = webviewFrame(editor.page);
    query = view.locator('#query');
    summary = view.locator('#summary');
    await runCommand(editor.page, 'Nearby: Show Search View');
    await view.getByText('Search by meaning').first().waitFor();
  });
  after(() => editor.stop());

  const group = (file: string): Locator => view.locator('.group').filter({ hasText: file });
  const selected = (): Locator => view.locator('[role=treeitem][aria-selected=true]');
  const names = (): Promise<string[]> => view.locator('.group .name').allInnerTexts();

  async function ask(text: string, file: string): Promise<void> {
    await query.fill(text);
    await query.press('Enter');
    await view.locator('.group').first().filter({ hasText: file }).waitFor();
  }

  /** What is on the clipboard, which is empty afterwards. */
  async function copied(): Promise<string> {
    let text = '';
    while (!text) text = String(await editor.page.evaluate('navigator.clipboard.readText()'));
    await editor.page.evaluate("navigator.clipboard.writeText('')");
    return text;
  }

  it('shows only the last answer while fifty characters are typed quickly', async function () {
    this.retries(2); // on a busy machine the keys may come slowly
    await query.fill('');
    const text = 'how much money do customers get back when it blows';
    assert.equal(text.length, 50);
    await query.focus();
    await summary.evaluate(watch);
    await editor.page.keyboard.type(text, { delay: 10 });
    await group('cancel').first().waitFor();
    await new Promise((done) => setTimeout(done, 1000));
    const answers = await summary.evaluate(() => (globalThis as unknown as Watched).answers);
    assert.equal(answers.length, 1, answers.join('\n'));
    assert.equal(await query.inputValue(), text);
  });

  it('goes back and forth in the history with the arrow keys', async () => {
    await ask('refundFor', 'cancel.ts');
    await ask(question, 'retry.ts');
    await query.fill('half typed');
    await query.press('ArrowUp');
    assert.equal(await query.inputValue(), question);
    await query.press('ArrowUp');
    assert.equal(await query.inputValue(), 'refundFor');
    await view.locator('.group').first().filter({ hasText: 'cancel.ts' }).waitFor();
    await query.press('ArrowDown');
    await query.press('ArrowDown');
    assert.equal(await query.inputValue(), 'half typed');
  });

  it('previews with the arrow keys, keeps the focus, opens aside, and Esc goes back to the editor', async () => {
    await ask(question, 'retry.ts');
    await query.press('ArrowDown');
    await editor.page.keyboard.press('ArrowDown');
    await activeTab(editor.page, 'retry.ts').waitFor();
    await view.locator('#tree:focus').waitFor();
    await editor.page.keyboard.press('ControlOrMeta+Enter');
    await editor.page.locator('.editor-group-container').nth(1).waitFor();
    await activeTab(editor.page, 'retry.ts').waitFor();
    await runCommand(editor.page, 'Nearby: Focus Results');
    await view.locator('#tree:focus').waitFor();
    await until(() => editor.page.keyboard.press('Escape'), view.locator('#tree:focus'), { state: 'detached' });
    await editor.page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
    await runCommand(editor.page, 'View: Close All Editors');
  });

  it('walks through the results from the editor with F4', async () => {
    await ask('refundFor', 'cancel.ts');
    await openFile(editor.page, 'README.md');
    await editor.page.keyboard.press('F4');
    await activeTab(editor.page, 'cancel.ts').waitFor();
    await editor.page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
    const first = await selected().getAttribute('data-key');
    await editor.page.keyboard.press('F4');
    await activeTab(editor.page, 'cancel.ts').waitFor({ state: 'detached' });
    assert.notEqual(await selected().getAttribute('data-key'), first);
    await editor.page.keyboard.press('Shift+F4');
    await activeTab(editor.page, 'cancel.ts').waitFor();
    assert.equal(await selected().getAttribute('data-key'), first);
  });

  it('looks only where it is told to', async () => {
    await ask(question, 'retry.ts');
    await openFile(editor.page, 'src/booking/price.ts');
    const scope = view.locator('#scope');
    await until(async () => {
      await scope.selectOption('workspace');
      await scope.selectOption('folder');
    }, summary.getByText('in src/booking'));
    assert.deepEqual((await names()).sort(), ['availability.ts', 'cancel.ts', 'price.ts']);
    await scope.selectOption('file');
    await summary.getByText('1 result').waitFor();
    assert.deepEqual(await names(), ['price.ts']);
    await scope.selectOption('open');
    await summary.getByText(/results? in/).waitFor();
    assert.ok((await names()).includes('README.md'));
    await screenshot(editor.page, 'view-scope');
    await scope.selectOption('changed');
    await view.getByText('Which files are changed is not known').waitFor();
    await scope.selectOption('workspace');
    await group('retry.ts').waitFor();
  });

  it('sorts by path, and lists results without their files', async () => {
    await ask(question, 'retry.ts');
    await runCommand(editor.page, 'Nearby: Sort by Path');
    await view.locator('.group').first().filter({ hasText: 'README.md' }).waitFor();
    await runCommand(editor.page, 'Nearby: View as List');
    await view.locator('.item.listed').first().filter({ hasText: 'README.md' }).waitFor();
    assert.equal(await view.locator('.group').count(), 0);
    await runCommand(editor.page, 'Nearby: Sort by Relevance');
    await view.locator('.item.listed').first().filter({ hasText: 'retry.ts' }).waitFor();
    await screenshot(editor.page, 'view-list');
    await runCommand(editor.page, 'Nearby: View by File');
    await group('retry.ts').waitFor();
  });

  it('pins a result by mouse, whatever is asked next, and lets go of it', async () => {
    await query.fill('refundFor');
    const left = view.locator('[data-command=unpinResult]').first(); // by an earlier try
    if (await left.isVisible()) await left.click();
    await ask('refundFor', 'cancel.ts');
    const item = view.locator('.group:has-text("cancel.ts") + .item');
    await item.hover();
    await item.locator('[data-command=pinResult]').click();
    await group('Pinned').waitFor();
    await query.fill(question);
    await group('retry.ts').waitFor();
    await view.locator('.group').first().filter({ hasText: 'Pinned' }).waitFor();
    const pin = view.locator('.item.pinned').first();
    assert.match(await pin.innerText(), /cancel\.ts:/);
    await screenshot(editor.page, 'view-pinned');
    await pin.locator('[data-command=unpinResult]').click();
    await group('Pinned').waitFor({ state: 'detached' });
  });

  it('leaves a row as it is while others change, for what the pointer is doing to it', async () => {
    await ask(question, 'retry.ts'); // what an earlier try dismissed is back when something else was asked
    await ask('refundFor', 'cancel.ts');
    const row = view.locator('.group:has-text("cancel.ts") + .item');
    await row.evaluate((element: object) => void Object.assign(element, { marked: true }));
    const other = view.locator('.group:has-text("payments.py") + .item');
    await other.hover();
    await other.locator('[data-command=dismissResult]').click();
    await group('payments.py').waitFor({ state: 'detached' });
    assert.ok(await row.evaluate((element: object) => 'marked' in element));
  });

  it('does what a menu says that was opened before the answer changed', async () => {
    await ask(question, 'retry.ts');
    await view.locator('.group:has-text("retry.ts") + .item .title').click({ button: 'right' });
    await editor.page.locator('.monaco-menu').getByText('Copy Path').waitFor();
    await query.evaluate((input: Typed) => {
      input.value = 'refundFor';
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await view.locator('.group').first().filter({ hasText: 'cancel.ts' }).waitFor();
    await chooseInMenu(editor.page, 'Copy Path');
    assert.match(await copied(), /^src\/http\/retry\.ts:\d+$/);
  });

  it('dismisses the selected result with Delete, until something else is asked', async () => {
    await ask(question, 'retry.ts');
    await view.locator('.group:has-text("retry.ts") + .item').click();
    await activeTab(editor.page, 'retry.ts').waitFor();
    await view.locator('#tree:focus').waitFor();
    const count = Number(/\d+/.exec(await summary.innerText())?.[0]);
    await editor.page.keyboard.press('Delete');
    await summary.getByText(`${count - 1} results`).waitFor();
    await group('retry.ts').waitFor({ state: 'detached' });
    await view.locator('#tree:focus').waitFor();
    await ask('refundFor', 'cancel.ts');
    await ask(question, 'retry.ts');
  });

  it('copies a result as Markdown', async () => {
    await ask('refundFor', 'cancel.ts');
    await query.press('ArrowDown');
    await editor.page.keyboard.press('ArrowDown');
    await activeTab(editor.page, 'cancel.ts').waitFor();
    await runCommand(editor.page, 'Nearby: Copy as Markdown');
    const [link, , fence] = (await copied()).split('\n');
    assert.match(link ?? '', /^\[src\/booking\/cancel\.ts:\d+-\d+\]\(<src\/booking\/cancel\.ts#L\d+-L\d+>\) · \w+$/);
    assert.equal(fence, '```ts');
  });

  it('opens a result where it is dropped', async () => {
    await runCommand(editor.page, 'View: Close All Editors');
    await ask('refundFor', 'cancel.ts');
    await view.locator('.item .title').first().hover();
    await editor.page.mouse.down();
    const { x, y, width, height } = (await editor.page.locator('.editor-group-container').first().boundingBox())!;
    await editor.page.mouse.move(x + 20, y + height / 2, { steps: 5 });
    await editor.page.mouse.move(x + width / 2, y + height / 2, { steps: 5 });
    await editor.page.locator('#monaco-workbench-editor-drop-overlay').waitFor();
    await editor.page.mouse.up();
    await editor.page.mouse.move(x + width / 2, y + height / 3); // VS Code sees that the drag is over
    await activeTab(editor.page, 'cancel.ts').waitFor();
  });

  it('opens the results in a Search Editor, whose lines lead to their places', async () => {
    await ask('refundFor', 'cancel.ts');
    await runCommand(editor.page, 'Nearby: Open Results in Search Editor');
    await activeTab(editor.page, 'Search: refundFor').waitFor();
    const line = editor.page.locator('.search-editor .view-line');
    await line.filter({ hasText: 'src/booking/cancel.ts:' }).first().waitFor();
    await screenshot(editor.page, 'search-editor');
    const result = line.filter({ hasText: /^\s*\d+:.*refundFor/ }).first();
    const number = /\d+/.exec(await result.innerText())?.[0] ?? '';
    await result.getByText('refundFor').dblclick();
    await editor.page.keyboard.press('F12');
    await activeTab(editor.page, 'cancel.ts').waitFor();
    await statusBarItem(editor.page, `Ln ${number},`).waitFor();
  });

  it('keeps what is saved from the Search Editor: it opens again, and is not found itself', async () => {
    await ask('refundFor', 'cancel.ts');
    await runCommand(editor.page, 'Nearby: Open Results in Search Editor');
    await activeTab(editor.page, 'Search: refundFor').waitFor();
    const saved = join(editor.folder, 'refundFor.code-search');
    rmSync(saved, { force: true }); // of an earlier try
    await runCommand(editor.page, 'File: Save As...');
    await quickPickRow(editor.page, '..').waitFor(); // from then on the box holds what is typed
    await typeInQuickPick(editor.page, saved);
    await quickPickRow(editor.page, 'README.md').waitFor(); // it has gone to the folder
    await editor.page.keyboard.press('Enter');
    await editor.page.locator('.tab.active:not(.dirty)').filter({ hasText: 'Search: refundFor' }).waitFor();
    const text = readFileSync(saved, 'utf8');
    assert.match(text, /^# Query: refundFor\n(?:# .*\n)*\n\d+ results? in \d+ files\n\nsrc\/booking\/cancel\.ts:\n/);
    const source = readFileSync(join(editor.folder, 'src/booking/cancel.ts'), 'utf8').split('\n');
    const shown = [...text.matchAll(/^ +(\d+): (.*refundFor.*)$/gm)];
    assert.ok(
      shown.some(([, number, line]) => source[Number(number) - 1] === line),
      text,
    );
    await runCommand(editor.page, 'View: Close Editor');
    await runCommand(editor.page, 'Explorer: Focus on Folders View');
    const file = editor.page.locator('.explorer-folders-view').getByText('refundFor.code-search');
    await file.dblclick();
    const line = editor.page.locator('.search-editor .view-line');
    await line.filter({ hasText: 'src/booking/cancel.ts:' }).first().waitFor();
    await screenshot(editor.page, 'search-editor-saved');
    assert.equal(readFileSync(saved, 'utf8'), text);
    await chooseFromMenu(editor.page, file, "Why Isn't This File Found?");
    const dialog = editor.page.locator('.monaco-dialog-box');
    await dialog.getByText('holds the results of a search').waitFor();
    await editor.page.keyboard.press('Escape');
    await runCommand(editor.page, 'View: Close Editor');
  });

  it('searches in a folder of the Explorer', async () => {
    await runCommand(editor.page, 'View: Show Explorer');
    const folder = editor.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: /^docs$/ });
    await folder.click({ button: 'right' });
    await chooseInMenu(editor.page, 'Search by Meaning in Folder...');
    await view.locator('#include').waitFor();
    assert.equal(await view.locator('#include').inputValue(), 'docs/');
    await ask('money back when the wind is too strong', 'cancellation.md');
    assert.ok((await names()).every((name) => name.endsWith('.md')));
    await view.locator('#include').fill('');
  });

  it('is as it was after a reload of the window', async () => {
    await ask(question, 'retry.ts');
    await view.locator('.group:has-text("retry.ts") + .item .title').click();
    await view.locator('#scope').selectOption('workspace');
    await runCommand(editor.page, 'Developer: Reload Window');
    await editor.page.waitForEvent('load');
    await group('retry.ts').waitFor({ timeout: 60_000 });
    assert.equal(await query.inputValue(), question);
    assert.match((await selected().getAttribute('data-key')) ?? '', /retry\.ts/);
    await query.press('ArrowUp');
    assert.ok(![question, ''].includes(await query.inputValue()));
  });
});
