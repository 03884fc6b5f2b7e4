import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assessment } from '../../src/core/assessment.ts';
import type { SearchAnswer, Status, UpdateReport, Verdict } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';
import { locksIn, timingFiles } from './timing.ts';

const script = join(import.meta.dirname, '../../src/cli/main.ts');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('command line', function () {
  this.timeout(60_000);
  let home: string;
  let folder: string;

  const command = (args: readonly string[]): string[] => [
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    script,
    ...args,
  ];
  const nearby = (args: readonly string[], cwd = folder, variables = {}, input = ''): Promise<Outcome> =>
    new Promise((done) => {
      const node = command(args);
      const env = { ...process.env, NEARBY_HOME: home, ...variables };
      const child = execFile(process.execPath, node, { cwd, env }, (_error, stdout, stderr) =>
        done({ code: child.exitCode ?? -1, stdout, stderr }),
      );
      child.stdin?.end(input);
    });

  before(() => {
    home = tempFolder();
    folder = tempFolder();
    writeFiles(folder, {
      ...timingFiles,
      '.gitignore': 'secret/\n',
      'secret/plan.md': '# Plan\n',
    });
  });
  after(removeTempFolders);

  it('indexes, and then has nothing left to embed', async () => {
    const first = JSON.parse((await nearby(['index', folder, '--json'])).stdout) as UpdateReport;
    assert.deepEqual([first.files, first.embedded], [4, first.chunks]);
    assert.deepEqual(
      first.skipped.map(({ path }) => path),
      ['secret/'],
    );
    const second = JSON.parse((await nearby(['index', '--json'])).stdout) as UpdateReport;
    assert.deepEqual([second.files, second.embedded], [4, 0]);
    assert.ok(second.indexBytes > 0 && second.peakRssBytes > 0);
  });

  it('searches, for people and for machines', async () => {
    const people = await nearby(['search', folder, 'limit how often it is called']);
    assert.equal(people.code, 0);
    assert.match(people.stdout, /^(lib\/throttle\.js|README\.md):1:/);
    assert.doesNotMatch(people.stdout, /\u001b/);
    const machines = await nearby(['search', 'throttle', '--json', '--top', '2']);
    const answer = JSON.parse(machines.stdout) as SearchAnswer;
    assert.equal(answer.results.length, 2);
    assert.deepEqual([answer.results[0]?.path, answer.results[0]?.startLine], ['lib/throttle.js', 1]);
    const instant = await nearby(['search', folder, 'throttle', '--json', '--tier', 'instant']);
    assert.equal((JSON.parse(instant.stdout) as SearchAnswer).results[0]?.path, 'lib/throttle.js');
  });

  it('answers a file of queries, a line each', async () => {
    const file = join(tempFolder(), 'queries.jsonl');
    writeFileSync(file, '{"id": "a", "query": "debounce"}\n\n{"id": "b", "query": "throttle"}\n');
    const { stdout, code } = await nearby(['search', folder, '--queries', file, '--top', '1', '--json']);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SearchAnswer & { id: string });
    assert.equal(code, 0);
    assert.deepEqual(
      answers.map(({ id, tier, results }) => [id, tier, results[0]?.path]),
      [
        ['a', 'full', 'lib/debounce.js'],
        ['b', 'full', 'lib/throttle.js'],
      ],
    );
  });

  it('finds similar places, from the folder or from elsewhere', async () => {
    const here = await nearby(['similar', 'lib/throttle.js:2', '--json', '--top', '1']);
    assert.equal((JSON.parse(here.stdout) as SearchAnswer).results[0]?.path, 'lib/debounce.js');
    const elsewhere = await nearby(['similar', folder, 'lib/throttle.js', '--json', '--top', '1'], home);
    assert.equal((JSON.parse(elsewhere.stdout) as SearchAnswer).results[0]?.path, 'lib/debounce.js');
  });

  it('reads what is sought from stdin', async () => {
    const search = await nearby(['search', folder, '-', '--json', '--top', '1'], home, {}, 'debounce\n');
    assert.equal((JSON.parse(search.stdout) as SearchAnswer).results[0]?.path, 'lib/debounce.js');
    const text = 'def debounce(callback, ms):\n    timer.cancel()\n';
    const similar = await nearby(['similar', '-', '--json', '--top', '1'], folder, {}, text);
    assert.equal((JSON.parse(similar.stdout) as SearchAnswer).results[0]?.path, 'lib/debounce.js');
    const nothing = await nearby(['search', '-']);
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /Give a query/);
  });

  it('gives paths that a terminal can open from where it is', async () => {
    const { stdout } = await nearby(['search', '..', 'throttle'], join(folder, 'secret'));
    assert.match(stdout, /^\.\.[/\\]lib[/\\]throttle\.js:1: throttle$/m);
  });

  it('colours where it is asked to, and not with NO_COLOR', async () => {
    const coloured = await nearby(['search', 'throttle'], folder, { FORCE_COLOR: '1', NO_COLOR: undefined });
    assert.match(coloured.stdout, /^\u001b\[1m/);
    const plain = await nearby(['search', 'throttle'], folder, { FORCE_COLOR: undefined, NO_COLOR: '1' });
    assert.doesNotMatch(plain.stdout + plain.stderr, /\u001b/);
  });

  it('shows its progress in a terminal alone, and clears it away', function () {
    if (process.platform !== 'linux') this.skip(); // script takes other options elsewhere
    const own = tempFolder();
    writeFiles(
      own,
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.md`, `# Page ${i}\n\nIt is about ${i}.\n`])),
    );
    const line = [process.execPath, ...command(['index', own])].map((word) => `'${word}'`).join(' ');
    const env = { ...process.env, NEARBY_HOME: home };
    const shown = execFileSync('script', ['-qec', line, '/dev/null'], { env, encoding: 'utf8' });
    assert.match(shown, /\r\u001b\[K\[#* *\] +\d+% (reading|embedding): \d+/);
    assert.match(shown, /\r\u001b\[K40 files, /);
  });

  it('explains each command with an example', async () => {
    const { stdout, code } = await nearby(['--help']);
    assert.equal(code, 0);
    assert.match(stdout, /Exit codes: 0 found, 1 nothing found, 2 an error/);
    const commands = Array.from(stdout.matchAll(/^ {2}(\w+) .*?(?:\[|<)/gm), ([, name]) => name!).filter(
      (name) => name !== 'help' && name !== 'nearby',
    );
    assert.ok(commands.includes('search') && commands.includes('mcp'), stdout);
    for (const name of commands) {
      assert.match((await nearby([name, '--help'])).stdout, new RegExp(`Examples?:\\n.*nearby ${name}`), name);
    }
  });

  it('tells the version of its package', async () => {
    const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    assert.deepEqual(await nearby(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('completes commands, options and their values in bash', async function () {
    if (process.platform === 'win32') this.skip();
    const completion = (await nearby(['completion', 'bash'])).stdout;
    for (const [words, expected] of [
      [['se'], ['search']],
      [['search', '--k'], ['--kind']],
      [
        ['search', '--kind', ''],
        ['code', 'docs'],
      ],
      [
        ['completion', ''],
        ['bash', 'zsh', 'fish'],
      ],
      [['index', 'so'], []],
    ] as const) {
      const typed = ['nearby', ...words].map((word) => `'${word}'`).join(' ');
      const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _nearby; echo "\${COMPREPLY[*]}"`;
      const completed = execFileSync('bash', ['-c', `${completion}\n${ask}`], { encoding: 'utf8' });
      assert.deepEqual(completed.trim().split(' ').filter(Boolean), expected, typed);
    }
    for (const shell of ['zsh', 'fish'])
      assert.match((await nearby(['completion', shell])).stdout, /search[^]*kind[^]*code docs/, shell);
    assert.equal((await nearby(['completion', 'tcsh'])).code, 2);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, command(['search', folder, 'throttle']), {
      env: { ...process.env, NEARBY_HOME: home },
    });
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.doesNotMatch(said, /EPIPE|Error/);
    assert.deepEqual(locksIn(home), []);
  });

  it('ends at Ctrl+C with 130, and gives its lock back', async function () {
    if (process.platform === 'win32') this.skip(); // there is no such signal to send there
    const own = tempFolder();
    const page = (i: number): string => `# Page ${i}\n\n${`Sentence ${i} of many that the model reads. `.repeat(40)}\n`;
    writeFiles(own, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.md`, page(i)])));
    for (const options of [[], ['--rebuild']]) {
      const child = spawn(process.execPath, command(['index', own, ...options]), {
        env: { ...process.env, NEARBY_HOME: home },
      });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      while (locksIn(home).length <= options.length) await new Promise((looked) => setTimeout(looked, 20));
      child.kill('SIGINT');
      assert.deepEqual([await once(child, 'close'), said], [[130, null], '']);
      assert.deepEqual(locksIn(home), []);
    }
  });

  it('tells the status, and why a file is not found', async () => {
    const status = JSON.parse((await nearby(['status', folder, '--json'])).stdout) as Status;
    assert.equal(status.embedded, status.chunks);
    const why = await nearby(['why', folder, 'secret/plan.md', '--json']);
    assert.equal(why.code, 1);
    assert.match((JSON.parse(why.stdout) as Verdict).reason, /\.gitignore, line 1/);
  });

  it('evaluates an index, alone and with judged queries', async () => {
    const alone = await nearby(['eval', folder]);
    assert.equal(alone.code, 0);
    assert.match(alone.stdout, /^# Search quality of .*\n\n- /);
    const file = join(tempFolder(), 'judged.jsonl');
    writeFileSync(file, '{"id": "a", "query": "debounce", "relevant": ["lib/debounce.js"]}\n');
    const { evaluation, health } = JSON.parse((await nearby(['eval', folder, file, '--json'])).stdout) as Assessment;
    assert.deepEqual([evaluation?.queries, evaluation?.ndcg10, health.coverage.files], [1, 1, 4]);
    assert.match((await nearby(['eval', file])).stdout, /## 1 judged query/);
  });

  it('lets no file name and no text reach the terminal as anything but text', async function () {
    if (process.platform === 'win32') this.skip(); // such names cannot be given there
    const hostile = tempFolder();
    const name = 'a\u001b]0;owned\u0007\u202egpj.js';
    const text =
      '// quokka \u001b[2J\u001b[1;31mgone\u009b2J \u202ereversed\u2066\r\nfunction quokka() {\n  return 1;\n}\n';
    writeFiles(hostile, { [name]: text, 'b\nc.md': '# Quokka \u001b[8m\u202e\n\nHidden.\n' });
    const asked = [
      ['search', hostile, 'quokka'],
      ['search', hostile, 'quokka', '--json'],
      ['similar', hostile, name],
      ['why', hostile, name],
      ['why', hostile, 'no\u001b[31m\u202ehow'],
      ['eval', hostile],
    ];
    for (const args of asked) {
      const { stdout, stderr } = await nearby(args, hostile, { FORCE_COLOR: '1', NO_COLOR: undefined });
      const rest = (stdout + stderr).replace(/\u001b\[(?:1|2|22)m/g, ''); // bold and dim are ours
      assert.doesNotMatch(rest, /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u, args.join(' '));
    }
    const { stdout } = await nearby(['search', hostile, 'quokka'], hostile);
    assert.match(stdout, /^a\\u001b\]0;owned\\u0007\\u202egpj\.js:1:/m);
    assert.match(stdout, /quokka \\u001b\[2J\\u001b\[1;31mgone\\u009b2J \\u202ereversed\\u2066/);
    assert.match(stdout, /^b\\nc\.md:1: Quokka/m);
    const { results } = JSON.parse((await nearby(['search', hostile, 'quokka', '--json'])).stdout) as SearchAnswer;
    assert.ok(results.some(({ path, snippet }) => path === name && snippet.includes('\u202ereversed\u2066')));
  });

  it('exits 1 when nothing is found, and 2 with a sentence when something is wrong', async () => {
    const nothing = await nearby(['search', folder, '--include', '*.rs', 'throttle']);
    assert.deepEqual([nothing.code, nothing.stdout], [1, '']);
    for (const [args, said] of [
      [['index', '/no/such/folder'], /There is no folder .*no.such.folder; check the path/],
      [['search', '/no/such/folder', 'query'], /There is no folder .*no.such.folder/],
      [['search', folder, '--queries', '/no/such.jsonl'], /queries in .*such\.jsonl cannot be read/],
      [['similar', folder, 'no-such.js'], /no-such\.js cannot be compared/],
      [['search', folder, 'x', '--top', 'many'], /must be a whole number/],
      [['eval', folder, '/no/such.jsonl'], /judged queries in .*such\.jsonl cannot be read/],
      [['nonsense'], /unknown command/],
    ] as const) {
      const { code, stderr } = await nearby(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, said);
    }
  });
});
