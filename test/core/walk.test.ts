import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { FoundFile, Skipped } from '../../src/core/types.ts';
import { explain, statPaths, walkFolder, type WalkOptions } from '../../src/core/walk.ts';

describe('walk', () => {
  let base: string;
  let root: string;
  const config = process.env['XDG_CONFIG_HOME'];

  beforeEach(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'nearby-walk-')));
    root = join(base, 'root');
    mkdirSync(root);
    process.env['XDG_CONFIG_HOME'] = join(base, 'no-config');
  });

  afterEach(() => {
    if (config === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = config;
    rmSync(base, { recursive: true, force: true });
  });

  function write(...files: (string | Buffer)[]): void {
    for (const file of files) {
      const target = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(file)]);
      mkdirSync(Buffer.from(dirname(target.toString('latin1')), 'latin1'), { recursive: true });
      writeFileSync(target, 'text');
    }
  }

  async function walk(options?: WalkOptions, folder = root): Promise<{ files: string[]; skipped: Skipped[] }> {
    const files: FoundFile[] = [];
    const skipped: Skipped[] = [];
    for await (const batch of walkFolder(folder, options)) {
      files.push(...batch.files);
      skipped.push(...batch.skipped);
    }
    return { files: files.map(({ path }) => path), skipped };
  }

  async function verdict(path: string): Promise<Partial<FoundFile & Skipped>> {
    const told = await explain(root, path);
    return typeof told === 'object' ? told : {};
  }

  async function stat(...paths: string[]) {
    const files: string[] = [];
    const skipped: Skipped[] = [];
    const missing: string[] = [];
    for await (const batch of statPaths(root, paths)) {
      files.push(...batch.files.map(({ path }) => path));
      skipped.push(...batch.skipped);
      missing.push(...batch.missing);
    }
    return { files, skipped, missing };
  }

  it('finds files in the order of their names, folders after files, with size and time', async () => {
    write('b.ts', 'a/z.ts', 'a/b/c.ts', 'a.ts', 'B/x.ts', '.hidden/y.ts');
    assert.deepEqual((await walk()).files, ['a.ts', 'b.ts', '.hidden/y.ts', 'B/x.ts', 'a/z.ts', 'a/b/c.ts']);
    const verdict = await explain(root, 'a.ts');
    assert.ok(typeof verdict === 'object' && 'size' in verdict);
    assert.equal(verdict.size, 4);
    assert.ok(Math.abs(verdict.mtimeMs - Date.now()) < 60_000);
  });

  it('streams: batches come before the walk is over, and nothing is read after the caller stops', async () => {
    write(...Array.from({ length: 600 }, (_, i) => `${i % 7}/f${i}.ts`));
    const sizes = [];
    for await (const { files } of walkFolder(root)) sizes.push(files.length);
    assert.ok(sizes.length >= 2 && Math.max(...sizes) < 400, String(sizes));
    const batches = walkFolder(root);
    assert.equal((await batches.next()).done, false);
    await batches.return(undefined);
    assert.equal((await batches.next()).done, true);
  });

  it('stops when the signal fires', async () => {
    write(...Array.from({ length: 600 }, (_, i) => `${i % 7}/f${i}.ts`));
    const abort = new AbortController();
    const batches = walkFolder(root, { signal: abort.signal });
    await batches.next();
    abort.abort();
    await assert.rejects(batches.next(), { name: 'AbortError' });
  });

  it('lets other work run in between', async () => {
    write(...Array.from({ length: 3000 }, (_, i) => `f${i}.log`));
    writeFileSync(join(root, '.gitignore'), '*.log');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await walk();
    clearInterval(timer);
    assert.ok(turns > 2, String(turns));
  });

  it('throws for a folder that is missing, is a file or goes away, with its path and what to do', async () => {
    write('a.ts');
    const missing = join(root, 'nowhere');
    await assert.rejects(walk({}, missing), {
      code: 'no-folder',
      message: `There is no folder ${missing}. Check the path, or open a folder that exists.`,
    });
    const file = join(root, 'a.ts');
    await assert.rejects(walk({}, file), {
      code: 'no-folder',
      message: `${file} is not a folder. Give the folder that holds it.`,
    });
    await assert.rejects(explain(join(file, 'below'), 'a.ts'), {
      code: 'no-folder',
      message: /cannot be read: not a dir/u,
    });
    const batches = walkFolder(root);
    await batches.next();
    renameSync(root, `${root}-gone`);
    await assert.rejects(batches.next(), { code: 'no-folder' });
  });

  it('goes through a link to the folder itself, but follows none within it', async function () {
    if (process.platform === 'win32') this.skip(); // links take a privilege there
    write('a/b.ts');
    symlinkSync('..', join(root, 'a/loop'));
    symlinkSync('b.ts', join(root, 'a/link.ts'));
    symlinkSync('nowhere', join(root, 'a/broken'));
    symlinkSync(root, join(base, 'way-in'));
    const { files, skipped } = await walk({}, join(base, 'way-in'));
    assert.deepEqual(files, ['a/b.ts']);
    const targets = { 'a/broken': 'nowhere', 'a/link.ts': 'b.ts', 'a/loop': '..' };
    assert.deepEqual(
      skipped,
      Object.entries(targets).map(([path, target]) => ({
        path,
        code: 'symlink',
        reason:
          `It is a symbolic link to ${target}, and links are not followed. ` +
          'A target within the folder is indexed in its own place.',
      })),
    );
    assert.deepEqual(await explain(join(base, 'way-in'), join(base, 'way-in/a/b.ts')), await explain(root, 'a/b.ts'));
    const throughLoop = await explain(root, 'a/loop/a/b.ts');
    assert.ok(typeof throughLoop === 'object' && 'code' in throughLoop);
    assert.equal(throughLoop.code, 'symlink');
    assert.match(throughLoop.reason, /^It lies in a\/loop, which is left out\. It is a symbolic link to \.\./u);
  });

  it('never opens pipes, sockets and devices', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const server = createServer().listen(join(root, 'socket'));
    await new Promise((done) => server.once('listening', done));
    const { skipped } = await walk();
    server.close();
    assert.deepEqual(skipped, [
      { path: 'pipe', code: 'not-a-file', reason: 'It is a named pipe, not a file with text.' },
      { path: 'socket', code: 'not-a-file', reason: 'It is a socket, not a file with text.' },
    ]);
    const device = await explain('/dev', 'null');
    assert.ok(typeof device === 'object' && 'code' in device);
    assert.equal(device.reason, 'It is a device, not a file with text.');
  });

  it('reports a folder that may not be read, and goes on', async function () {
    if (process.platform === 'win32') this.skip();
    write('a/x.ts', 'b/y.ts', 'closed/z.ts');
    chmodSync(base, 0o755);
    chmodSync(join(root, 'closed'), 0);
    // Root may read everything, so the walk takes place as another user then.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      const { files, skipped } = await walk();
      assert.deepEqual(files, ['a/x.ts', 'b/y.ts']);
      const reason = 'It could not be read: permission denied. Allow your user to read it, then index again.';
      assert.deepEqual(skipped, [{ path: 'closed/', code: 'unreadable', reason }]);
      await assert.rejects(walk({}, join(root, 'closed')), {
        code: 'no-folder',
        message: `The folder ${root}/closed cannot be read: permission denied. Check its path and permissions.`,
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(join(root, 'closed'), 0o755);
    }
  });

  it('leaves out files that are empty or too large, with both sizes', async () => {
    write('a.ts');
    writeFileSync(join(root, 'empty'), '');
    writeFileSync(join(root, 'exact'), Buffer.alloc(1024 * 1024, 'a'));
    writeFileSync(join(root, 'large'), Buffer.alloc(2.5 * 1024 * 1024, 'a'));
    writeFileSync(join(root, 'over'), Buffer.alloc(1024 * 1024 + 1, 'a'));
    const { files, skipped } = await walk();
    assert.deepEqual(files, ['a.ts', 'exact']);
    const rule = { kind: 'setting', setting: 'nearby.maxFileSize' };
    const raise = 'Raise the setting nearby.maxFileSize to include it.';
    assert.deepEqual(skipped, [
      { path: 'empty', code: 'empty', reason: 'It is empty, so there is nothing to find in it.' },
      { path: 'large', code: 'too-large', reason: `It is 2.5 MB, over the size limit of 1.0 MB. ${raise}`, rule },
      {
        path: 'over',
        code: 'too-large',
        reason: `It is 1048577 bytes, over the size limit of 1048576 bytes. ${raise}`,
        rule,
      },
    ]);
    assert.deepEqual((await walk({ maxFileSize: 3 })).files, []);
  });

  it('passes odd names through, and reports those that are not UTF-8', async function () {
    if (process.platform !== 'linux') this.skip(); // other file systems do not take such names
    const odd = [
      'a\nb.ts',
      ' lead',
      'quote".ts',
      '日本語.md',
      'back\\slash',
      '-rf',
      '*',
      'e\u0301',
      '\u202e.ts',
    ].sort();
    write(...odd, Buffer.from('bad\xff.ts', 'latin1'));
    mkdirSync(Buffer.from(`${root}/dir\xfe`, 'latin1'));
    const { files, skipped } = await walk();
    assert.deepEqual(files, odd);
    const reason = 'Its name is not valid UTF-8. Rename it to include it.';
    assert.deepEqual(skipped, [
      { path: 'bad\ufffd.ts', code: 'unreadable', reason },
      { path: 'dir\ufffd/', code: 'unreadable', reason },
    ]);
    for (const name of odd) assert.ok('size' in Object(await explain(root, name)), name);
  });

  it('takes dots, controls and writing directions in names for parts of names', async function () {
    if (process.platform !== 'linux') this.skip();
    const odd = [
      '...',
      '..a',
      'a..',
      '.. ',
      'a\tb',
      '\u0001',
      '\u001b[31m',
      '\u007f',
      '\u0085',
      '\u2066x\u2069',
      '$(a)',
      "'`",
    ];
    write(...odd, ...odd.map((name) => `in/${name}x/..${name}`));
    const { files, skipped } = await walk();
    assert.deepEqual(skipped, []);
    assert.equal(files.length, odd.length * 2);
    assert.deepEqual((await stat(...files)).files.sort(), files.sort());
    for (const path of files) assert.equal((await verdict(path)).path, path);
  });

  it('keeps names apart that differ only in case or in their Unicode form', async function () {
    if (process.platform !== 'linux') this.skip();
    const names = ['NOTES.md', 'Notes.md', 'notes.md', 'caf\u00e9.md', 'cafe\u0301.md', '\u212b.md', '\u00c5.md'];
    write(...names, ...names.map((name) => `${name}-folder/a.ts`));
    const { files } = await walk();
    assert.deepEqual(files.filter((path) => !path.includes('/')).sort(), names.sort());
    assert.equal(files.length, names.length * 2);
    for (const path of files) assert.equal((await verdict(path)).path, path);
    assert.equal(await explain(root, 'NOTES.MD'), 'missing');
  });

  it('reads nothing outside of the folder, by whichever link or path', async function () {
    if (process.platform === 'win32') this.skip();
    mkdirSync(join(base, 'outside'));
    writeFileSync(join(base, 'outside/secret.ts'), 'secret');
    write('a/b.ts');
    const links = { file: '../outside/secret.ts', folder: '../outside', absolute: join(base, 'outside'), root: '/' };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
    symlinkSync('../folder', join(root, 'a/twice'));
    const { files, skipped } = await walk();
    assert.deepEqual(files, ['a/b.ts']);
    assert.deepEqual(
      skipped.map(({ path, code }) => [path, code]).sort(),
      [...Object.keys(links), 'a/twice'].map((path) => [path, 'symlink']).sort(),
    );
    const ways = ['folder/secret.ts', 'absolute/secret.ts', 'a/twice/secret.ts', `root${base}/outside/secret.ts`];
    for (const path of ways) assert.equal((await verdict(path)).code, 'symlink', path);
    const out = ['../outside/secret.ts', 'a/../../outside/secret.ts', join(base, 'outside/secret.ts'), 'a/./../..'];
    for (const path of out) assert.equal(await explain(root, path), 'outside', path);
    assert.deepEqual((await stat('file', ...ways, ...out)).files, []);
  });

  it('survives folders nested past the longest path', async function () {
    this.timeout(60_000);
    if (process.platform === 'win32') this.skip();
    // A process that goes down step by step gets deeper than any path can tell.
    const dig = "for (let i = 0; i < 2200; i++) { fs.mkdirSync('d'); process.chdir('d'); }";
    execFileSync(process.execPath, ['-e', dig], { cwd: root });
    write('top.ts');
    const { files, skipped } = await walk();
    assert.deepEqual(files, ['top.ts']);
    assert.equal(skipped.length, 1);
    assert.equal(skipped[0]?.code, 'unreadable');
    assert.equal(
      skipped[0].reason,
      'It could not be read: name too long. Shorten the names of the folders above it to include it.',
    );
    const deep = await explain(root, `${'d/'.repeat(2200)}x.ts`);
    assert.ok(typeof deep === 'object' && 'code' in deep && deep.code === 'unreadable');
    execFileSync('rm', ['-rf', root]);
  });

  it('gives one record for a folder that is left out', async () => {
    write('node_modules/a/b.js', 'node_modules/a/c.js', 'dist/x/y.js', 'src/z.ts');
    writeFileSync(join(root, '.gitignore'), 'dist');
    const { files, skipped } = await walk();
    assert.deepEqual(files, ['.gitignore', 'src/z.ts']);
    assert.deepEqual(
      skipped.map(({ path, code }) => [path, code]),
      [
        ['dist/', 'ignored'],
        ['node_modules/', 'ignored'],
      ],
    );
  });

  it('tells paths outside from missing ones and from folders', async () => {
    write('a/b.ts');
    for (const path of ['..', '../x', '/etc/passwd', base]) assert.equal(await explain(root, path), 'outside', path);
    for (const path of ['x', 'a/x', 'a/b.ts/x', 'x/y/z']) assert.equal(await explain(root, path), 'missing', path);
    assert.deepEqual(await explain(root, join(root, 'a/../a/b.ts')), await explain(root, './a/b.ts'));
    assert.deepEqual(await explain(root, 'a'), {
      path: 'a',
      code: 'not-a-file',
      reason: 'It is a folder. Ask about a file in it.',
    });
  });

  it('looks at changed paths: files, folders, deleted ones and those in folders left out', async () => {
    write('a.ts', 'b/c.ts', 'b/d/e.ts', 'dist/f.js', 'dist/g.js');
    writeFileSync(join(root, '.gitignore'), 'dist/');
    writeFileSync(join(root, 'empty'), '');
    const changed = await stat(
      'a.ts',
      'b',
      'b/d',
      'b/c.ts',
      'gone.ts',
      'gone/x.ts',
      'dist/f.js',
      'dist/g.js',
      'empty',
      '../y',
    );
    assert.deepEqual(changed.files, ['a.ts', 'b/c.ts', 'b/d/e.ts']);
    assert.deepEqual(
      changed.skipped.map(({ path, code }) => [path, code]),
      [
        ['dist/', 'ignored'],
        ['empty', 'empty'],
      ],
    );
    assert.deepEqual(changed.missing, ['gone.ts', 'gone/x.ts', 'dist/f.js', 'dist/g.js', '../y']);
    assert.deepEqual((await stat('')).files, (await walk()).files);
    assert.deepEqual(await stat(), { files: [], skipped: [], missing: [] });
  });

  it('gives for each path, alone or together, the verdict of the walk', async () => {
    const name = fc.constantFrom('a', 'b', 'c.log', 'node_modules', '.env');
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/')),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    const rules = fc.array(fc.constantFrom('*.log', '!c.log', 'a/', '/b', 'a/b', '!a'), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(paths, rules, rules, async (files, above, below) => {
        rmSync(root, { recursive: true, force: true });
        mkdirSync(join(root, 'b'), { recursive: true });
        for (const file of files) {
          try {
            write(file);
          } catch {} // a file has the name of its folder
        }
        writeFileSync(join(root, '.gitignore'), above.join('\n') + '\n');
        writeFileSync(join(root, 'b', '.ignore'), below.join('\n') + '\n');
        const walked = await walk();
        const stated = await stat(...files);
        assert.deepEqual(
          stated.files.sort(),
          walked.files.filter((path) => files.some((file) => path === file || path.startsWith(`${file}/`))).sort(),
        );
        for (const { path } of stated.skipped)
          assert.ok(
            walked.skipped.some((skipped) => skipped.path === path),
            path,
          );
        for (const path of walked.files) assert.ok('size' in Object(await explain(root, path)), path);
      }),
      { numRuns: 60 },
    );
  });
});
