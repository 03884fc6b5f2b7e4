/** How long the editor says that the extension took to activate, in windows opened one after another. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../core/temp.ts';
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
  const clock = join(tempFolder(), 'own.txt');
  const restore = timed(await build(), clock);
  const times: number[] = [];
  try {
    for (let i = 1; i <= windows; i++) {
      say(`activation: window ${i} of ${windows}`);
      times.push(await activationTime());
    }
  } finally {
    restore();
  }
  const own = readFileSync(clock, 'utf8').trim().split('\n').map(Number);
  const value = median(times);
  return {
    figures: [
      { name: 'loading and activating, as the editor tells it', value, unit: 'ms', ...within(value, bar) },
      { name: 'of that, what our code runs; the editor waits for the rest', value: median(own), unit: 'ms' },
    ],
    detail: { times, own },
  };
}

/**
 * Puts a script in the place of the extension's that notes for each start how many milliseconds the extension ran, loading
 * and activating together. @returns what takes that back
 */
function timed(dist: string, clock: string): () => void {
  const script = join(dist, 'extension.js');
  const itself = join(dist, 'extension-itself.js');
  renameSync(script, itself);
  const lines = [
    `const began = performance.now();`,
    `const extension = require('./extension-itself.js');`,
    `const loading = performance.now() - began;`,
    `exports.deactivate = extension.deactivate;`,
    `exports.activate = (context) => {`,
    `  const began = performance.now();`,
    `  const api = extension.activate(context);`,
    `  const ran = loading + performance.now() - began;`,
    `  require('node:fs').appendFileSync(${JSON.stringify(clock)}, ran.toFixed(1) + '\\n');`,
    `  return api;`,
    `};`,
  ];
  writeFileSync(script, lines.join('\n'));
  return () => renameSync(itself, script);
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
