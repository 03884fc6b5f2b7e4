import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import type { SearchResult, UpdateReport } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

const project = {
  'src/retry.ts': `/** Waits longer after each failure, then gives up. */
export async function withBackoff<T>(attempt: () => Promise<T>, tries = 5): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await attempt();
    } catch (error) {
      if (n + 1 >= tries) throw error;
      await new Promise((done) => setTimeout(done, 100 * 2 ** n));
    }
  }
}
`,
  'src/cart.py': `class ShoppingCart:
    """What a customer is about to buy."""

    def add_item(self, product, quantity=1):
        self.lines.append((product, quantity))

    def total_price(self):
        return sum(product.price * quantity for product, quantity in self.lines)
`,
  'src/login.go': `package auth

// CheckPassword compares the hash of what the user typed with the stored one.
func CheckPassword(user User, typed string) bool {
	return subtle.ConstantTimeCompare(hash(typed, user.Salt), user.PasswordHash) == 1
}
`,
  'docs/guide.md': `# Guide

## Installing

Put the program on your PATH.

## Opening hours

The support desk answers from nine to five, Monday to Friday.
`,
  'docs/設定.md': `# 設定ガイド

## 通知を止める方法

通知が多いときは、設定画面の「通知」を開いて、すべてオフにしてください。

## パスワードの変更

アカウント画面から新しいパスワードを入力します。
`,
  '.gitignore': 'build/\n',
  'build/out.js': 'var generated = 1;\n',
};

const queries: readonly [query: string, path: string][] = [
  ['exponential delay between attempts', 'src/retry.ts'],
  ['how much does the customer have to pay', 'src/cart.py'],
  ['verify credentials when signing in', 'src/login.go'],
  ['when can I call for help', 'docs/guide.md'],
  ['通知をオフにする', 'docs/設定.md'],
  ['ShoppingCart', 'src/cart.py'],
  ['total_price', 'src/cart.py'],
];

