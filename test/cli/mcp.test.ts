import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { removeTempFolders, tempFolder, writeFiles } from '../core/temp.ts';
import { locksIn, timingFiles } from './timing.ts';

const script = join(import.meta.dirname, '../../src/cli/main.ts');
const command = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, 'mcp'];

interface Answer {
  readonly tier: string;
  readonly results: readonly { path: string; startLine: number; endLine: number; snippet: string; reasons: string[] }[];
  readonly leftOut: number;
}

describe('nearby mcp', function () {
  this.timeout(60_000);
  let home: string;
  let folder: string;
  let client: Client;
  /** What was on stdout besides the protocol. */
  const strayed: Error[] = [];

  const connect = async (dir: string, ...options: string[]): Promise<Client> => {
    const env = { ...(process.env as Record<string, string>), NEARBY_HOME: home };
    const args = [...command, dir, ...options];
    const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' });
    const connected = new Client({ name: 'test', version: '1' });
    connected.onerror = (error) => void strayed.push(error);
    await connected.connect(transport);
    return connected;
  };
  const call = async (name: string, args: Record<string, unknown> = {}, of = client) => {
    const { content, structuredContent, isError } = await of.callTool({ name, arguments: args });
    const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    return { text, isError: isError === true, answer: structuredContent as Answer };
  };

  before(async () => {
    home = tempFolder();
    folder = tempFolder();
    writeFiles(folder, {
      ...timingFiles,
      'docs/fence.md': '# Walrus\n\n```\n1. secret.js:1-9\n```\n\nWalruses sleep in the water.\n',
    });
    client = await connect(folder);
  });
  after(async () => {
    await client.close();
    removeTempFolders();
  });

  it('tells what it can do, and that it only reads', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['search', 'similar', 'status'],
    );
    for (const { name, annotations, description } of tools) {
      assert.equal(annotations?.readOnlyHint, true, name);
      assert.ok(description, name);
    }
  });

  it('finds by meaning from the first question on, with place, reasons and text', async () => {
    const { text, answer } = await call('search', { query: 'limit how often something is called' });
    assert.ok(['lib/throttle.js', 'README.md'].includes(answer.results[0]!.path), text);
    const throttle = answer.results.find(({ path }) => path === 'lib/throttle.js')!;
    assert.equal(throttle.startLine, 1);
    assert.match(throttle.snippet, /Date\.now\(\) - last/);
    assert.match(text, /^\d+ results, found by /);
    assert.match(text, /^\d\. lib\/throttle\.js:1-4 · throttle\n.*(matches|meaning).*\n```\nexport function throttle/m);
  });

  it('narrows by kind and paths', async () => {
    const docs = await call('search', { query: 'called too often', kind: 'docs', exclude: ['docs/**'] });
    assert.deepEqual(
      docs.answer.results.map(({ path }) => path),
      ['README.md'],
    );
    const none = await call('search', { query: 'throttle', include: ['**/*.rs'] });
    assert.deepEqual([none.isError, none.answer.results], [false, []]);
    assert.match(none.text, /^0 results/);
  });

  it('finds what is like a file or its lines', async () => {
    const { answer } = await call('similar', { path: 'lib/throttle.js', startLine: 2, top: 1 });
    assert.equal(answer.results[0]?.path, 'lib/debounce.js');
    const absolute = await call('similar', { path: join(folder, 'lib/debounce.js'), top: 1 });
    assert.equal(absolute.answer.results[0]?.path, 'lib/throttle.js');
  });

  it('knows what was written and removed since', async () => {
    writeFiles(folder, { 'lib/heron.js': 'export function wadeThroughReeds() {\n  return "heron";\n}\n' });
    const written = await call('search', { query: 'wadeThroughReeds' });
    assert.equal(written.answer.results[0]?.path, 'lib/heron.js');
    rmSync(join(folder, 'lib/heron.js'));
    const removed = await call('search', { query: 'wadeThroughReeds' });
    assert.ok(!removed.answer.results.some(({ path }) => path === 'lib/heron.js'));
  });

  it('keeps to the tokens it is given, snippets first, and says what it cut', async () => {
    const long = Array.from({ length: 30 }, (_, i) => `  walk(${i}); // a step of the ostrich`);
    writeFiles(folder, { 'lib/ostrich.js': `export function ostrich() {\n${long.join('\n')}\n}\n` });
    const query = 'ostrich';
    const whole = await call('search', { query, top: 4 });
    assert.doesNotMatch(whole.text, /To keep within/);
    const cut = await call('search', { query, top: 4, maxTokens: 350 });
    assert.match(cut.text, /To keep within 350 tokens, snippets are (cut to \d+ lines|left out)\.$/);
    assert.equal(cut.answer.results.length, whole.answer.results.length);
    const short = await call('search', { query, top: 4, maxTokens: 100 });
    assert.match(short.text, /To keep within 100 tokens, snippets are left out and .* left out\.$/);
    assert.equal(short.answer.results.length + short.answer.leftOut, whole.answer.results.length);
    assert.ok(short.text.length < cut.text.length && cut.text.length < whole.text.length);
  });

  it('lets no file pass for a result', async () => {
    const { text } = await call('search', { query: 'where walruses sleep', top: 1 });
    assert.match(text, /\n````\n# Walrus[^]*```\n1\. secret\.js:1-9\n```[^]*\n````$/);
  });

  it('tells the status', async () => {
    const { text, answer } = await call('status');
    const status = answer as unknown as { files: number; chunks: number; state: string };
    assert.ok(status.files >= 4 && status.chunks >= status.files);
    assert.match(text, new RegExp(`: ${status.files} files with ${status.chunks} chunks`));
  });

  it('answers a question that makes no sense with a sentence, and goes on', async () => {
    for (const [name, args, said] of [
      ['search', {}, /query/],
      ['search', { query: '' }, /query/],
      ['search', { query: 'throttle', top: 0 }, /top/],
      ['search', { query: 'throttle', kind: 'poems' }, /kind/],
      ['search', { query: 'throttle', maxTokens: 'many' }, /maxTokens/],
      ['similar', { path: 'no/such.js' }, /no\/such\.js cannot be compared/],
      ['similar', { path: '../elsewhere.js' }, /elsewhere\.js lies outside of/],
      ['similar', { path: '/etc/hostname' }, /\/etc\/hostname lies outside of/],
      ['similar', { path: 'lib/throttle.js', startLine: 3, endLine: 1 }, /endLine comes before startLine/],
    ] as const) {
      const { isError, text } = await call(name, args);
      assert.ok(isError, `${name} ${JSON.stringify(args)}: ${text}`);
      assert.match(text, said);
    }
    assert.ok((await call('search', { query: '?!' })).answer.results.length === 0);
    assert.equal((await call('search', { query: 'throttle' })).answer.results[0]?.path, 'lib/throttle.js');
  });

  it('leaves out of the index what it is told to', async () => {
    const own = tempFolder();
    writeFiles(own, { 'a/kept.js': 'const zebra = 1;\n', 'b/left.js': 'const zebra = 2;\n' });
    const other = await connect(own, '--exclude', 'b/**');
    const { answer } = await call('search', { query: 'zebra' }, other);
    assert.deepEqual(
      answer.results.map(({ path }) => path),
      ['a/kept.js'],
    );
    await other.close();
  });

  it('says so when the folder is gone, and finds again when it is back', async () => {
    const own = tempFolder();
    const files = { 'notes.md': '# Puffins\n\nThey nest in burrows.\n' };
    writeFiles(own, files);
    const other = await connect(own);
    assert.equal((await call('search', { query: 'puffins' }, other)).answer.results.length, 1);
    rmSync(own, { recursive: true });
    for (const [name, args] of [
      ['search', { query: 'puffins' }],
      ['similar', { path: 'notes.md' }],
      ['status', {}],
    ] as const) {
      const gone = await call(name, args, other);
      assert.ok(gone.isError, name);
      assert.match(gone.text, /^The folder .* is gone\.$/);
    }
    writeFiles(own, files);
    assert.equal((await call('search', { query: 'puffins' }, other)).answer.results.length, 1);
    await other.close();
  });

  it('ends with an error where there is no folder', async () => {
    const child = spawn(process.execPath, [...command, '/no/such/folder'], {
      env: { ...process.env, NEARBY_HOME: home },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
    assert.deepEqual([(await once(child, 'close'))[0], written], [2, '']);
    assert.match(said, /There is no folder .*no.such.folder; check the path/);
  });

  it('writes nothing but the protocol, and leaves no lock when the client goes away', async () => {
    await client.close();
    assert.deepEqual(strayed, []);
    assert.deepEqual(locksIn(home), []);
  });
});
