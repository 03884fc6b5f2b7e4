import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openEditor, type OpenEditor } from '../harness/open.ts';
import { activeTab, runCommand, screenshot, statusBarItem } from '../harness/page.ts';
import { makeFolder, sample } from '../harness/sample.ts';

const retry = sample['src/retry.ts'] ?? '';
const copied = retry.replace('100 * 2 ** tries', '250 * 2 ** tries').replaceAll('retryWithBackoff', 'again');

describe('Nearby: Find Duplicates', () => {
  let editor: OpenEditor;

  before(async () => {
    const folder = makeFolder({ ...sample, 'lib/again.ts': copied, 'tools/retry.ts': retry });
    editor = await openEditor({ folder });
    await statusBarItem(editor.page, /^\s*Nearby\s*$/).waitFor({ timeout: 60_000 });
  });
  after(() => editor.stop());

  const row = (text: string): Locator => editor.page.locator('.pane-body .monaco-list-row').filter({ hasText: text });

  it('lists the copies with the share of equal lines', async () => {
    await runCommand(editor.page, 'Nearby: Find Duplicates');
    await row('3 copies').waitFor();
    const twins = (await row('retry.ts').allInnerTexts()).map((text) => text.replace(/^.*:1/, ''));
    assert.deepEqual(twins, ['src', 'same · tools']);
    assert.match(await row('again.ts').innerText(), /\d\d% same · lib/);
    await screenshot(editor.page, 'duplicates-dark');
    await editor.setTheme('light');
    await screenshot(editor.page, 'duplicates-light');
    await editor.setTheme('high-contrast');
    await screenshot(editor.page, 'duplicates-high-contrast');
    await editor.setTheme('dark');
  });

  it('opens a copy', async () => {
    await row('again.ts').click();
    await activeTab(editor.page, 'again.ts').waitFor();
  });

  it('compares two in the diff editor, with their own lines', async () => {
    await row('again.ts').hover();
    await row('again.ts').getByRole('button', { name: 'Compare with First Copy' }).click();
    await activeTab(editor.page, '↔').waitFor();
    await editor.page.locator('.monaco-diff-editor .view-line').filter({ hasText: '250 *' }).first().waitFor();
    await screenshot(editor.page, 'duplicates-compare');
  });

  it('goes when it is cleared', async () => {
    await runCommand(editor.page, 'Nearby: Clear Duplicates');
    await row('3 copies').waitFor({ state: 'detached' });
  });
});
