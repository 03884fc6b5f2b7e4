import type { Locator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import { quickPickRow, runCommand, screenshot, statusBarItem } from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

describe('what a new user is shown', () => {
  let editor: OpenEditor;
  before(async () => {
    editor = await openSlipway({ size: { width: 1500, height: 900 } });
  });
  after(() => editor.stop());

  const inThemes = async (name: string): Promise<void> => {
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await editor.setTheme(theme);
      await screenshot(editor.page, `${name}-${theme}`);
    }
  };

  it('the walkthrough, with a picture for each step in the colours of the theme', async () => {
    await runCommand(editor.page, 'Welcome: Open Walkthrough...');
    await quickPickRow(editor.page, 'Find things by what they mean').click();
    const step = (title: string): Locator => editor.page.locator('.getting-started-step').filter({ hasText: title });
    const picture = editor.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe#active-frame')
      .locator('svg[viewBox]');
    for (const [at, title] of [
      'Ask in your own words',
      'Keep the results in sight',
      'Find more like this',
      'Ask why a file is missing',
    ].entries()) {
      await step(title).click();
      await picture.locator('rect').first().waitFor();
      await inThemes(`walkthrough-${at + 1}`);
    }
  });

  it('settings that read well, in their order', async () => {
    await runCommand(editor.page, 'Preferences: Open Settings (UI)');
    await editor.page.locator('.settings-editor .suggest-input-container').click();
    await editor.page.keyboard.press('ControlOrMeta+A');
    await editor.page.keyboard.type('@ext:nearby.nearby');
    await editor.page.locator('.setting-item').filter({ hasText: 'Max File Size' }).first().waitFor();
    await inThemes('settings');
    await editor.page.keyboard.press('Escape'); // settings open in front of everything else
    await editor.page.locator('.monaco-modal-editor-block').waitFor({ state: 'hidden' });
  });

  it('the state of the index behind the status bar item', async () => {
    await statusBarItem(editor.page, 'Nearby').hover();
    await editor.page.locator('.monaco-hover').filter({ hasText: 'Everything can be found' }).waitFor();
    await inThemes('status-hover');
    await statusBarItem(editor.page, 'Nearby').click();
    await quickPickRow(editor.page, 'Show Index Report').waitFor();
    await screenshot(editor.page, 'status-menu');
    await editor.page.keyboard.press('Escape');
  });
});
