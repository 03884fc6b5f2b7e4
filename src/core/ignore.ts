/**
 * Which files are left out, and the rule that says so. The strongest rule comes first:
 *   version control folders, the caller's globs (those to leave out, then those to include), `.nearbyignore`, what nobody
 *   wants (built in), `.ignore`, `.gitignore`, `.git/info/exclude`, git's global excludes file.
 * Within a kind of file the nearest folder wins, and within a file the last line. As in git, a rule decides on a file or
 * folder by its own path, and nothing below a folder that is left out can come back, but for what a glob includes.
 */
import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { compileGlob, IGNORE_CASE } from './glob.ts';
import { IncludeGlobs } from './include.ts';
import { readBytes } from './read.ts';
import { say, spoken } from './say.ts';
import type { ExcludeSetting, Rule, SkipCode, Skipped } from './types.ts';

/** A glob with the meaning it has in VS Code's settings, relative to the indexed folder. */
export interface ExcludeGlob {
  readonly glob: string;
  /** Where the user wrote it. */
  readonly setting: ExcludeSetting;
}

/** Bytes. A larger ignore file is reported and not followed; git's own limit is 100 MB. */
const MAX_IGNORE_FILE = 8 * 1024 * 1024;
/** Characters. Longer than any path on the systems we run on, so such a line matches nothing. */
const MAX_PATTERN = 4096;
/** Answers that the `ignore` library may remember for one set of patterns. */
const MAX_REMEMBERED = 4096;

const GIT_IGNORE = '.gitignore';
const PLAIN_IGNORE = '.ignore';
const NEARBY_IGNORE = '.nearbyignore';
const IGNORE_FILES: readonly string[] = [GIT_IGNORE, PLAIN_IGNORE, NEARBY_IGNORE];

/** A folder that holds one of these files is left out. */
const MARKERS: ReadonlyMap<string, (back: string) => string> = new Map([
  [
    'pyvenv.cfg',
    (back) => say('Left out because it is a Python virtual environment (it holds a pyvenv.cfg). {0}', back),
  ],
  ['CACHEDIR.TAG', (back) => say('Left out because it is a cache (it holds a CACHEDIR.TAG). {0}', back)],
]);

/** Names whose presence in a folder changes what is left out in it. */
const CONTROL_FILES: ReadonlySet<string> = new Set(['.git', ...IGNORE_FILES, ...MARKERS.keys()]);

const VERSION_CONTROL: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj']);

/** Folders nobody wants in a search, whatever the project. Ambiguous names (build, dist, target, vendor) are not here. */
const FOLDERS: ReadonlyMap<string, (name: string, back: string) => string> = new Map([
  ...['node_modules', 'bower_components', 'jspm_packages', '.pnpm-store', '.eggs'].map(
    (name) => [name, holdsPackages] as const,
  ),
  ...[
    ...['__pycache__', '.tox', '.nox', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.nyc_output', '.gradle'],
    ...['.terraform', '.dart_tool', '.next', '.nuxt', '.svelte-kit', '.turbo', '.parcel-cache'],
  ].map((name) => [name, holdsOutput] as const),
]);

function holdsPackages(name: string, back: string): string {
  return say('Left out because {0} holds installed packages. {1}', name, back);
}

function holdsOutput(name: string, back: string): string {
  return say('Left out because {0} holds what tools wrote. {1}', name, back);
}

const LOCK_FILES: ReadonlySet<string> = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock'],
  ...['Cargo.lock', 'poetry.lock', 'uv.lock', 'pdm.lock', 'pixi.lock', 'Pipfile.lock', 'Gemfile.lock', 'composer.lock'],
  ...['go.sum', 'mix.lock', 'pubspec.lock', 'Podfile.lock', 'Package.resolved', 'packages.lock.json', 'flake.lock'],
  ...['gradle.lockfile', 'stack.yaml.lock'],
]);

/** What a Search Editor saves: copies of places, with the words that they were found by. VS Code's own search leaves them out. */
const SAVED_RESULTS = '.code-search';

