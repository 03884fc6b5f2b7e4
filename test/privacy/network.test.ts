import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const quietly = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
const files = {
  'lib/throttle.js':
    'export function throttle(callback, ms) {\n  let last = 0;\n  return () => Date.now() - last > ms;\n}\n',
  'README.md': '# Timing\n\nHelpers that keep functions from being called too often.\n',
  'links.md': '# Links\n\nSee https://example.com/page and http://127.0.0.1:9/other.\n',
  'judged.jsonl': '{"id": "a", "query": "called too often", "relevant": ["README.md"]}\n',
};

/** Each tries to leave by another way. */
const leaks = [
  `fetch('http://127.0.0.1:65001/').catch(() => {})`,
  `require('node:net').connect(9, '127.0.0.1').on('error', () => {})`,
  `require('node:net').createServer().listen(0, '127.0.0.1', function () { this.close() })`,
  `require('node:dgram').createSocket('udp4').send('x', 9, '127.0.0.1', () => process.exit())`,
  `new (require('node:worker_threads').Worker)("fetch('http://127.0.0.1:65001/').catch(() => {})", { eval: true })`,
];

describe('no network', function () {
  this.timeout(120_000);
  let folder: string;
  let home: string;
  after(removeTempFolders);
  beforeEach(() => {
    folder = tempFolder();
    home = tempFolder();
    writeFiles(folder, files);
  });

  /** What the command line and the worker do, each as arguments of Node.js. */
  function uses(): string[][] {
    const nearby = (...args: string[]): string[] => [quietly, join(root, 'src/cli/main.ts'), ...args];
    return [
      nearby('index', folder),
      nearby('search', folder, 'called too often'),
      nearby('similar', folder, 'lib/throttle.js', '--json'),
      nearby('eval', folder, join(folder, 'judged.jsonl')),
      [quietly, join(root, 'test/privacy/session.ts'), folder, tempFolder()],
    ];
  }

  it('is asked for by no code that runs, in the command line or the worker', async () => {
    const record = join(tempFolder(), 'record');
    const preload = `${quietly} --require=${JSON.stringify(join(import.meta.dirname, 'no-way-out.ts'))}`;
    const env = { ...process.env, NEARBY_HOME: home, NETWORK_RECORD: record, NODE_OPTIONS: preload };
    for (const args of uses()) {
      const { stdout } = await run(process.execPath, args, { env });
      assert.ok(stdout.length > 0, args.join(' '));
    }
    assert.ok(!existsSync(record), existsSync(record) ? readFileSync(record, 'utf8') : '');
    for (const [i, leak] of leaks.entries()) {
      await run(process.execPath, ['-e', leak], { env }).catch(() => undefined); // it is to fail
      const seen = readFileSync(record, 'utf8').trim().split('\n').length;
      assert.equal(seen, i + 1, `${leak} was not seen`);
    }
  });

  it('is not reached as the system sees it', async function () {
    if (spawnSync('strace', ['-o', '/dev/null', 'true']).status !== 0) this.skip(); // Linux, where it is installed
    const env = { ...process.env, NEARBY_HOME: home };
    const traced = async (args: readonly string[]): Promise<{ log: string; stdout: string }> => {
      const file = join(tempFolder(), 'trace');
      const strace = ['-f', '-qq', '-e', 'trace=socket,connect,bind,listen,sendto,sendmsg', '-o', file];
      const { stdout } = await run('strace', [...strace, process.execPath, ...args], { env });
      return { log: readFileSync(file, 'utf8'), stdout };
    };
    for (const args of uses()) {
      const { log, stdout } = await traced(args);
      assert.ok(stdout.length > 0, args.join(' '));
      assert.doesNotMatch(log, /AF_INET|AF_PACKET|AF_NETLINK/, args.join(' '));
    }
    for (const leak of leaks) assert.match((await traced(['-e', leak])).log, /AF_INET/, `${leak} was not seen`);
  });
});
