import assert from 'node:assert/strict';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { compileGlob } from '../../src/core/glob.ts';
import { linearGlob } from '../../src/core/wildcards.ts';

describe('globs of settings', () => {
  const fits = (glob: string, path: string): boolean | undefined => compileGlob(glob, 'nearby.exclude')?.(path);

  it('mean with many wildcards what they mean with few', () => {
    const glob = 'packages/*/src/**/*.gen.*.{ts,js}';
    assert.equal(fits(glob, 'packages/a/src/b/c/d.gen.e.ts'), true);
    assert.equal(fits(glob, 'packages/a/src/d.gen.e.js'), true);
    assert.equal(fits(glob, 'packages/a/src/d.gen.e.tsx'), false);
    assert.equal(fits(glob, 'packages/a/b/src/d.gen.e.ts'), false);
    assert.equal(fits('*a*[!x]*?\\**', '-a-y-z*'), true);
    assert.equal(fits('*a*[!x]*?\\**', '-ax*'), false);
  });

  it('mean the same to both ways of matching them', () => {
    const pieces = ['*', '*', '/**/', 'a', 'b', '?', '/', '[ab]', '[^a]', '[a-c]', '{a,b}', '{a,bc}', '\\*', '-', '$'];
    const glob = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', '*', '-'), minLength: 1, maxLength: 5 });
    const path = fc
      .array(
        name.filter((text) => !/^\.{1,2}$/.test(text)),
        { minLength: 1, maxLength: 4 },
      )
      .map((names) => names.join('/'));
    fc.assert(
      fc.property(glob, fc.array(path, { minLength: 4, maxLength: 4 }), (made, paths) => {
        const trimmed = made.replace(/\/$/, '');
        fc.pre(trimmed !== '' && !/\/\/|\*{3}/.test(trimmed));
        const linear = linearGlob(trimmed, false);
        const matches = picomatch(trimmed, { dot: true, nonegate: true, noextglob: true });
        for (const each of paths) if (linear) assert.equal(linear(each), matches(each), `${trimmed} ${each}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('are matched in a moment, however many wildcards, and refused where that cannot be', () => {
    const name = 'a'.repeat(250);
    const path = `${'a/'.repeat(200)}${name}c`;
    const started = performance.now();
    for (const glob of [
      '*a'.repeat(40),
      '**/a/'.repeat(40),
      '*[a-b]?'.repeat(20),
      '**/*a*a*/'.repeat(10),
      '{*a,*aa}'.repeat(7),
    ]) {
      assert.equal(fits(`${glob}b`, path), false, glob);
      assert.equal(fits(`${glob}b`, `${name}c`), false, glob);
    }
    assert.ok(performance.now() - started < 3000);
    for (const glob of ['{a,aa}'.repeat(40), '(*a|*aa)'.repeat(5), `${'{a,'.repeat(40)}${'}'.repeat(40)}`]) {
      assert.throws(() => fits(glob, path), { code: 'bad-glob' });
    }
  });
});
