import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { Film } from '../harness/film.ts';
import type { OpenEditor } from '../harness/open.ts';
import { activeTab, keepPicture, resizeSideBar, runCommand, webviewFrame } from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

/** A window without what the tour does not speak of. */
const settings = {
  'breadcrumbs.enabled': false,
  'editor.bracketPairColorization.enabled': false,
  'editor.hover.enabled': 'off',
  'editor.lightbulb.enabled': 'off',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.scrollBeyondLastLine': false,
  'nearby.exclude': ['**/*.ja.md'],
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'workbench.layoutControl.enabled': false,
};
const question = 'wait longer after every failed attempt';
const lettersInFrame = 3;
const typedMs = 110;
const readMs = 1300;
/** Where the pointer lights nothing up. */
const aside = [900, 500] as const;
const mostBytes = 1_500_000;

describe('the tour in the README', () => {
  let editor: OpenEditor;
  let view: FrameLocator;

  before(async () => {
    editor = await openSlipway({ settings, size: { width: 1000, height: 600 }, scale: 1.5 });
    view = webviewFrame(editor.page);
    await runCommand(editor.page, 'Nearby: Show Search View');
    await view.getByText('Search by meaning').first().waitFor();
    await resizeSideBar(editor.page, 332);
    await editor.page.mouse.move(...aside);
  });
  after(() => editor.stop());

  /** Types a question as people do, letter by letter. `file` has the best answer. */
  async function ask(text: string, file: string, film: Film): Promise<void> {
    await view.locator('#query').selectText();
    for (let from = 0; from < text.length; from += lettersInFrame) {
      await editor.page.keyboard.type(text.slice(from, from + lettersInFrame));
      await film.take(editor.page, typedMs);
    }
    await view.locator('.group').first().filter({ hasText: file }).waitFor();
    await film.take(editor.page, readMs);
  }

  /** Goes on to the next file's best result by the arrow keys, which open it beside the list. */
  async function goOn(file: string, film: Film): Promise<void> {
    await editor.page.keyboard.press('ArrowDown');
    await editor.page.keyboard.press('ArrowDown');
    await activeTab(editor.page, file).waitFor();
    await editor.page.locator('.view-line [class^=mtk]:not(.mtk1)').first().waitFor();
    await film.take(editor.page, readMs);
  }

  it('asks, looks at results, finds what is similar and asks something else', async () => {
    await ask(question, 'retry.ts', new Film());
    await goOn('retry.ts', new Film());
    const film = new Film();
    await film.take(editor.page, readMs);
    await goOn('payments.py', film);

    const line = editor.page.locator('.view-line').filter({ hasText: 'urlopen' });
    await line.click({ button: 'right', position: { x: 100, y: 8 } });
    const item = editor.page.locator('.monaco-menu .action-item').filter({ hasText: 'Find Similar' });
    await item.hover();
    await item.and(editor.page.locator('.focused')).waitFor();
    await film.take(editor.page, readMs);
    await editor.page.keyboard.press('Enter');
    await view.locator('#source').getByText('tools/payments.py').waitFor();
    await view.locator('.group').filter({ hasText: 'retry.ts' }).waitFor();
    await film.take(editor.page, readMs);
    await view.locator('[role=treeitem][aria-level="2"]').first().click();
    await activeTab(editor.page, 'retry.ts').waitFor();
    await editor.page.mouse.move(...aside);
    await film.take(editor.page, readMs);

    await ask('money back when a storm is coming', 'cancel', film);
    await goOn('cancel', film);
    await ask(question, 'retry.ts', film);
    await goOn('retry.ts', film);

    const gif = await film.asGif(editor.page);
    assert.ok(film.ms >= 10_000 && film.ms <= 15_000, `${film.ms} ms`);
    assert.ok(gif.length <= mostBytes, `${gif.length} bytes`);
    keepPicture('tour.gif', gif);
  });
});
