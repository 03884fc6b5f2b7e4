/** Real code and docs to measure with: what the packages in node_modules hold, always the same choice of it. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { embeddedText } from '../../src/core/prepare.ts';
import { writeFiles } from '../core/temp.ts';

const packages = resolve(import.meta.dirname, '../../node_modules');
/** Packages that ship their code as it was written. */
const codeGlobs = ['zod/src', 'vectra/src', 'eslint/lib', 'mocha/lib', 'commander/lib', 'dependency-cruiser/src'].map(
  (folder) => `${folder}/**/*.{ts,js,mjs}`,
);
const docsGlobs = ['*/README.md', '@*/*/README.md'];
/** Bytes. Shorter files are stubs, longer ones tables: neither is what people search. */
const fileSizes = { least: 500, most: 60_000 };

interface SourceFile {
  /** With forward slashes, beginning with the package's name. */
  readonly path: string;
  readonly text: string;
}

/** As many files of each sort, evenly spread over the packages. @throws Error when the packages are not installed */
function sourceFiles(count: { readonly code: number; readonly docs: number }): SourceFile[] {
  const paths = [...spread(find(codeGlobs), count.code), ...spread(find(docsGlobs), count.docs)];
  if (paths.length < (count.code + count.docs) / 2) {
    throw new Error(`Only ${paths.length} files to measure with in ${packages}; run npm ci first.`);
  }
  return paths.map((path) => ({ path, text: readFileSync(join(packages, path), 'utf8') }));
}

/** The same, laid out in a folder. */
export function writeSources(folder: string, count: { readonly code: number; readonly docs: number }): void {
  writeFiles(folder, Object.fromEntries(sourceFiles(count).map(({ path, text }) => [path, text])));
}

/** Chunks as the engine embeds them, no two alike, the code and the docs mixed; the same ones each time. */
export function sampleTexts(count: { readonly code: number; readonly docs: number }): string[] {
  const files = sourceFiles({ code: 80, docs: 60 });
  const textsOf = (docs: boolean): string[] => {
    const ofKind = files.filter(({ path }) => path.endsWith('.md') === docs);
    return [
      ...new Set(ofKind.flatMap(({ path, text }) => chunkFile(path, text).map((chunk) => embeddedText(path, chunk)))),
    ];
  };
  const texts = [...spread(textsOf(false), count.code), ...spread(textsOf(true), count.docs)];
  const key = (text: string): string => createHash('sha256').update(text).digest('hex');
  return texts.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function find(globs: readonly string[]): string[] {
  if (!existsSync(packages)) return [];
  return globSync(globs, { cwd: packages })
    .filter((path) => {
      const { size } = statSync(join(packages, path));
      return size >= fileSizes.least && size <= fileSizes.most;
    })
    .map((path) => path.split(sep).join('/'))
    .sort();
}

/** `count` of the items, at even distances; all when there are no more. */
function spread<T>(items: readonly T[], count: number): T[] {
  return items.filter(
    (_, i) => Math.floor((i * count) / items.length) !== Math.floor(((i - 1) * count) / items.length),
  );
}
