/** What a user does in VS Code's window. Every function waits for its outcome; none sleeps. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../../../tools/editor/cache.ts';
import { picturesVariable } from './events.ts';
import { screenshots } from './open.ts';

/** Screenshots that the README shows. */
const pictures = ['palette-preview', 'map-lit'];
const picturesFolder = join(root, 'docs/pictures');

/** For what needs the extension host, which comes up some seconds after the window. */
const hostLimitMs = 60_000;
/** For what the window does by itself. */
const windowLimitMs = 15_000;
/** How long a list may take to show what was typed before it is asked anew. */
const listLimitMs = 3_000;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const exactly = (text: string): RegExp => new RegExp(`^\\s*${escaped(text)}\\s*$`);

/** The input of the quick pick or input box that is open. */
export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget:visible .quick-input-box input');
}

/** The rows that the open quick pick shows; only those scrolled into view are in the page. */
export function quickPickRows(page: Page): Locator {
  return page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
}

/** The row of the open quick pick whose label is exactly `label`. */
export function quickPickRow(page: Page, label: string): Locator {
  const name = page.locator('.quick-input-list-label .label-name, .label-name').filter({ hasText: exactly(label) });
  return quickPickRows(page).filter({ has: name }).first();
}

/** Replaces what stands in the open quick pick or input box. */
export async function typeInQuickPick(page: Page, text: string): Promise<void> {
  await quickInput(page).fill(text, { timeout: windowLimitMs });
}

/** Runs a command as people do. `title` is as the palette shows it, with its category: `Nearby: Search`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await chooseFrom(page, 'F1', `>${title}`, quickPickRow(page, title));
}

/** Opens a file of the folder and waits until its tab is the active one. `path` is relative, `line` 1-based. */
export async function openFile(page: Page, path: string, line?: number): Promise<void> {
  const row = quickPickRows(page)
    .filter({ hasText: basename(path) })
    .first();
  await chooseFrom(page, 'ControlOrMeta+P', line === undefined ? path : `${path}:${line}`, row);
  await activeTab(page, basename(path)).waitFor({ timeout: windowLimitMs });
}

/**
 * Does `act` until `outcome` is there, as people do: a key pressed in the same moment as the focus moves may reach what
 * had it before, and the extensions hear of another editor a moment after the window shows it.
 * @param state what is waited for; 'visible' when not given
 */
export async function until(
  act: () => Promise<unknown>,
  outcome: Locator,
  { state = 'visible', limitMs = windowLimitMs }: { state?: 'visible' | 'detached'; limitMs?: number } = {},
): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    await act();
    try {
      await outcome.waitFor({ state, timeout: listLimitMs });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** Chooses `label` from the menu that is open, by the keyboard: a menu takes no click in its first moments. */
export async function chooseInMenu(page: Page, label: string): Promise<void> {
  await page.locator('.monaco-menu').getByText(label).hover();
  await page.locator('.monaco-menu .action-item.focused').getByText(label).waitFor();
  await page.keyboard.press('Enter');
}

/** Chooses `label` from the context menu of `target`, which must be in the window itself, not in a webview. */
export async function chooseFromMenu(page: Page, target: Locator, label: string): Promise<void> {
  await target.click({ button: 'right' });
  const item = page.locator('.monaco-menu .action-label').filter({ hasText: exactly(label) });
  await item.waitFor({ timeout: windowLimitMs });
  const end = Date.now() + windowLimitMs;
  // VS Code ignores a click that comes too soon after the menu.
  while (await item.isVisible()) {
    if (Date.now() > end) throw new Error(`The menu with "${label}" stays open`);
    await item.click({ timeout: listLimitMs }).catch(() => undefined);
    await item.waitFor({ state: 'hidden', timeout: 500 }).catch(() => undefined);
  }
}

/** The tab of the editor that has the focus, when its label is `name`. */
export function activeTab(page: Page, name: string): Locator {
  return page.locator('.editor-group-container.active .tab.active').filter({ hasText: name });
}

/** The toasts that are shown, each with its text. */
export function notifications(page: Page): Locator {
  return page.locator('.notifications-toasts .notification-list-item-message');
}

/**
 * The message with `text`, in the list of notifications, which is left open: toasts come and go. The list is opened anew
 * until the message is there, for it closes by itself as soon as it is empty.
 */
export async function listedNotification(page: Page, text: string): Promise<Locator> {
  const list = page.locator('.notifications-center .notification-list-item-message');
  const message = list.filter({ hasText: text }).first();
  await until(() => runCommand(page, 'Notifications: Show Notifications'), message, { limitMs: hostLimitMs });
  return message;
}

/** An entry of the status bar by a part of its text. */
export function statusBarItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.part.statusbar .statusbar-item').filter({ hasText: text });
}

