import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { explain, walkFolder } from '../../src/core/walk.ts';

/** What git takes in of a work tree in which nothing is tracked yet. */
function gitFiles(root: string): string[] {
  const args = ['ls-files', '--others', '--cached', '--exclude-standard', '-z'];
  const listing = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  return listing.filter((path) => path !== '' && !path.endsWith('.gitignore')).sort();
}

/** The place of the rule that leaves a file out, as it stands in our reason. */
function gitRules(root: string, files: readonly string[]): Map<string, string> {
  const input = files.join('\0');
  const { stdout } = spawnSync('git', ['check-ignore', '-v', '-z', '--stdin'], { cwd: root, input, encoding: 'utf8' });
  const fields = stdout.split('\0');
  const places = new Map<string, string>();
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [source = '', line = '', rule = '', file = ''] = fields.slice(at, at + 4);
    if (!rule.startsWith('!')) places.set(file, `in ${source}, line ${line}.`);
  }
  return places;
}

async function walkedFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for await (const batch of walkFolder(root)) files.push(...batch.files.map(({ path }) => path));
  return files.filter((path) => !path.endsWith('.gitignore')).sort();
}

// Without names outside ASCII: to git, "?" and "[!a]" match one byte of them, to us one letter.
const name = fc.constantFrom('a', 'b', 'c', 'ab', 'a.x', 'b.x', 'c.y', 'a b', '[a]', '#a', '!b', 'A');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const part = fc.oneof(
  name,
  fc.constantFrom(
    '*',
    '**',
    '?',
    '*.x',
    'a*',
    '*a*b',
    '[ab]',
    '[!a]',
    '[a-c]*',
    '\\a',
    '\\#a',
    '\\[a\\]',
    '[[:alpha:]]',
  ),
  fc.string({ unit: fc.constantFrom(...Array.from('ab*?[]!\\-^. #')), minLength: 1, maxLength: 6 }),
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '\\!', '!!', '#', '!#'),
    fc.constantFrom('', '', '/'),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '/', '/*', '/**', ' ', '\\ ', '/ ', '\r', '\t', '//'),
  )
  .map(([start, anchor, parts, end]) => start + anchor + parts.join('/') + end)
  // "**" glued to a name has no defined meaning, and what git makes of it depends on the letters before it.
  .filter((line) => !/[^/]\*\*|\*\*[^/ \r]/u.test(line.replace(/^!/u, '')));
const rules = fc.array(pattern, { maxLength: 6 }).map((lines) => lines.join('\n'));
const folderPath = fc.oneof(fc.constant(''), path);

describe('walk beside git', function () {
  let base: string;
  let runs = 0;
  const config = process.env['XDG_CONFIG_HOME'];

  before(function () {
    if (spawnSync('git', ['--version']).error) this.skip(); // nothing to compare with
    base = mkdtempSync(join(tmpdir(), 'nearby-git-'));
    process.env['XDG_CONFIG_HOME'] = join(base, 'config');
    process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
    mkdirSync(join(base, 'config', 'git'), { recursive: true });
  });

  after(() => {
    if (config === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = config;
    delete process.env['GIT_CONFIG_GLOBAL'];
    rmSync(base, { recursive: true, force: true });
  });

  function makeTree(
    files: readonly string[],
    ignoreFiles: readonly (readonly [string, string])[],
    exclude: string,
    global: string,
  ) {
    const root = join(base, `run-${runs++}`);
    mkdirSync(root);
    execFileSync('git', ['init', '-q', root]);
    const write = (file: string, content: string) => {
      // A path whose parent is a file already, or that is a folder already, is not part of this tree.
      try {
        mkdirSync(dirname(join(root, file)), { recursive: true });
        writeFileSync(join(root, file), content);
      } catch {}
    };
    for (const file of files) write(file, 'text\n');
    for (const [folder, content] of ignoreFiles) write(join(folder, '.gitignore'), content);
    write('.git/info/exclude', exclude);
    writeFileSync(join(base, 'config', 'git', 'ignore'), global);
    return root;
  }

  it('takes in the same files, whatever the rules', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 3, maxLength: 14 }),
        fc.array(fc.tuple(folderPath, rules), { maxLength: 4 }),
        fc.oneof(fc.constant(''), rules),
        fc.oneof(fc.constant(''), rules),
        async (files, ignoreFiles, exclude, global) => {
          const root = makeTree(files, ignoreFiles, exclude, global);
          try {
            const expected = gitFiles(root);
            assert.deepEqual(await walkedFiles(root), expected);
            // One file at a time gives the same verdicts, by the same rules.
            const rulesOfGit = gitRules(root, files);
            for (const file of files) {
              const verdict = await explain(root, file);
              if (verdict === 'missing') continue; // a folder took its place
              assert.ok(verdict !== 'outside');
              if (expected.includes(file)) assert.ok('size' in verdict, file);
              else
                assert.ok(
                  'reason' in verdict &&
                    verdict.reason.endsWith(rulesOfGit.get(file) ?? 'It is a folder. Ask about a file in it.'),
                  file,
                );
            }
          } finally {
            rmSync(root, { recursive: true, force: true });
          }
        },
      ),
      { numRuns: Number(process.env['NEARBY_GIT_RUNS'] ?? 60) },
    );
  });

  it('names the rule that git names', async () => {
    const root = makeTree(
      ['dist/a.ts', 'src/b.log', 'src/keep.log', 'src/deep/c.tmp', 'd.bak', 'e.swp'],
      [
        ['', '# built\n\ndist/\n*.log\n'],
        ['src', '!keep.log\n*.tmp\n'],
      ],
      '*.bak\n',
      '# mine\n*.swp\n',
    );
    const reason = async (file: string) => {
      const verdict = await explain(root, file);
      return typeof verdict === 'object' && 'reason' in verdict ? verdict.reason : verdict;
    };
    assert.equal(
      await reason('dist/a.ts'),
      'It lies in dist/, which is left out. Left out by the rule "dist/" in .gitignore, line 3.',
    );
    assert.equal(await reason('src/b.log'), 'Left out by the rule "*.log" in .gitignore, line 4.');
    assert.equal(await reason('src/deep/c.tmp'), 'Left out by the rule "*.tmp" in src/.gitignore, line 2.');
    assert.equal(await reason('d.bak'), 'Left out by the rule "*.bak" in .git/info/exclude, line 1.');
    const global = join(base, 'config', 'git', 'ignore');
    assert.equal(await reason('e.swp'), `Left out by the rule "*.swp" in ${global}, line 2.`);
    const found = await explain(root, 'src/keep.log');
    assert.ok(typeof found === 'object' && 'size' in found);
  });
});
