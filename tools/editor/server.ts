/** A VS Code server of its own: fresh data folder, free port, quiet settings, an extension under development. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { keep, release } from './cleanup.ts';
import { serverBuild } from './install.ts';

export type Settings = Readonly<Record<string, unknown>>;

export interface ServerOptions {
  /** A folder, or a .code-workspace file, absolute. */
  readonly folder: string;
  /** The root of the extension under development, or the VSIX of one that is installed as its users do; absolute. */
  readonly extension: string;
  /** A CommonJS module whose run() the extension host calls; then it stops. Absolute, without '.js'. */
  readonly tests?: string;
  /** User settings, over the quiet ones. */
  readonly settings?: Settings;
  /** Whether the folder is trusted from the start; otherwise VS Code asks. */
  readonly trusted?: boolean;
  /** Environment of the extension host, over this process's own. `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears what takes long. */
  readonly tell?: (line: string) => void;
}

export interface Server {
  /** Opens the folder, with the extension, in any browser on this machine. */
  readonly url: string;
  /** Settings, state and logs. Removed by `stop`. */
  readonly data: string;
  /** The user settings that it started with. */
  readonly settings: Settings;
  /** Resolves when the server ends although nobody stopped it. */
  readonly ended: Promise<void>;
  /** What the server wrote so far. */
  log(): string;
  /** Installs a VSIX, absolute, in place of another version of it; windows take it up when they are loaded again. */
  install(vsix: string): Promise<void>;
  /** Ends the server, its extension host and whatever that started. */
  stop(): Promise<void>;
}

/** No welcome page, tips, recommendations, update checks, source control or assistant. */
const quietSettings: Settings = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'extensions.webWorker': false,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const builtIn = 'built-in';

const startLimitMs = 60_000;
const stopLimitMs = 3_000;
/** Loaded into the server: ends its process group when whoever started it is gone, even by SIGKILL. Not inherited. */
const endWithParent = `data:text/javascript,
  process.execArgv.length = 0;
  process.on('disconnect', () => process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL'));`;

/** Starts a server and resolves when it listens. Rejects with its output when it does not. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const build = await serverBuild(options.tell);
  const data = await mkdtemp(join(tmpdir(), 'vscode-server-'));
  const settings = { ...quietSettings, ...options.settings };
  await writeSettings(data, settings);
  // VS Code takes whatever lies inside the extension under development for a part of it, the first of its own themes for
  // the one to show: where the build lies there, its extensions have to be reached by another path.
  await symlink(join(build, 'extensions'), join(data, builtIn), 'junction');
  if (isPacked(options.extension)) await install(build, data, options.extension);
  const port = await freePort();
  const child = launch(build, data, port, options);
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));

  let stopping = false;
  const running = {
    kill: () => {
      killGroup(child, 'SIGKILL');
      rmSync(data, { recursive: true, force: true, maxRetries: 3 });
    },
    stop: async () => {
      stopping = true;
      await end(child);
      await rm(data, { recursive: true, force: true, maxRetries: 5 });
      release(running);
    },
  };
  keep(running);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      if (!stopping) resolve();
    });
  });
  try {
    await listening(child, () => log);
  } catch (error) {
    await running.stop();
    throw error;
  }
  const installed = (vsix: string): Promise<void> => install(build, data, vsix);
  return { url: address(port, options), data, settings, ended, log: () => log, install: installed, stop: running.stop };
}

const isPacked = (extension: string): boolean => extension.endsWith('.vsix');

async function install(build: string, data: string, vsix: string): Promise<void> {
  const args = [
    '--install-extension',
    vsix,
    '--server-data-dir',
    data,
    '--builtin-extensions-dir',
    join(data, builtIn),
  ];
  const env = { ...outsideEditor(), EXTENSIONS_GALLERY: '{}' };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [join(build, 'out/server-main.js'), ...args, '--accept-server-license-terms'],
    { env },
  );
  if (!stdout.includes('was successfully installed')) throw new Error(`${vsix} was not installed:\n${stdout}${stderr}`);
}

function launch(build: string, data: string, port: number, options: ServerOptions): ChildProcess {
  const main = join(build, 'out/server-main.js');
  const args = ['--host', '127.0.0.1', '--port', String(port), '--server-data-dir', data];
  args.push('--builtin-extensions-dir', join(data, builtIn));
  args.push('--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off');
  args.push('--enable-smoke-test-driver', '--force-disable-user-env', '--disable-getting-started-override');
  args.push('--disable-update-check');
  if (options.trusted ?? true) args.push('--disable-workspace-trust');
  // In a process group of its own, so that it can be ended together with all that it starts.
  return spawn(process.execPath, ['--import', endWithParent, main, ...args], {
    detached: process.platform !== 'win32',
    env: { ...outsideEditor(), EXTENSIONS_GALLERY: '{}', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** The environment without what a terminal inside VS Code adds. */
function outsideEditor(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$)/.test(name)));
}

async function writeSettings(data: string, settings: Settings): Promise<void> {
  const user = join(data, 'data', 'User');
  await mkdir(user, { recursive: true });
  await writeFile(join(user, 'settings.json'), JSON.stringify(settings, null, 2));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function listening(child: ChildProcess, log: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (how: string): void => reject(new Error(`VS Code's server ${how}:\n${log()}`));
    const timer = setTimeout(() => fail(`did not listen within ${startLimitMs / 1000} s`), startLimitMs);
    const look = (): void => {
      if (!log().includes('Extension host agent listening on')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', look);
    child.once('error', (error) => fail(`did not start (${error.message})`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended (${String(signal ?? code)})`);
    });
  });
}

function address(port: number, { folder, extension, tests }: ServerOptions): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${pathToFileURL(path).pathname}`;
  const payload = [
    ...(isPacked(extension) ? [] : [['extensionDevelopmentPath', remote(extension)]]),
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    const timer = setTimeout(() => killGroup(child, 'SIGKILL'), stopLimitMs);
    killGroup(child, 'SIGTERM');
    await exited;
    clearTimeout(timer);
  }
  killGroup(child, 'SIGKILL'); // what outlived the server
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