/** By its edge, as people do. @param width in pixels */
export async function resizeSideBar(page: Page, width: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) throw new Error('There is no side bar to resize.');
  const { x, y, width: before } = box;
  await page.mouse.move(x + before, y + 400);
  await page.mouse.down();
  await page.mouse.move(x + width, y + 400, { steps: 5 });
  await page.mouse.up();
}

/** Nearby's own as it is when everything can be found: no percentage, nothing that spins. */
export function readyItem(page: Page): Locator {
  return statusBarItem(page, /^\s*Nearby\s*$/).filter({ has: page.locator('.codicon-search') });
}

export interface WebviewOptions {
  /** 'nearby.nearby' when not given. */
  readonly extensionId?: string;
  /** A webview in a side bar or panel, or one in an editor. */
  readonly purpose?: 'webviewView' | 'customEditor' | 'webviewPanel';
}

/** The document of an extension's visible webview: use it like a page, `frame.locator(...)`; it waits by itself. */
export function webviewFrame(page: Page, options: WebviewOptions = {}): FrameLocator {
  const { extensionId = 'nearby.nearby', purpose } = options;
  const wanted = [`[src*="extensionId=${extensionId}"]`];
  if (purpose === 'webviewView') wanted.push(`[src*="purpose=webviewView"]`);
  else if (purpose) wanted.push(`:not([src*="purpose=webviewView"])`);
  return page.frameLocator(`iframe.webview.ready${wanted.join('')}`).frameLocator('iframe#active-frame');
}

/** Saves the window to .vscode-test/screenshots/NAME.png and returns that path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const path = join(screenshots, `${name}.png`);
  const png = await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  if (pictures.includes(name)) keepPicture(`${name}.png`, png);
  return path;
}

/** Puts a picture among those of the README, when that is asked for. */
export function keepPicture(file: string, bytes: Uint8Array): void {
  if (!process.env[picturesVariable]) return;
  mkdirSync(picturesFolder, { recursive: true });
  writeFileSync(join(picturesFolder, file), bytes);
}

/**
 * Opens a quick pick with `key`, types `text` and chooses `row`. Asks anew until `row` is there: a list that was opened
 * before the extensions were known does not learn of them, and an editor that is still opening takes the focus and with
 * it closes the list.
 */
async function chooseFrom(page: Page, key: string, text: string, row: Locator): Promise<void> {
  const end = Date.now() + hostLimitMs;
  for (;;) {
    await page.keyboard.press(key);
    try {
      await quickInput(page).fill(text, { timeout: listLimitMs });
      await row.click({ timeout: listLimitMs });
      return;
    } catch (error) {
      if (Date.now() > end) {
        const shown = (await quickPickRows(page).allInnerTexts()).map((each) => each.replace(/\s+/g, ' ')).join(' | ');
        throw new Error(`"${text}" is not in the list, which shows: ${shown || 'nothing'}`, { cause: error });
      }
      if (await quickInput(page).isVisible()) await page.keyboard.press('Escape');
      await quickInput(page).waitFor({ state: 'hidden', timeout: windowLimitMs });
    }
  }
}