describe('engine', function () {
  this.timeout(60_000);
  let home: string;
  let folder: string;
  const opened: Engine[] = [];
  const logged: string[] = [];

  async function open(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await Engine.open({
      folder,
      home,
      model: bundledModel(),
      log: (line) => logged.push(line),
      ...options,
    });
    opened.push(engine);
    return engine;
  }
  async function update(engine: Engine, paths?: readonly string[]): Promise<UpdateReport> {
    engine.changed(paths);
    return engine.settled();
  }
  const paths = (results: readonly SearchResult[]): string[] => results.map(({ path }) => path);
  const find = async (engine: Engine, query: string): Promise<string[]> =>
    paths((await engine.search({ query, top: 10 })).results);

  beforeEach(() => {
    home = tempFolder();
    folder = tempFolder();
    logged.length = 0;
    writeFiles(folder, project);
  });
  afterEach(async () => {
    for (const engine of opened.splice(0)) await engine.close();
  });
  after(removeTempFolders);

  it('finds the right place for plain questions, in English and Japanese', async () => {
    const engine = await open();
    const report = await update(engine);
    assert.equal(report.files, 6);
    assert.equal(report.embedded, report.chunks);
    assert.deepEqual(
      report.skipped.map(({ path, code }) => [path, code]),
      [['build/', 'ignored']],
    );
    for (const [query, path] of queries) assert.equal((await find(engine, query))[0], path, query);
    const { results, tier } = await engine.search({ query: 'customer pays', top: 3 });
    assert.equal(tier, 'full');
    assert.match(results[0]!.snippet, /ShoppingCart/);
    assert.deepEqual(results[0]!.terms, ['customer']);
    assert.ok(results[0]!.reasons.some((reason) => reason.includes('customer')));
    const cart = async (query: string): Promise<readonly string[] | undefined> =>
      (await engine.search({ query, top: 6 })).results.find(({ path }) => path === 'src/cart.py')?.terms;
    assert.deepEqual(await cart('quantityForCustomer'), ['customer', 'quantity']); // without the "for"
    assert.deepEqual(await cart('for'), ['for']);
  });

  it('a second start embeds nothing, an edit only what it changed, a rename nothing, a deletion is gone', async () => {
    const first = await open();
    await update(first);
    await first.close();

    const engine = await open();
    assert.equal((await update(engine)).embedded, 0);

    const guide = join(folder, 'docs/guide.md');
    writeFileSync(guide, readFileSync(guide, 'utf8').replace('The support desk', 'Our telephone line for zebras'));
    const edited = await update(engine, ['docs/guide.md']);
    assert.equal(edited.embedded, 1);
    assert.equal((await find(engine, 'zebras'))[0], 'docs/guide.md');

    renameSync(join(folder, 'src/retry.ts'), join(folder, 'src/again.ts'));
    const renamed = await update(engine, ['src/retry.ts', 'src/again.ts']);
    assert.equal(renamed.embedded, 0);
    assert.equal((await find(engine, 'exponential delay between attempts'))[0], 'src/again.ts');

    rmSync(join(folder, 'src/cart.py'));
    await update(engine, ['src/cart.py']);
    assert.ok(!(await find(engine, 'ShoppingCart')).includes('src/cart.py'));
  });

  it('follows a branch switch: folders that come and go, and back again without embedding', async () => {
    const engine = await open();
    await update(engine);
    renameSync(join(folder, 'src'), join(home, 'aside'));
    writeFiles(folder, { 'lib/queue.rs': 'pub fn push_job(queue: &mut Queue, job: Job) { queue.jobs.push(job); }\n' });
    await update(engine, ['src', 'lib']);
    assert.equal(engine.status().files, 4);
    assert.equal((await find(engine, 'append a job to the work queue'))[0], 'lib/queue.rs');
    renameSync(join(home, 'aside'), join(folder, 'src'));
    assert.equal((await update(engine)).embedded, 0);
    assert.equal((await find(engine, 'ShoppingCart'))[0], 'src/cart.py');
  });

  it('takes a changed ignore file at its word', async () => {
    const engine = await open();
    await update(engine);
    writeFileSync(join(folder, '.gitignore'), 'docs/\n');
    await update(engine, ['.gitignore']);
    assert.ok(!(await find(engine, 'Opening hours')).some((path) => path.startsWith('docs/')));
    assert.equal((await find(engine, 'generated'))[0], 'build/out.js');
  });

  it('filters by kind and globs, and demands quoted phrases', async () => {
    const engine = await open();
    await update(engine);
    const search = async (query: string, filters: object): Promise<string[]> =>
      paths((await engine.search({ query, top: 10, ...filters })).results);
    for (const path of await search('password', { kind: 'docs' })) assert.match(path, /^docs\//);
    for (const path of await search('password', { kind: 'code' })) assert.doesNotMatch(path, /^docs\//);
    assert.deepEqual([...new Set(await search('customer', { include: ['*.py'] }))], ['src/cart.py']);
    assert.ok(!(await search('customer', { exclude: ['src'] })).some((path) => path.startsWith('src')));
    assert.deepEqual([...new Set(await search('"nine to five" password', {}))], ['docs/guide.md']);
    assert.deepEqual([...new Set(await search('customer password', { paths: ['docs', 'src/cart.py'] }))].sort(), [
      'docs/guide.md',
      'src/cart.py',
    ]);
    assert.deepEqual(await search('customer password', { paths: ['doc', 'src/cart', 'guide.md'] }), []);
    assert.deepEqual(await search('password', { paths: [''] }), await search('password', {}));
  });

  it('finds similar places by vector, without the place itself', async () => {
    writeFiles(folder, {
      'src/repeat.js': `// Tries again with growing pauses until it works.
async function retryWithDelay(task, limit) {
  let pause = 50;
  for (let i = 0; i < limit; i++) {
    try { return await task(); } catch (e) { await sleep(pause); pause *= 2; }
  }
}
`,
    });
    const engine = await open();
    await update(engine);
    for (const place of [{}, { startLine: 4 }, { startLine: 2, endLine: 8 }]) {
      const { results } = await engine.similar({ path: 'src/retry.ts', top: 5, ...place });
      assert.equal(results[0]!.path, 'src/repeat.js', JSON.stringify(place));
      assert.ok(!paths(results).includes('src/retry.ts'));
    }
    const unsaved = 'def total_price(self):\n    return sum(line.price for line in self.lines)\n';
    const { results } = await engine.similar({ path: 'untitled.py', text: unsaved, top: 1 });
    assert.equal(results[0]!.path, 'src/cart.py');
  });

  it('searches by keywords while the model may not embed, and says the tier', async () => {
    const engine = await open({ embed: false });
    const report = await update(engine);
    assert.equal(report.embedded, 0);
    const { tier, results } = await engine.search({ query: 'ShoppingCart', top: 3 });
    assert.equal(tier, 'instant');
    assert.equal(results[0]!.path, 'src/cart.py');
  });

  it('finds by meaning what the model has not come to yet', async () => {
    const engine = await open({ embed: false });
    await update(engine);
    const { tier, results } = await engine.search({ query: 'buy several goods at once', top: 1 });
    assert.deepEqual([tier, results[0]?.path, engine.status().embedded], ['instant', 'src/cart.py', 0]);
    assert.match(results[0]!.reasons.join(), /near in meaning/);
    assert.match((await engine.why('src/cart.py')).reason, /roughly by meaning; the model has read 0 of/);
    const without = await open({ embed: false, instant: false });
    assert.match((await without.why('src/cart.py')).reason, /^It can be found by keywords; /);
    const byWords = await without.search({ query: 'buy several goods at once', top: 3 });
    assert.ok(byWords.results.every(({ reasons }) => !/near in meaning/.test(reasons.join())));
  });

  it('pauses, and goes on where it was', async () => {
    const engine = await open();
    engine.pause();
    engine.changed();
    await new Promise((done) => setTimeout(done, 100));
    assert.equal(engine.status().state, 'paused');
    assert.equal(engine.status().embedded, 0);
    engine.resume();
    await engine.settled();
    const { state, embedded, chunks } = engine.status();
    assert.deepEqual([state, embedded], ['ready', chunks]);
  });

  it('says why a file is found or not', async () => {
    const engine = await open();
    await update(engine);
    const verdict = async (path: string): Promise<string> => {
      const { state, reason } = await engine.why(path);
      return `${state}: ${reason}`;
    };
    assert.match(await verdict('src/retry.ts'), /^indexed: /);
    assert.match(await verdict('build/out.js'), /^skipped: .*"build\/" in \.gitignore, line 1/);
    assert.match(await verdict('nowhere.ts'), /^missing: .*nowhere\.ts/);
    assert.match(await verdict('../x'), /^outside: /);
    writeFiles(folder, { 'new.ts': 'export const fresh = 1;\n' });
    assert.match(await verdict('new.ts'), /^pending: /);
  });

  it('goes on past every kind of bad file, with a reason for each', async () => {
    const longLine = 'lorem ipsum dolor sit amet '.repeat(30_000);
    writeFiles(folder, {
      'empty.txt': '',
      'blank.txt': '\n \n',
      'huge.log': Buffer.alloc(3_000_000, 'all work and no play\n'),
      'one-line.txt': longLine,
      'latin.txt': Buffer.from('caf\xe9 au lait', 'latin1'),
      'broken.txt': Buffer.from([0x68, 0x69, 0xc3, 0x28, 0xa0, 0x20, 0x68, 0x6f]),
      'utf16.txt': Buffer.from('\ufeffpenguins on the ice', 'utf16le'),
      'picture.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2]),
    });
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    symlinkSync(folder, join(folder, 'loop'));
    const engine = await open();
    const { skipped } = await update(engine);
    const codes = Object.fromEntries(skipped.map(({ path, code }) => [path, code]));
    assert.equal(codes['empty.txt'], 'empty');
    assert.equal(codes['blank.txt'], 'empty');
    assert.equal(codes['huge.log'], 'too-large');
    assert.equal(codes['picture.png'], 'binary');
    assert.equal(codes['dangling'], 'symlink');
    assert.equal(codes['loop'], 'symlink');
    for (const { reason } of skipped) assert.match(reason, /^[A-Z].*\.$/);
    assert.equal((await find(engine, 'café au lait'))[0], 'latin.txt');
    assert.equal((await find(engine, 'penguins'))[0], 'utf16.txt');
    const { results } = await engine.search({ query: 'lorem ipsum', top: 1 });
    assert.equal(results[0]!.path, 'one-line.txt');
    assert.ok(results[0]!.snippet.length <= 2000);
    assert.match(results[0]!.snippet, /lorem ipsum/);
  });

  it('an empty folder is ready, and finds nothing', async () => {
    folder = tempFolder();
    const engine = await open();
    assert.equal((await update(engine)).files, 0);
    assert.deepEqual(await find(engine, 'anything'), []);
    assert.deepEqual(await find(engine, '   '), []);
    assert.equal(engine.status().state, 'ready');
  });

  it('a missing folder, or a file in its place, is refused in a sentence', async () => {
    await assert.rejects(open({ folder: join(folder, 'nowhere') }), /There is no folder .*nowhere/);
    const engine = await open({ folder: join(folder, 'docs/guide.md') });
    await update(engine);
    assert.equal(engine.status().state, 'failed');
    assert.match(engine.status().message ?? '', /guide\.md/);
  });

  it('a model with a wrong checksum is said, and keywords still find', async () => {
    const model = join(tempFolder(), 'all-MiniLM-L6-v2');
    cpSync(bundledModel(), model, { recursive: true });
    const tokenizer = join(model, 'tokenizer.json');
    writeFileSync(tokenizer, `${readFileSync(tokenizer, 'utf8')} `);
    const engine = await open({ model });
    await update(engine);
    assert.equal(engine.status().state, 'failed');
    assert.match(engine.status().message ?? '', /tokenizer\.json has a wrong checksum/);
    assert.equal((await find(engine, 'ShoppingCart'))[0], 'src/cart.py');
    await assert.rejects(engine.similar({ path: 'src/retry.ts', top: 3 }), /wrong checksum/);
  });

  it('a second engine on the folder reads, sees what the first commits, and takes over', async () => {
    const first = await open();
    await update(first);
    const second = await open();
    assert.equal(second.status().writer, false);
    assert.equal((await find(second, 'ShoppingCart'))[0], 'src/cart.py');
    writeFiles(folder, { 'src/kiosk.ts': 'export function printTicket(): void {}\n' });
    await update(first, ['src/kiosk.ts']);
    await new Promise((done) => setTimeout(done, 2500));
    assert.equal((await find(second, 'printTicket'))[0], 'src/kiosk.ts');
    await first.close();
    await new Promise((done) => setTimeout(done, 2500));
    assert.equal(second.status().writer, true);
  });

  it('leaves the folder as it was', async () => {
    mkdirSync(join(folder, 'empty'));
    const engine = await open();
    await update(engine);
    assert.ok(engine.status().indexPath.startsWith(home));
    await engine.clear();
    assert.deepEqual(opened.pop(), engine);
  });
});
