/**
 * The tests in a real VS Code: first those inside its extension host, then those that drive its window, and when asked for
 * those that do so with the extension packed and installed.
 *   node test/vscode/harness/run.ts [suite|page|packed] [--grep TEXT] [--pictures] [--editor newest|oldest]
 * --editor oldest: in the oldest VS Code that Nearby is for. --pictures puts the README's pictures, taken on the way, into
 * docs/pictures.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../../tools/editor/cache.ts';
import { editorVariable } from '../../../tools/editor/install.ts';
import { eventsVariable, grepVariable, picturesVariable } from './events.ts';
import { openEditor } from './open.ts';
import { EventPrinter } from './report.ts';

const suiteLimitMs = 300_000;
const pageTestLimitMs = 90_000;

const { values, positionals } = parseArgs({
  options: {
    grep: { type: 'string' },
    pictures: { type: 'boolean', default: false },
    editor: { type: 'string' },
  },
  allowPositionals: true,
});
if (values.editor) process.env[editorVariable] = values.editor;
const only = positionals[0];
let good = true;
const isAsked = (part: string): boolean => only === undefined || only === part;
if (isAsked('suite')) good = await runSuite(values.grep);
if (isAsked('page')) good = (await runPageTests('page', values.grep, values.pictures)) && good;
if (only === 'packed') good = (await runPageTests('packed', values.grep, false)) && good;
process.exitCode = good ? 0 : 1;

async function runSuite(grep: string | undefined): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'nearby-events-'));
  const events = join(folder, 'events.jsonl');
  const printer = new EventPrinter(events);
  let ended: (how: string) => void = () => undefined;
  const end = new Promise<string>((resolve) => (ended = resolve));
  const timer = setTimeout(() => ended(`it took more than ${suiteLimitMs / 1000} s`), suiteLimitMs);
  let why: string;
  try {
    const editor = await openEditor({
      tests: join(root, 'dist/test/vscode/index'),
      env: { [eventsVariable]: events, [grepVariable]: grep },
      ended: (code) => ended(`the extension host ended with code ${code}`),
    });
    why = `${await end}\n${editor.console.filter(isTelling).join('\n')}`;
    await editor.stop();
  } catch (error) {
    why = String(error);
  }
  clearTimeout(timer);
  const { failed } = await printer.finish(why);
  await rm(folder, { recursive: true, force: true });
  return failed === 0;
}

/** Whether a line of the console may say why the suite did not run; native modules are absent on purpose. */
function isTelling(line: string): boolean {
  return /error|fail/i.test(line) && !/spdlog|watchdog|bindings/i.test(line);
}

async function runPageTests(part: string, grep: string | undefined, pictures: boolean): Promise<boolean> {
  const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin/mocha.js');
  // Once more for what a busy machine lets slip: a key that reaches the window before what it is meant for.
  const args = ['--no-config', '--timeout', String(pageTestLimitMs), '--retries', '1'];
  args.push('--require', './test/vscode/harness/hooks.ts', '--reporter', './test/vscode/harness/reporter.ts');
  if (grep) args.push('--grep', grep);
  const child = spawn(process.execPath, ['--no-warnings', mocha, ...args, `test/vscode/${part}/**/*.test.ts`], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(pictures && { [picturesVariable]: 'yes' }) },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
