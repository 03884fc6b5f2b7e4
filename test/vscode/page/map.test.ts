import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import type { OpenEditor } from '../harness/open.ts';
import { activeTab, runCommand, screenshot, webviewFrame } from '../harness/page.ts';
import { openSlipway } from './slipway.ts';

/** In the page: where a hover names a file, in pixels of the plane; looked for in steps smaller than a dot's reach. */
const findDot = (file: string): string => `(() => {
  const plane = document.getElementById('plane');
  const { left, top, width, height } = plane.getBoundingClientRect();
  const tip = document.getElementById('tip');
  for (let y = 8; y < height; y += 8) {
    for (let x = 8; x < width; x += 8) {
      plane.dispatchEvent(new PointerEvent('pointermove', { clientX: left + x, clientY: top + y }));
      if (!tip.hidden && tip.querySelector('strong').textContent === ${JSON.stringify(file)}) return { x, y };
    }
  }
})()`;

interface Spot {
  readonly x: number;
  readonly y: number;
}

describe('the map', () => {
  let editor: OpenEditor;
  let map: FrameLocator;

  before(async () => {
    editor = await openSlipway();
    map = webviewFrame(editor.page, { purpose: 'webviewPanel' });
    await runCommand(editor.page, 'Nearby: Show Map');
    await map.locator('#plane').waitFor();
  });
  after(() => editor.stop());

  it('shows every file, in the colours of the theme', async () => {
    assert.match((await map.locator('#plane').getAttribute('aria-label')) ?? '', /^Map of \d+ files and \d+ chunks$/);
    await screenshot(editor.page, 'map-dark');
    for (const theme of ['light', 'high-contrast', 'high-contrast-light'] as const) {
      await editor.setTheme(theme);
      await screenshot(editor.page, `map-${theme}`);
    }
    await editor.setTheme('dark');
  });

  it('names a file under the pointer, and a click opens it beside', async () => {
    const at = await map.locator('#plane').evaluate<Spot | undefined, undefined>(findDot('retry.ts'), undefined);
    assert.ok(at, 'no dot is retry.ts');
    await map.locator('#plane').hover({ position: at });
    await map.locator('#tip').getByText('src/http').waitFor();
    await screenshot(editor.page, 'map-hover');
    await map.locator('#plane').click({ position: at });
    await editor.page.locator('.tab').filter({ hasText: 'retry.ts' }).waitFor();
    await activeTab(editor.page, 'Map').waitFor();
  });

  it('lights the results of a query, and puts the lights out', async () => {
    await map.locator('#query').fill('wait longer after every failed attempt');
    await map
      .locator('#count')
      .getByText(/^\d+ results$/)
      .waitFor();
    await map.locator('#query').press('Enter');
    await screenshot(editor.page, 'map-lit');
    await map.locator('#query').press('Escape');
    await map.locator('#count').getByText('result').waitFor({ state: 'detached' });
  });

  it('is used by keys alone: pan, zoom, the list of what is near, open', async () => {
    await map.locator('#plane').focus();
    for (const key of ['ArrowRight', '+', '+', '-', '0', 'Enter']) await editor.page.keyboard.press(key);
    await map.locator('#places:focus').waitFor();
    await editor.page.keyboard.press('ArrowDown');
    const chosen = map.locator('#places [aria-selected=true]');
    const name = await chosen.locator('.title').innerText();
    assert.equal(await map.locator('#places').getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
    await screenshot(editor.page, 'map-list');
    await editor.page.keyboard.press('Enter');
    await activeTab(editor.page, name.replace(/:\d+$/, '')).waitFor();
    await runCommand(editor.page, 'Nearby: Show Map');
    await activeTab(editor.page, 'Map').waitFor();
  });

  it('is coloured by kind and type, hides what the legend switches off, and keeps that while it is hidden', async () => {
    await map.locator('#colour').selectOption('kind');
    const docs = map.locator('#legend').getByRole('button', { name: 'Docs' });
    await docs.click();
    await runCommand(editor.page, 'File: New Untitled Text File');
    await runCommand(editor.page, 'Nearby: Show Map');
    await map.locator('#legend').getByRole('button', { name: 'Docs', pressed: false }).waitFor();
    await docs.click();
    await map.locator('#colour').selectOption('type');
    await map.locator('#legend').getByText('.py').waitFor();
  });
});
