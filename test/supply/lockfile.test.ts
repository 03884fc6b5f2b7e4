import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

describe('what npm ci installs', () => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
  const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  const names = locked.map(([path, { version }]) => ({ name: path.replace(/^.*node_modules\//u, ''), version }));

  it('comes from the public registry, and only as it was when it was locked', () => {
    assert.ok(locked.length > 100);
    for (const [path, { resolved = '', integrity = '' }] of locked) {
      assert.match(resolved, /^https:\/\/registry\.npmjs\.org\/.+\.tgz$/u, path);
      assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/u, path);
    }
  });

  it('runs a script for the packages alone that package.json lists with this version', () => {
    const withScript = names.filter((_, i) => locked[i]?.[1].hasInstallScript);
    const listed = Object.keys(allowScripts).map((entry) => entry.replace(/(?<=.)@.*$/u, ''));
    assert.deepEqual([...new Set(withScript.map(({ name }) => name))].sort(), listed.sort());
    const exact = new Set(withScript.map(({ name, version }) => `${name}@${version}`));
    for (const [entry, mayRun] of Object.entries(allowScripts)) if (mayRun) assert.ok(exact.has(entry), entry);
  });

  it('fails when a package that is not listed has a script', () => {
    assert.match(readFileSync(join(root, '.npmrc'), 'utf8'), /^strict-allow-scripts=true$/mu);
  });
});