/** Names of files that exist to hold passwords or keys. What may as well be code or docs (settings.py, *.asc) is not here. */
const SECRETS: readonly RegExp[] = [
  // What a program is given in its environment.
  /^\.env(?:rc|\..+)?$/iu,
  /\.env$/iu,
  /^(?:\.renviron|\.dev\.vars|local\.settings\.json)$/iu,
  // Keys and stores of keys.
  /\.(?:pem|key|p8|p12|pfx|pkcs12|ppk|jks|bks|keystore|kdbx?|keychain(?:-db)?|ovpn)$/iu,
  /^id_(?:rsa|dsa|ecdsa|ed25519)[^.]*(?:\.(?:pub|old|bak|key|priv))?$/iu,
  /^ssh_host_\w+_key$/iu,
  // Where tools keep how they sign in.
  /^(?:\.npmrc|[._]netrc|\.pypirc|\.git-credentials|\.dockercfg|\.dockerconfigjson|\.terraformrc|terraform\.rc)$/iu,
  /^(?:\.pgpass|pgpass\.conf|\.my(?:login)?\.cnf|\.s3cfg|\.boto|rclone\.conf|\.databrickscfg|\.smbcredentials)$/iu,
  /^(?:\.ht(?:passwd|digest)|\.msmtprc|\.fetchmailrc|\.ftpconfig|s?ftp-config\.json|\.vault[-_](?:token|pass(?:\.txt)?))$/iu,
  /^(?:kubeconfig|.+\.kubeconfig)$/iu,
  // What says of itself that it holds them.
  /^(?:credentials|\.secrets?)$/iu,
  /^(?:secrets|credentials)\.(?:json|ya?ml|toml|ini|properties|xml|csv)$/iu,
  /^(?:client_secrets?.*|service[-_]?account(?:[-_]?key)?|.+-firebase-adminsdk-.+|application_default_credentials)\.json$/iu,
  /^(?:.+_)?accesskeys\.csv$/iu,
  // What holds them in passing: the state of an infrastructure, and what was typed.
  /\.tfstate(?:\..*)?$|^terraform\.tfvars(?:\.json)?$/iu,
  /^\.\w+_history$/iu,
];
/** The same by folder and name, where the name alone is any file's. */
const SECRET_PLACES =
  /(?:^|\/)(?:\.docker\/config\.json|\.kube\/config|\.config\/(?:hub|gh\/hosts\.yml)|\.m2\/settings(?:-security)?\.xml)$/iu;
const NOT_SECRET = /^\.env\.(?:example|sample|template|dist)$|^(?:example|sample|template)\.env$/iu;

/** Whether a change of this file (a path with forward slashes) can change what is left out elsewhere. */
export function isIgnoreFile(path: string): boolean {
  return CONTROL_FILES.has(basename(path)) || path.endsWith('.git/info/exclude');
}

/** The names in a folder's listing that `FolderRules.enter` asks for. */
export function controlFiles(entries: readonly { readonly name: string; isDirectory(): boolean }[]): Set<string> {
  const isControl = (entry: (typeof entries)[number]) =>
    CONTROL_FILES.has(entry.name) && (entry.name === '.git' || !entry.isDirectory());
  return new Set(entries.filter(isControl).map((entry) => entry.name));
}

/** The same for a folder that is not being listed. */
export async function findControlFiles(folder: string): Promise<Set<string>> {
  const found = [...CONTROL_FILES].map(async (name) => {
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    return stats ? [{ name, isDirectory: () => stats.isDirectory() }] : [];
  });
  return controlFiles((await Promise.all(found)).flat());
}

interface Line {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  readonly negative: boolean;
  /** Its last part is a name without wildcards. */
  readonly literal: boolean;
}

/**
 * Patterns, the last that matches a path being sought. The `ignore` library matches them; since it settles parent folders
 * by itself, and over one file of rules only, a last pattern takes all folders back in, so that it answers for the path's
 * own sake. Patterns are kept apart by the name or extension they ask for: most paths are held against a few of them.
 */
