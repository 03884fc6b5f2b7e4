/** VS Code's server build, from the npm package code-server: fetched once, without what nothing here uses. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cached } from './cache.ts';

/** Releases of code-server; that of 4.103 holds VS Code 1.103. */
const releases: Readonly<Record<string, { readonly version: string; readonly sha512: string }>> = {
  newest: {
    version: '4.139.1',
    sha512: 'fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  },
  /** The oldest on npm that `engines` in package.json admits. */
  oldest: {
    version: '4.103.2',
    sha512: 'dbYFASiePozmAfA2e3BYE7r83CdZ7LMDEAzKhLVRJwFbnd4zAaFlsxvBNrLAkunDJUaEqbtawsBfbtDZu6SXnQ==',
  },
};

/** The environment variable that says which of them to use; the newest when absent. */
export const editorVariable = 'NEARBY_TEST_EDITOR';

const inPackage = 'package/lib/vscode';

/** Extensions of VS Code that are large or need what the package lacks, and that nothing activates here. */
const extensionsLeftOut = [
  'copilot',
  'debug-auto-launch',
  'github',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
  'terminal-suggest',
  'tunnel-forwarding',
];

/** Dependencies that the server loads only for assistants, dev containers, single sign-on or Windows. */
const dependenciesLeftOut = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  '@xterm/addon-ligatures',
  'kerberos',
  'ssh2',
];

/** Keys of product.json that would make the editor look for something on the network or advertise an assistant. */
const productKeysLeftOut = ['extensionsGallery', 'defaultChatAgent'];

/** Goes into the name of the build: another one is fetched when something else is left out. */
const revision = createHash('sha256')
  .update(JSON.stringify([extensionsLeftOut, dependenciesLeftOut, productKeysLeftOut]))
  .digest('hex')
  .slice(0, 8);

/** npm's settings that an enclosing npm script hands down and that would change what is fetched here. */
const npmSettingsLeftOut =
  /^npm_config_(dry_run|global|include|json|local_prefix|location|offline|omit|only|package_lock|prefix|production|workspaces?)$/i;

const run = promisify(execFile);

/** The folder of the server build. The first call of all fetches it: some 100 MB, half a minute. */
export async function serverBuild(tell: (line: string) => void = () => undefined): Promise<string> {
  const age = process.env[editorVariable] ?? 'newest';
  const release = releases[age];
  if (!release) throw new Error(`There is no ${age} editor; there are ${Object.keys(releases).join(' and ')}.`);
  const { version, sha512 } = release;
  return cached(`server-${version}-${revision}`, async (folder) => {
    tell("Getting VS Code's server build from npm, once ...");
    const start = Date.now();
    await npm(['pack', `code-server@${version}`, '--silent', '--pack-destination', folder], folder);
    const archive = join(folder, `code-server-${version}.tgz`);
    await verify(archive, sha512);
    const excluded = extensionsLeftOut.map((name) => `--exclude=${inPackage}/extensions/${name}`);
    await run('tar', ['-xzf', archive, '-C', folder, '--strip-components=3', ...excluded, inPackage]);
    await rm(archive);
    await leaveOut(folder);
    // Its lock file was written with --legacy-peer-deps and is out of step without it.
    const flags = [
      '--ignore-scripts',
      '--omit=dev',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    await npm(['ci', ...flags], folder);
    await addRipgrep(folder);
    tell(`Got it in ${((Date.now() - start) / 1000).toFixed(0)} s.`);
  });
}

/** Old releases get ripgrep, which finds files, by a script of its package; scripts are not run here, so it gets ours. */
async function addRipgrep(folder: string): Promise<void> {
  const ripgrep = join(folder, 'node_modules/@vscode/ripgrep');
  if (!existsSync(ripgrep)) return;
  const { rgPath } = await import('@vscode/ripgrep');
  await cp(rgPath, join(ripgrep, 'bin', basename(rgPath)));
}

async function verify(archive: string, sha512: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const found = hash.digest('base64');
  if (found !== sha512) throw new Error(`${archive} has sha512 ${found}, not ${sha512}`);
}

interface PackageJson {
  readonly dependencies?: Record<string, string>;
  /** In a lock file: what is installed, by path; '' is the package itself. */
  readonly packages?: Record<string, PackageJson>;
}

/** Takes the unneeded dependencies out of package.json and of the lock file, and the network out of product.json. */
async function leaveOut(folder: string): Promise<void> {
  for (const file of ['package.json', 'npm-shrinkwrap.json'])
    await edit(join(folder, file), ({ dependencies = {}, packages = {} }) => {
      for (const name of dependenciesLeftOut) {
        Reflect.deleteProperty(dependencies, name);
        Reflect.deleteProperty(packages['']?.dependencies ?? {}, name);
        const own = `node_modules/${name}`;
        for (const path of Object.keys(packages))
          if (path === own || path.startsWith(`${own}/`)) Reflect.deleteProperty(packages, path);
      }
    });
  await edit(join(folder, 'product.json'), (product) => {
    for (const key of productKeysLeftOut) Reflect.deleteProperty(product, key);
  });
  // Without the compiler, which is not in the package, it complains at the first file; absent, it is started elsewhere.
  await edit(join(folder, 'extensions/typescript-language-features/package.json'), (manifest) => {
    for (const key of ['activationEvents', 'browser', 'contributes']) Reflect.deleteProperty(manifest, key);
  });
}

async function edit(file: string, change: (content: PackageJson) => void): Promise<void> {
  const content = JSON.parse(await readFile(file, 'utf8')) as PackageJson;
  change(content);
  await writeFile(file, JSON.stringify(content, null, 2));
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const cli = process.env['npm_execpath'];
  const own = cli?.endsWith('npm-cli.js') ? cli : undefined;
  const command = own ? process.execPath : 'npm';
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !npmSettingsLeftOut.test(name)));
  try {
    await run(command, own ? [own, ...args] : [...args], { cwd, env, shell: !own && process.platform === 'win32' });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').slice(0, 12).join('\n');
    throw new Error(`npm ${args[0] ?? ''} failed in ${cwd}: ${said ?? String(error)}`, {
      cause: said ? undefined : error,
    });
  }
}
