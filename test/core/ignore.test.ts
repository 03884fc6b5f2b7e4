import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { isIgnoreFile, type ExcludeGlob } from '../../src/core/ignore.ts';
import { explain, walkFolder } from '../../src/core/walk.ts';

describe('ignore', () => {
  let root: string;
  const config = process.env['XDG_CONFIG_HOME'];

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nearby-ignore-')));
    process.env['XDG_CONFIG_HOME'] = join(root, 'no-config');
  });

  afterEach(() => {
    if (config === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = config;
    rmSync(root, { recursive: true, force: true });
  });

  function write(files: Record<string, string>): void {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    }
  }

  /** The reason why a file is left out, or 'found'. */
  async function why(file: string, options: { folder?: string; exclude?: ExcludeGlob[] } = {}): Promise<string> {
    const verdict = await explain(join(root, options.folder ?? ''), file, options);
    if (typeof verdict === 'string') return verdict;
    return 'code' in verdict ? verdict.reason : 'found';
  }

  /** Whether a line leaves a file out. */
  const leavesOut = async (line: string, file: string) => {
    write({ '.gitignore': line, [file]: 'text' });
    return (await why(file)) !== 'found';
  };

  it('lets .ignore overrule .gitignore, and .nearbyignore both, wherever they lie', async () => {
    write({
      '.gitignore': '*.gen\n*.out\n',
      '.ignore': '!*.gen\n*.md\n',
      '.nearbyignore': '!*.out\n!*.md\n',
      'deep/.gitignore': '*.gen\n',
      'deep/.ignore': 'b.gen\n',
      'deep/a.gen': 'text',
      'deep/b.gen': 'text',
      'deep/c.out': 'text',
      'deep/d.md': 'text',
    });
    assert.equal(await why('deep/a.gen'), 'found');
    assert.equal(await why('deep/b.gen'), 'Left out by the rule "b.gen" in deep/.ignore, line 1.');
    assert.equal(await why('deep/c.out'), 'found');
    assert.equal(await why('deep/d.md'), 'found');
  });

  it('takes back a folder, and what is in it, that a file of another kind leaves out', async () => {
    write({ '.gitignore': 'dist/\n', '.ignore': '!dist/\n', 'dist/deep/a.ts': 'text', 'dist/b.ts': 'text' });
    assert.equal(await why('dist/deep/a.ts'), 'found');
    write({ 'dist/.gitignore': 'b.ts' });
    assert.equal(await why('dist/b.ts'), 'Left out by the rule "b.ts" in dist/.gitignore, line 1.');
  });

  it('follows the ignore files of the parents, up to the root of the repository and no further', async () => {
    write({
      '.gitignore': '*.far\n',
      'repo/.git/info/exclude': '*.own\n',
      'repo/.gitignore': '*.log\n/packages/app/generated/\n',
      'repo/packages/.ignore': '*.md\n',
      'repo/packages/app/a.log': 'text',
      'repo/packages/app/b.md': 'text',
      'repo/packages/app/c.own': 'text',
      'repo/packages/app/d.far': 'text',
      'repo/packages/app/generated/e.ts': 'text',
    });
    const folder = 'repo/packages/app';
    assert.equal(await why('a.log', { folder }), `Left out by the rule "*.log" in ${root}/repo/.gitignore, line 1.`);
    assert.match(await why('b.md', { folder }), /packages\/\.ignore, line 1\.$/u);
    assert.match(await why('c.own', { folder }), /repo\/\.git\/info\/exclude, line 1\.$/u);
    assert.equal(await why('d.far', { folder }), 'found');
    assert.match(await why('generated/e.ts', { folder }), /^It lies in generated\/.*repo\/\.gitignore, line 2\.$/u);
  });

  it('does not follow the ignore files of parents outside of any repository', async () => {
    write({ '.gitignore': '*', '.nearbyignore': '*', 'notes/a.md': 'text' });
    assert.equal(await why('a.md', { folder: 'notes' }), 'found');
  });

  it('holds a repository within a repository to its own rules', async () => {
    write({
      '.gitignore': '*.log\n',
      'sub/.git/HEAD': 'ref',
      'sub/.git/info/exclude': '*.tmp',
      'sub/a.log': 'text',
      'sub/b.tmp': 'text',
    });
    assert.equal(await why('sub/a.log'), 'found');
    assert.equal(await why('sub/b.tmp'), 'Left out by the rule "*.tmp" in sub/.git/info/exclude, line 1.');
  });

  it("finds a worktree's info/exclude in the repository it belongs to", async function () {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: join(root, 'main'), stdio: 'ignore' });
    mkdirSync(join(root, 'main'));
    try {
      git('init', '-q');
    } catch {
      this.skip(); // no git here
    }
    git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-q', '--allow-empty', '-m', 'one');
    git('worktree', 'add', '-q', '../other');
    write({ 'main/.git/info/exclude': '*.tmp\n', 'other/a.tmp': 'text' });
    assert.match(await why('a.tmp', { folder: 'other' }), /main\/\.git\/info\/exclude, line 1\.$/u);
  });

  it("follows the caller's globs as VS Code does, and names where they stand", async () => {
    write({ 'a/.cache/b.ts': 'text', 'out/c.ts': 'text', 'x/out/d.ts': 'text', 'e.min.ts': 'text', 'f.ts': 'text' });
    const setting = 'files.exclude';
    const exclude = ['**/.cache', 'out', '**/*.{min,max}.ts', ''].map((glob) => ({ glob, setting }) as const);
    assert.match(
      await why('a/.cache/b.ts', { exclude }),
      /Left out by the pattern "\*\*\/\.cache" in the setting files/u,
    );
    assert.match(
      await why('out/c.ts', { exclude }),
      /^It lies in out\/, which is left out\. Left out by the pattern "out"/u,
    );
    assert.equal(await why('x/out/d.ts', { exclude }), 'found');
    assert.match(await why('e.min.ts', { exclude }), /^Left out by the pattern/u);
    assert.equal(await why('f.ts', { exclude }), 'found');
    await assert.rejects(why('f.ts', { exclude: [{ glob: '*'.repeat(70_000), setting }] }), {
      code: 'bad-glob',
      message: /^The pattern "\*+" in the setting files\.exclude cannot be used: .+\. Mend or remove it\.$/u,
    });
  });

  it('leaves out what nobody wants, and says how to bring it back', async () => {
    write({
      'node_modules/a/index.js': 'text',
      'b/__pycache__/c.py': 'text',
      'package-lock.json': '{}',
      'found.code-search': '# Query: text',
      'env/pyvenv.cfg': 'home = /usr',
      'env/d.py': 'text',
      'out/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55',
      'out/e.rs': 'text',
      '.git/HEAD': 'ref',
    });
    const back = (line: string) => `The line "${line}" in a .nearbyignore file brings it back.`;
    assert.equal(
      await why('node_modules/a/index.js'),
      `It lies in node_modules/, which is left out. Left out because node_modules holds installed packages. ${back('!node_modules/')}`,
    );
    assert.ok((await why('b/__pycache__/c.py')).endsWith(back('!__pycache__/')));
    assert.equal(
      await why('package-lock.json'),
      `Left out because a package manager writes package-lock.json. ${back('!package-lock.json')}`,
    );
    assert.equal(
      await why('found.code-search'),
      `Left out because found.code-search holds the results of a search. ${back('!found.code-search')}`,
    );
    assert.ok((await why('env/d.py')).includes('is a Python virtual environment (it holds a pyvenv.cfg)'));
    assert.ok((await why('out/e.rs')).includes('is a cache (it holds a CACHEDIR.TAG)'));
    assert.ok((await why('.git/HEAD')).includes('.git belongs to version control, which Nearby never indexes.'));

    write({ '.gitignore': '!node_modules/', '.nearbyignore': '!*\n!.git\n!.git/\n' });
    assert.notEqual(await why('node_modules/a/index.js'), 'found');
    assert.notEqual(await why('.git/HEAD'), 'found');
    write({ '.nearbyignore': '!node_modules/\n!package-lock.json\n!env/\n!/out\n' });
    for (const file of ['node_modules/a/index.js', 'package-lock.json', 'env/d.py', 'out/e.rs']) {
      assert.equal(await why(file), 'found', file);
    }
    assert.notEqual(await why('b/__pycache__/c.py'), 'found');
  });

  it('never takes in secrets, unless their names are written out', async () => {
    const secrets = ['.env', '.env.local', 'prod.env', '.envrc', 'tls.pem', 'Server.KEY', 'id_rsa', 'id_ed25519_work'];
    secrets.push('id_rsa.pub', '.npmrc', '.netrc', '.pypirc', 'a.p12', 'a.pfx', 'a.keystore', 'vault.kdbx', '.pgpass');
    secrets.push('.dev.vars', 'AuthKey_1.p8', 'wifi.ovpn', 'ssh_host_rsa_key', 'pgpass.conf', '.my.cnf', 'rclone.conf');
    secrets.push('.htpasswd', '.htdigest', '.vault-token', 'kubeconfig', 'prod.kubeconfig', 'credentials', '.secrets');
    secrets.push('secrets.yml', 'credentials.json', 'client_secret_1.apps.json', 'service-account.json');
    secrets.push('serviceAccountKey.json', 'app-firebase-adminsdk-a1.json', 'me_accessKeys.csv', '.bash_history');
    secrets.push('terraform.tfstate', 'terraform.tfstate.backup', 'terraform.tfvars', 'local.settings.json');
    const others = [
      ...[
        'secrets.ts',
        'secrets.md',
        'secret.yaml',
        'secrets.example.json',
        'credentials.py',
        'history.md',
        'config.json',
      ],
      ...['config', 'settings.xml', 'hosts.yml', 'variables.tf', 'tfstate.go', 'known_hosts', 'kubeconfig.go', 'kdb.c'],
      ...['service-account.md', 'accessKeys.ts', 'ovpn.md'],

      '.env.example',
      '.env.sample',
      '.env.template',
      'example.env',
      'env.ts',
      'key.ts',
      'id_rsa.go',
      'pem',
    ];
    write(Object.fromEntries([...secrets, ...others].map((name) => [name, 'text'])));
    write({ '.gitignore': '.env\n', '.nearbyignore': '!*\n!.env*\n' });
    for (const name of secrets) {
      const verdict = await explain(root, name);
      assert.ok(typeof verdict === 'object' && 'code' in verdict, name);
      assert.equal(verdict.code, 'secret');
      assert.equal(
        verdict.reason,
        `Left out because files named like ${name} may hold passwords or keys. ` +
          `The line "!${name}" in a .nearbyignore file brings it back.`,
      );
    }
    for (const name of others) assert.equal(await why(name), 'found', name);
    write({ '.nearbyignore': '!tls.pem\n' });
    assert.equal(await why('tls.pem'), 'found');
  });

  it('never takes in what tools keep of a sign-in in a folder of theirs', async () => {
    const secrets = ['.docker/config.json', '.kube/config', '.config/gh/hosts.yml', 'home/.m2/settings.xml'];
    const others = [
      'docker/config.json',
      'kube/config',
      '.docker/notes.md',
      '.m2/archetypes.xml',
      '.config/gh/config.yml',
    ];
    write(Object.fromEntries([...secrets, ...others].map((name) => [name, 'text'])));
    for (const path of secrets)
      assert.match(await why(path), /^Left out because files named like .+ may hold passwords or keys\./u, path);
    for (const path of others) assert.equal(await why(path), 'found', path);
  });

  it('reads a byte order mark, CRLF and lines that are no patterns as git does', async () => {
    write({
      '.gitignore': '\ufeff*.a\r\n\r\n# c\r\n[\r\n/\r\n!\r\n\\\r\n*.b  \r\n*.c',
      'x.a': 'x',
      'x.b': 'x',
      'x.c': 'x',
    });
    assert.equal(await why('x.a'), 'Left out by the rule "*.a" in .gitignore, line 1.');
    assert.equal(await why('x.b'), 'Left out by the rule "*.b" in .gitignore, line 8.');
    assert.equal(await why('x.c'), 'Left out by the rule "*.c" in .gitignore, line 9.');
    assert.equal(await leavesOut('[', '['), false);
    assert.equal(await leavesOut('[z-a]', 'm'), false);
    assert.equal(await leavesOut(`*${'a'.repeat(5000)}`, 'a'), false);
    assert.equal(await leavesOut('\0', 'a'), false);
  });

  it('survives any ignore file', async () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...Array.from('[]!*?\\/-^:a\n{(+|.')) }),
    );
    write({ 'a/b.ts': 'text' });
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        write({ '.gitignore': text });
        assert.match(await why('a/b.ts'), /^(?:found|Left out by the rule|It lies in a\/)/u);
      }),
    );
  });

  it('does not hang on a pattern that backtracks', async () => {
    const started = performance.now();
    assert.equal(await leavesOut(`${'*a'.repeat(40)}b\n${'**/'.repeat(40)}*a*a*a*b`, `${'a'.repeat(200)}c`), false);
    assert.ok(performance.now() - started < 2000);
  });

  it('walks beside an ignore file of a megabyte in a moment', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => (i % 3 === 0 ? `*.ext${i}` : `some/where/name${i}`));
    write({ '.gitignore': lines.join('\n') });
    write(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`some/where/name${i * 100}`, 'text'])));
    const started = performance.now();
    let leftOut = 0;
    for await (const batch of walkFolder(root)) leftOut += batch.skipped.length;
    // Of the files 0, 100, ... 49900 those that three does not divide, and the ignore file, which is too large itself.
    assert.equal(leftOut, 333 + 1);
    assert.ok(performance.now() - started < 3000);
  });

  it('says of an ignore file that cannot be followed that it is not', async function () {
    if (process.platform === 'win32') this.skip(); // links and pipes
    write({ 'rules.txt': '*', 'a.ts': 'text', 'big/b.ts': 'text', 'big/.gitignore': '*.ts\n'.repeat(2_000_000) });
    symlinkSync('rules.txt', join(root, '.gitignore'));
    assert.equal(await why('a.ts'), 'found');
    assert.equal(
      await why('.gitignore'),
      'It is a symbolic link, and links are not followed. Its rules are therefore not followed.',
    );
    assert.equal(await why('big/.gitignore'), 'It is over 8 MB. Its rules are therefore not followed.');
    execFileSync('mkfifo', [join(root, '.ignore')]);
    assert.match(await why('.ignore'), /^It is not a regular file.*not followed\.$/u);
    const skipped = [];
    for await (const batch of walkFolder(root)) skipped.push(...batch.skipped);
    assert.deepEqual(
      skipped.map(({ path }) => path),
      ['.gitignore', '.ignore', 'big/.gitignore'],
    );
  });

  it('reports a rule file outside of the folder that cannot be followed', async () => {
    write({ 'repo/.git/HEAD': 'ref', 'repo/app/a.ts': 'text', 'rules.txt': '*' });
    symlinkSync(join(root, 'rules.txt'), join(root, 'repo/.gitignore'));
    const skipped = [];
    for await (const batch of walkFolder(join(root, 'repo/app'))) skipped.push(...batch.skipped);
    assert.deepEqual(skipped, [
      {
        path: join(root, 'repo/.gitignore'),
        code: 'symlink',
        reason: 'It is a symbolic link, and links are not followed. Its rules are therefore not followed.',
      },
    ]);
  });

  it('keeps answering after more paths than it remembers', async () => {
    write({ '.gitignore': '*.log\n!7.log\n' });
    write(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${i}.log`, 'text'])));
    const files = [];
    for await (const batch of walkFolder(root)) files.push(...batch.files.map(({ path }) => path));
    assert.deepEqual(files, ['.gitignore', '7.log']);
  });

  it('knows the files whose change changes what is left out', () => {
    for (const path of ['.gitignore', 'a/b/.ignore', '.nearbyignore', '.git/info/exclude', 'env/pyvenv.cfg']) {
      assert.ok(isIgnoreFile(path), path);
    }
    for (const path of ['a.gitignore', '.gitignore/a', 'ignore']) assert.ok(!isIgnoreFile(path), path);
  });
});