class Patterns {
  readonly #sets = new Map<
    string,
    { patterns: { pattern: string; mark: string }[]; compiled?: Ignore; asked: number }
  >();

  /** @param name the pattern's last part when it is literal */
  add(pattern: string, index: number, name: string | undefined): void {
    const extension = name === undefined ? /\.[^.*?[\]\\/]*$/u.exec(pattern)?.[0] : undefined;
    const key = fold(name ?? (extension === undefined ? '' : `*${extension}`));
    const set = this.#sets.get(key) ?? { patterns: [], asked: 0 };
    set.patterns.push({ pattern, mark: String(index) });
    this.#sets.set(key, set);
  }

  /** The index of the last pattern that matches, -1 when none does. */
  lastMatch(path: string): number {
    const name = fold(path.slice(path.lastIndexOf('/') + 1));
    const dot = name.lastIndexOf('.');
    const keys = dot === -1 ? ['', name] : ['', name, `*${name.slice(dot)}`];
    return keys.reduce((last, key) => Math.max(last, this.#lastOf(key, path)), -1);
  }

  #lastOf(key: string, path: string): number {
    const set = this.#sets.get(key);
    if (!set) return -1;
    set.compiled ??= ignore({ ignoreCase: IGNORE_CASE }).add([...set.patterns, '!*/']);
    // The library never forgets an answer; a copy shares the compiled patterns and starts with none.
    if (++set.asked % MAX_REMEMBERED === 0) set.compiled = ignore({ ignoreCase: IGNORE_CASE }).add(set.compiled);
    return Number(set.compiled.test(path).rule?.mark ?? -1);
  }
}

/** The rules of one ignore file, matched against paths relative to its folder. */
class RuleFile {
  readonly #rules: Line[] = [];
  readonly #forFiles = new Patterns();
  readonly #forFolders = new Patterns();

  constructor(content: string) {
    for (const [at, raw] of content
      .replace(/^\ufeff/u, '')
      .split('\n')
      .entries()) {
      const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (text !== '' && !text.startsWith('#') && text.length <= MAX_PATTERN) this.#add(text, at + 1);
    }
  }

  #add(text: string, line: number): void {
    const negative = text.startsWith('!');
    const body = trimSpaces(negative ? text.slice(1) : text);
    const foldersOnly = body.endsWith('/');
    const pattern = foldersOnly ? body.slice(0, -1) : body;
    if (pattern === '') return;
    const last = pattern.slice(pattern.lastIndexOf('/') + 1);
    const literal = !/[*?[\]\\]/u.test(last);
    const index = this.#rules.push({ text: text.trimEnd(), line, negative, literal }) - 1;
    // Without its "!" a pattern may look like a comment or be negated again.
    const escaped = negative && /^[!#]/u.test(pattern) ? `\\${pattern}` : pattern;
    const name = literal ? last : undefined;
    this.#forFolders.add(escaped, index, name);
    if (!foldersOnly) this.#forFiles.add(escaped, index, name);
  }

  match(path: string, isFolder: boolean): Line | undefined {
    return this.#rules[(isFolder ? this.#forFolders : this.#forFiles).lastMatch(path)];
  }
}

/** An ignore file in force. */
interface Layer {
  readonly rules: RuleFile;
  /** As shown to the user. */
  readonly file: string;
  /** To be put before paths when the file lies above the indexed folder: `packages/app/`; '' otherwise. */
  readonly lead: string;
  /** How many characters to take off paths when the file lies below it. */
  readonly cut: number;
}

/** The ignore files in force in a folder, strongest first in each list. */
interface Layers {
  readonly nearby: readonly Layer[];
  readonly plain: readonly Layer[];
  readonly git: readonly Layer[];
}

interface Tree {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly globs: readonly (ExcludeGlob & { readonly matches: (path: string) => boolean })[];
  readonly include: IncludeGlobs;
  /** Git's global excludes file. */
  readonly global: readonly Layer[];
}

/** What is left out in one folder. Immutable: made for the root by `openRules`, for a subfolder by `enter`. */
export class FolderRules {
  /** Relative to the indexed folder, ending in '/'; '' for the indexed folder itself. */
  readonly path: string;
  /** Ignore files that could not be followed and that lie outside the folder itself (parents, git's own). */
  readonly problems: readonly Skipped[];
  /** The record of the left-out folder that this is or lies in, when only what globs include is indexed here. */
  readonly within: Skipped | undefined;
  readonly #tree: Tree;
  readonly #layers: Layers;
  readonly #ownProblems: ReadonlyMap<string, Skipped>;

