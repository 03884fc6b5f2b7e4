/** How long the editor says that the extension took to activate, in windows opened one after another. */
import { openEditor } from '../vscode/harness/open.ts';
import { runCommand } from '../vscode/harness/page.ts';
import { build } from './build.ts';
import { median, within, type Section, type Settings } from './figures.ts';

const windows = 3;
const displayName = 'Nearby';
const limitMs = 60_000;
/** Milliseconds. */
const bar = 50;

export async function activation({ say }: Settings): Promise<Section> {
  await build();
  const times: number[] = [];
  for (let i = 1; i <= windows; i++) {
    say(`activation: window ${i} of ${windows}`);
    times.push(await activationTime());
  }
  const value = median(times);
  return {
    figures: [{ name: 'loading and activating, as the editor tells it', value, unit: 'ms', ...within(value, bar) }],
    detail: { times },
  };
}

/** Milliseconds, out of the editor's own list of the extensions that run: loading of the code and the call of `activate`. */
async function activationTime(): Promise<number> {
  const editor = await openEditor();
  const { page } = editor;
  try {
    await runCommand(page, 'Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: displayName });
    const told = row.locator('.activation-time', { hasText: /\d+ms/ });
    const text = await told.first().innerText({ timeout: limitMs });
    const [, ms] = /(\d+)ms/.exec(text) ?? [];
    return Number(ms);
  } finally {
    await editor.stop();
  }
}
