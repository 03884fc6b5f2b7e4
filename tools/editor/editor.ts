/** The real VS Code in a real browser: a server of its own and a page that shows it. */
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { keep, release } from './cleanup.ts';
import { startServer, type Server, type ServerOptions, type Settings } from './server.ts';

export type Theme = 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';

export interface EditorOptions extends ServerOptions {
  /** 'dark' when not given. */
  readonly theme?: Theme;
  /** Of the window, in CSS pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Device pixels to a CSS pixel: 2 for sharp pictures. */
  readonly scale?: number;
  /** What VS Code takes for its language; its own texts stay English without a language pack. 'en' when not given. */
  readonly language?: string;
  /** Called when the extension host has run `tests`, with the exit code. */
  readonly ended?: (code: number) => void;
}

export interface Editor {
  readonly page: Page;
  readonly server: Server;
  /** What the page wrote to its console. */
  readonly console: readonly string[];
  /** Changes user settings, the theme among them; those set before stay. */
  set(settings: Settings): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  /** Ends the browser and the server. */
  stop(): Promise<void>;
}

/** By the names that old releases have for them and new ones still understand. */
const themes: Record<Theme, { readonly name: string; readonly class: string }> = {
  light: { name: 'Default Light Modern', class: 'vs' },
  dark: { name: 'Default Dark Modern', class: 'vs-dark' },
  'high-contrast': { name: 'Default High Contrast', class: 'hc-black' },
  'high-contrast-light': { name: 'Default High Contrast Light', class: 'hc-light' },
};

const workbenchLimitMs = 90_000;

/**
 * In the page, through its own file service: the window does not watch its settings file on the disk. Services are told by
 * what they offer, since builds of old releases shorten the names that the driver has for them.
 */
const writeUserSettings = `async (text) => {
  const services = Object.values(globalThis.driver);
  const home = services.find((service) => service?.userRoamingDataHome).userRoamingDataHome;
  const fileService = services.find((service) => service?.writeFile);
  const file = home.with({ path: home.path + '/settings.json' });
  const { value } = await fileService.readFile(file);
  await fileService.writeFile(file, value.constructor.fromString(text));
}`;

/** In the page, once the driver is there: old releases refuse to show a dialog while they know that they are driven. */
const allowDialogs = `{
  const environment = Object.values(globalThis.driver).find((service) => service?.userRoamingDataHome);
  Object.defineProperty(environment, 'enableSmokeTestDriver', { value: false });
}`;

/** Entries of the status bar that only a browser has; pictures are of the editor as people know it. */
const browserOnly = '#status\\.workbench\\.keyboardLayout, #status\\.forwardedPorts { display: none !important }';

/** In the page, before VS Code's own messages set it to theirs. */
function setLanguage(language: string): void {
  Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => language, set: () => undefined });
}

/** Resolves when the window is up and restored; the extension host may still be starting. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const initial = { ...themeSettings(options.theme ?? 'dark'), ...options.settings };
  const server = await startServer({ ...options, settings: initial });
  let settings = server.settings;
  let browser: Browser | undefined;
  const running = {
    kill: () => undefined, // playwright kills its browser at exit
    stop: async () => {
      release(running);
      await Promise.allSettled([browser?.close(), server.stop()]);
    },
  };
  keep(running);
  try {
    browser = await launchBrowser();
    const viewport = options.size ?? { width: 1400, height: 900 };
    const context = await browser.newContext({ viewport, deviceScaleFactor: options.scale ?? 1, locale: 'en-US' });
    if (options.language) await context.addInitScript(setLanguage, options.language);
    const page = await context.newPage();
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    if (options.ended) await page.exposeFunction('codeAutomationExit', options.ended);
    await page.goto(server.url);
    await restored(page, () => [...lines, server.log()].join('\n'));
    await page.addStyleTag({ content: browserOnly });

    const set = async (changes: Settings): Promise<void> => {
      settings = { ...settings, ...changes };
      await page.evaluate(`(${writeUserSettings})(${JSON.stringify(JSON.stringify(settings, null, 2))})`);
    };
    const setTheme = async (theme: Theme): Promise<void> => {
      await set(themeSettings(theme));
      await page.locator(`.monaco-workbench.${themes[theme].class}`).waitFor();
    };
    return { page, server, console: lines, set, setTheme, stop: running.stop };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function themeSettings(theme: Theme): Settings {
  return { 'workbench.colorTheme': themes[theme].name, 'window.autoDetectColorScheme': false };
}

async function restored(page: Page, log: () => string): Promise<void> {
  try {
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: workbenchLimitMs });
    await page.waitForFunction('globalThis.driver', undefined, { timeout: workbenchLimitMs });
    await page.evaluate('globalThis.driver.whenWorkbenchRestored()');
    await page.evaluate(allowDialogs);
  } catch (error) {
    throw new Error(`VS Code's window did not come up:\n${log()}`, { cause: error });
  }
}