  constructor(tree: Tree, path: string, layers: Layers, problems: readonly Skipped[], within?: Skipped) {
    const isOwn = (problem: Skipped) =>
      problem.path.startsWith(path) && IGNORE_FILES.includes(problem.path.slice(path.length));
    this.path = path;
    this.problems = problems.filter((problem) => !isOwn(problem));
    this.within = within;
    this.#tree = tree;
    this.#layers = layers;
    this.#ownProblems = new Map(problems.filter(isOwn).map((problem) => [problem.path, problem]));
  }

  /**
   * Whether a file or folder directly in this folder is left out by a rule; undefined when it is not, or when it is a
   * folder in which something is included. The record of a folder has a path that ends in '/' and stands for all in it.
   */
  leftOut(name: string, isFolder: boolean): Skipped | undefined {
    const skipped = this.#ruledOut(name, isFolder);
    return skipped && isFolder && this.#leadsOn(name, skipped) ? undefined : skipped;
  }

  /** The only names in a left-out subfolder that can be included; undefined when it has to be listed to know. */
  namesIn(name: string): readonly string[] | undefined {
    return this.#ruledOut(name, true) && this.#tree.include.namesIn(this.path + name);
  }

  /**
   * The rules of a subfolder, or the reason why the subfolder is left out because of what is in it.
   * @param control the subfolder's files by `controlFiles` or `findControlFiles`
   */
  async enter(name: string, control: ReadonlySet<string>): Promise<FolderRules | Skipped> {
    const path = `${this.path}${name}/`;
    const skipped = this.#ruledOut(name, true) ?? this.#marked(name, control);
    if (skipped && !this.#leadsOn(name, skipped)) return skipped;
    const { layers, problems } = await addLayers(this.#tree, this.#layers, join(this.#tree.root, path), control);
    const within = skipped && skipped !== this.within ? partly(skipped) : skipped;
    return new FolderRules(this.#tree, path, layers, problems, within);
  }

  #ruledOut(name: string, isFolder: boolean): Skipped | undefined {
    const path = this.path + name;
    const skip = (code: SkipCode, reason: string, rule?: Rule): Skipped => {
      return { path: isFolder ? `${path}/` : path, code, reason, ...(rule && { rule }) };
    };
    if (VERSION_CONTROL.has(name)) {
      const reason = say('Left out because {0} belongs to version control, which Nearby never indexes.', name);
      return skip('ignored', reason);
    }
    const exclude = this.#tree.globs.find(({ matches }) => matches(path));
    if (exclude) {
      const { glob: pattern, setting } = exclude;
      const reason = say('Left out by the pattern {0} in the setting {1}.', JSON.stringify(pattern), setting);
      return skip('ignored', reason, { kind: 'setting', setting, pattern });
    }
    if (this.within && !this.#tree.include.includes(path, false)) return this.within;
    const nearby = lastLine(this.#layers.nearby, path, isFolder);
    // A wide pattern such as "!*" must not bring back packages and secrets: only their name does.
    const builtIn = nearby?.rule.literal ? undefined : builtInReason(path, isFolder);
    let skipped: Skipped | undefined;
    if (nearby && !nearby.rule.negative) skipped = skip('ignored', ...byLine(nearby));
    else if (builtIn) skipped = skip(builtIn.code, builtIn.reason);
    else if (!nearby) {
      const found = lastLine(this.#layers.plain, path, isFolder) ?? lastLine(this.#layers.git, path, isFolder);
      if (found && !found.rule.negative) skipped = skip('ignored', ...byLine(found));
    }
    if (skipped && !this.#tree.include.includes(path, builtIn !== undefined)) return skipped;
    return isFolder ? undefined : this.#ownProblems.get(path);
  }

  /** The reason to leave a subfolder out by a file in it, unless its name brings it back. */
  #marked(name: string, control: ReadonlySet<string>): Skipped | undefined {
    const path = `${this.path}${name}/`;
    const marker = [...MARKERS].find(([file]) => control.has(file));
    const nearby = marker && lastLine(this.#layers.nearby, path.slice(0, -1), true);
    if (!marker || (nearby?.rule.negative && nearby.rule.literal)) return undefined;
    if (this.#tree.include.includes(path.slice(0, -1), true)) return undefined;
    return { path, code: 'ignored', reason: marker[1](howToBringBack(name, true)) };
  }

  /** Whether something in a subfolder that is left out is included; what Nearby itself leaves out must be named. */
  #leadsOn(name: string, { rule }: Skipped): boolean {
    if (rule?.kind === 'setting' || VERSION_CONTROL.has(name)) return false;
    return this.#tree.include.leadsInto(this.path + name, rule === undefined);
  }
}

/**
 * The rules in force in the indexed folder itself, with those of its parents when it lies within a git repository.
 * @param root absolute, without symbolic links
 * @throws NearbyError 'bad-glob' when a glob cannot be used
 */
export async function openRules(
  root: string,
  exclude: readonly ExcludeGlob[],
  include: readonly string[],
): Promise<FolderRules> {
  const config = process.env['XDG_CONFIG_HOME'] ?? '';
  const globalFile = join(config === '' ? join(homedir(), '.config') : config, 'git', 'ignore');
  const problems: Skipped[] = [];
  const global = await readLayer(root, root, globalFile, problems);
  const tree: Tree = { root, globs: exclude.flatMap(compileExclude), include: new IncludeGlobs(include), global };
  let layers: Layers = { nearby: [], plain: [], git: global };
  for (const folder of await fromRepositoryDown(root)) {
    const added = await addLayers(tree, layers, folder, await findControlFiles(folder));
    layers = added.layers;
    problems.push(...added.problems);
  }
  return new FolderRules(tree, '', layers, problems);
}

/** The folders from the root of the git repository down to `root`; only `root` when it is in none. */
async function fromRepositoryDown(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (await exists(join(folder, '.git'))) return folders;
    if (dirname(folder) === folder) return [root];
  }
}

/** Puts the ignore files of a folder on top of those in force above it. */
async function addLayers(
  tree: Tree,
  above: Layers,
  folder: string,
  control: ReadonlySet<string>,
): Promise<{ layers: Layers; problems: readonly Skipped[] }> {
  const problems: Skipped[] = [];
  const layer = (file: string) => readLayer(tree.root, folder, file, problems);
  const own = (name: string) => (control.has(name) ? layer(join(folder, name)) : []);
  const nearby = await own(NEARBY_IGNORE);
  const plain = await own(PLAIN_IGNORE);
  const gitOwn = await own(GIT_IGNORE);
  // A repository within a repository knows nothing of the outer one.
  const gitAbove = control.has('.git') ? [...(await layer(await gitExcludeFile(folder))), ...tree.global] : above.git;
  const merge = (first: readonly Layer[], rest: readonly Layer[]) => (first.length === 0 ? rest : [...first, ...rest]);
  const layers = {
    nearby: merge(nearby, above.nearby),
    plain: merge(plain, above.plain),
    git: merge(gitOwn, gitAbove),
  };
  return { layers, problems };
}

/** One ignore file whose rules apply from `folder` down; none when it does not exist or cannot be followed. */
async function readLayer(root: string, folder: string, file: string, problems: Skipped[]): Promise<Layer[]> {
  if (!(await exists(file))) return [];
  const shown = file.startsWith(root + sep) ? slashed(relative(root, file)) : file;
  const bytes = await readBytes(file, MAX_IGNORE_FILE);
  if ('skip' in bytes) {
    const isLarge = bytes.skip === 'too-large';
    const why = isLarge ? say('It is over {0} MB.', MAX_IGNORE_FILE / 1024 ** 2) : spoken(bytes.reason);
    problems.push({ path: shown, code: bytes.skip, reason: say('{0} Its rules are therefore not followed.', why) });
    return [];
  }
  const below = slashed(relative(root, folder));
  const isAbove = below === '' || below.startsWith('..');
  const lead = isAbove ? slashed(relative(folder, root)) : '';
  return [
    {
      rules: new RuleFile(bytes.toString('utf8')),
      file: shown,
      lead: lead && `${lead}/`,
      cut: isAbove ? 0 : below.length + 1,
    },
  ];
}

/** `.git/info/exclude`, found through the pointers that a worktree or a submodule has in place of the `.git` folder. */
async function gitExcludeFile(repository: string): Promise<string> {
  let git = join(repository, '.git');
  const pointer = /^gitdir: (.+)/u.exec(await firstLine(git))?.[1];
  // A path on another computer would be opened by merely looking at a folder.
  if (pointer !== undefined && !/^[\\/]{2}/u.test(pointer)) {
    git = resolve(repository, pointer);
    git = resolve(git, await firstLine(join(git, 'commondir')));
  }
  return join(git, 'info', 'exclude');
}

async function firstLine(file: string): Promise<string> {
  const bytes = await readBytes(file, MAX_PATTERN);
  return 'skip' in bytes ? '' : (bytes.toString('utf8').split(/\r?\n/u)[0] ?? '');
}

function lastLine(layers: readonly Layer[], path: string, isFolder: boolean): { rule: Line; file: string } | undefined {
  for (const { rules, file, lead, cut } of layers) {
    const rule = rules.match(cut > 0 ? path.slice(cut) : lead + path, isFolder);
    if (rule) return { rule, file };
  }
  return undefined;
}

function byLine({ rule: { text, line }, file }: { rule: Line; file: string }): [reason: string, rule: Rule] {
  const reason = say('Left out by the rule {0} in {1}, line {2}.', JSON.stringify(text), file, line);
  return [reason, { kind: 'line', file, line, pattern: text }];
}

/** The record of a folder in which something is included all the same. */
function partly(skipped: Skipped): Skipped {
  const reason = say('{0} What the setting nearby.include names in it is indexed.', skipped.reason);
  return { ...skipped, reason };
}

function builtInReason(path: string, isFolder: boolean): { code: SkipCode; reason: string } | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const back = howToBringBack(name, isFolder);
  if (isFolder) {
    const why = FOLDERS.get(name);
    return why && { code: 'ignored', reason: why(name, back) };
  }
  if (LOCK_FILES.has(name)) {
    return { code: 'ignored', reason: say('Left out because a package manager writes {0}. {1}', name, back) };
  }
  if (name.endsWith(SAVED_RESULTS)) {
    return { code: 'ignored', reason: say('Left out because {0} holds the results of a search. {1}', name, back) };
  }
  if (mayHoldSecrets(path, name)) {
    const reason = say('Left out because files named like {0} may hold passwords or keys. {1}', name, back);
    return { code: 'secret', reason };
  }
  return undefined;
}

function mayHoldSecrets(path: string, name: string): boolean {
  if (NOT_SECRET.test(name)) return false;
  return SECRETS.some((secret) => secret.test(name)) || SECRET_PLACES.test(path);
}

function howToBringBack(name: string, isFolder: boolean): string {
  const line = JSON.stringify(`!${name}${isFolder ? '/' : ''}`);
  return say('The line {0} in a .nearbyignore file brings it back.', line);
}

function compileExclude(exclude: ExcludeGlob): Tree['globs'] {
  const matches = compileGlob(exclude.glob, exclude.setting);
  return matches ? [{ ...exclude, matches }] : [];
}

/** Takes off trailing blanks as git does: one that a backslash quotes stays. */
function trimSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end--;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === '\\') backslashes++;
  return line.slice(0, backslashes % 2 === 1 ? end + 1 : end);
}

function fold(name: string): string {
  return IGNORE_CASE ? name.toLowerCase() : name;
}

function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
