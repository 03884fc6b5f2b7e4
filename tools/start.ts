/**
 * npm start -- FOLDER [QUERY...]
 * With a query: builds and prints what it finds. Without: opens VS Code with this extension on the folder, in the editor
 * that is installed, or else in the browser through VS Code's server build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { root } from './editor/cache.ts';
import { stopAll } from './editor/cleanup.ts';
import { startServer } from './editor/server.ts';

const usage = 'Usage: npm start -- FOLDER [QUERY...]';
const wrongUse = 2;

process.exitCode = await start(process.argv.slice(2));

async function start([named, ...words]: readonly string[]): Promise<number> {
  if (named === undefined) return say(usage, wrongUse);
  // npm runs this in the package's folder; the name is relative to where it was typed.
  const folder = resolve(process.env['INIT_CWD'] ?? '.', named);
  if (!existsSync(folder)) return say(`There is no folder ${folder}.`, wrongUse);
  if (!statSync(folder).isDirectory()) return say(`${folder} is not a folder.`, wrongUse);

  const built = spawnSync(process.execPath, ['esbuild.js'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (built.status !== 0) return say('The build failed.', 1);

  if (words.length > 0) return run(process.execPath, ['dist/cli.js', 'search', folder, words.join(' ')]);
  const code = installedCode();
  if (code !== undefined && hasDisplay())
    return run(code, ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, folder]);
  return serve(folder);
}

async function serve(folder: string): Promise<number> {
  const server = await startServer({ folder, extension: root, tell: console.log });
  console.log(`VS Code with Nearby is at\n\n  ${server.url}\n\nCtrl+C ends it.`);
  await server.ended;
  await stopAll();
  return say(`VS Code's server ended:\n${server.log()}`, 1);
}

/** Runs a program in the terminal and returns its exit code. */
async function run(command: string, args: readonly string[]): Promise<number> {
  const shell = process.platform === 'win32' && command.endsWith('.cmd');
  const quoted = shell ? args.map((arg) => `"${arg}"`) : args;
  const child = spawn(shell ? `"${command}"` : command, quoted, { cwd: root, stdio: 'inherit', shell });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

function installedCode(): string | undefined {
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
}

function say(line: string, code: number): number {
  console.error(line);
  return code;
}
