/**
 * Makes judged queries out of the comments and headings of published packages, to train the ranker on more than one
 * benchmark's habits.
 *
 *   node tools/train-ranker/collect.ts PACKAGES OUT
 *
 * PACKAGES holds an unpacked package in each folder. In OUT/corpora each is laid out again with some of its doc comments
 * and headings taken away, and OUT/queries/NAME.jsonl asks for what they stood above, in their own words: the first
 * sentence of the comment, or the heading. Two more folders hold the same functions and sections as a file each, under
 * names that tell nothing: there only the text itself can be found.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { definitionsIn } from '../../src/core/chunk/definitions.ts';

/** How many queries a package gives: of its functions, and of its documents' sections. */
const perPackage = { functions: 14, sections: 40 };
/** How many a folder of single functions or sections gives, and how many it holds in all. */
const singles = { queries: 150, files: 2500 };
const maxFileSize = 400_000;
/** Every how many queries is put as a question. */
const questionEvery = 3;

interface Found {
  readonly kind: 'functions' | 'sections';
  readonly path: string;
  readonly query: string;
  /** The lines of the comment or heading, 0-based: from, and the one behind. */
  readonly hidden: readonly [from: number, end: number];
  /** The last line of the function or section, 0-based. */
  readonly last: number;
}

const [packages, out] = process.argv.slice(2);
if (!packages || !out) throw new Error('usage: collect.ts PACKAGES OUT');
const random = generator(20261124);
rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'queries'), { recursive: true });

interface Single {
  readonly query: string;
  readonly text: string;
  readonly extension: string;
}
const single: Record<Found['kind'], Single[]> = { functions: [], sections: [] };

for (const name of readdirSync(packages).sort()) collect(name, resolve(packages, name), out);
for (const kind of ['functions', 'sections'] as const) writeSingles(kind, out);

function collect(name: string, folder: string, target: string): void {
  const files = new Map<string, string[]>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(folder, path));
    if (!stat.isFile() || stat.size > maxFileSize) continue;
    const text = readFileSync(join(folder, path), 'utf8');
    if (!text.includes('\0')) files.set(path, text.split(/\r?\n/));
  }
  const found = [...files].flatMap(([path, lines]) => [...functionsOf(path, lines), ...sectionsOf(path, lines)]);
  const times = new Map<string, number>();
  for (const { query } of found) times.set(query, (times.get(query) ?? 0) + 1);
  const telling = shuffle(found.filter(({ query }) => times.get(query) === 1));

  const chosen: Found[] = [];
  const used = new Map<string, number>();
  for (const one of telling) {
    const lines = files.get(one.path) ?? [];
    const body = [...lines.slice(one.hidden[1], one.last + 1)];
    if (one.kind === 'functions') body.unshift(...signature(lines, one));
    single[one.kind].push({ query: one.query, text: body.join('\n'), extension: extname(one.path) });
    const sofar = chosen.filter(({ kind }) => kind === one.kind).length;
    if (sofar >= perPackage[one.kind] || (used.get(one.path) ?? 0) >= 2) continue;
    if (chosen.some((other) => other.path === one.path && other.hidden[0] <= one.last && one.hidden[0] <= other.last))
      continue;
    used.set(one.path, (used.get(one.path) ?? 0) + 1);
    chosen.push(one);
  }
  if (chosen.length < 5) return;

  for (const [path, lines] of files) {
    const gone = new Set<number>();
    for (const { path: its, hidden } of chosen)
      if (its === path) for (let l = hidden[0]; l < hidden[1]; l++) gone.add(l);
    // Blanked rather than taken out, so that lines keep their numbers.
    write(join(target, 'corpora', name, path), lines.map((line, l) => (gone.has(l) ? '' : line)).join('\n'));
  }
  const queries = chosen.map(({ kind, path, query, hidden, last }, n) => ({
    id: `${name}:${n}`,
    query: kind === 'functions' ? phrase(query, n) : query,
    category: kind,
    relevant: [{ path, start_line: hidden[0] + 1, end_line: last + 1 }],
    secondary: [],
  }));
  write(join(target, 'queries', `${name}.jsonl`), queries.map((query) => `${JSON.stringify(query)}\n`).join(''));
}

/** In Python the docstring lies within the function: what stands before it belongs to the function all the same. */
function signature(lines: readonly string[], { hidden: [from] }: Found): string[] {
  const before: string[] = [];
  for (let line = from - 1; line >= 0 && before.length < 12; line--) {
    const text = lines[line] ?? '';
    if (!/^\s*(async\s+)?(def|class)\s/.test(text) && !/^[\s\w,:=*[\]().|>"'-]+$/.test(text)) break;
    before.unshift(text);
    if (/^\s*(async\s+)?(def|class)\s/.test(text)) return before;
  }
  return [];
}

function functionsOf(path: string, lines: readonly string[]): Found[] {
  const found: Found[] = [];
  for (const { name, startLine, line, endLine } of definitionsIn(path, lines.join('\n'))) {
    if (endLine - line < 2 || endLine - line > 120) continue;
    const hidden = /\.pyi?$/.test(path)
      ? docstring(lines, line - 1, endLine - 1)
      : comment(lines, startLine - 1, line - 1);
    const query = hidden && sentence(lines.slice(...hidden).join('\n'), name);
    if (query) found.push({ kind: 'functions', path, query, hidden, last: endLine - 1 });
  }
  return found;
}

/** The comment above a definition. */
function comment(lines: readonly string[], from: number, line: number): [number, number] | undefined {
  let end = from;
  let block = false;
  while (end < line) {
    const text = (lines[end] ?? '').trim();
    if (text.startsWith('/*')) block = true;
    if (!block && !/^(\/\/|#(?!\[|!)|--|;;)/.test(text)) break;
    end++;
    if (text.includes('*/')) block = false;
  }
  return end > from ? [from, end] : undefined;
}

function docstring(lines: readonly string[], line: number, last: number): [number, number] | undefined {
  let from = line;
  while (from < last && !/:\s*(#.*)?$/.test(lines[from] ?? '')) from++;
  from++;
  const open = /^\s*[rRuU]?("""|''')/.exec(lines[from] ?? '')?.[1];
  if (open === undefined) return undefined;
  const first = (lines[from] ?? '').replace(/^\s*[rRuU]?("""|''')/, '');
  if (first.includes(open)) return [from, from + 1];
  for (let end = from + 1; end < last; end++) if ((lines[end] ?? '').includes(open)) return [from, end + 1];
  return undefined;
}

/** The first sentence of a comment, without its marks and the name of what it is about; undefined when it tells little. */
function sentence(text: string, name: string): string | undefined {
  const plain = text
    .replace(/^\s*[rRuU]?("""|''')/, '')
    .replace(/("""|''')\s*$/, '')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\s*(\/\*+|\*+\/|\*+|\/\/[/!]?|#+|--+|;+)?\s?/, '')
        .replace(/\*+\/\s*$/, '')
        .trim(),
    );
  const start = plain.findIndex((line) => line !== '');
  const rest = plain.slice(Math.max(start, 0));
  const end = rest.findIndex((line) => line === '' || /^([@:]|Args|Param|Return|Example|>>>|```)/.test(line));
  const paragraph = rest.slice(0, end < 0 ? rest.length : end).join(' ');
  const first = /^.*?[.!?](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
  const clean = first
    .replace(/\{@?\w*\s*([^}]*)\}/g, '$1')
    .replace(/:\w+:`~?([^`]*)`/g, '$1')
    .replace(/<[^>]*>|\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])?/g, '$1')
    .replace(/[`*]|\.$/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const words = (clean.startsWith(`${name} `) ? clean.slice(name.length + 1) : clean).trim();
  const count = words.split(' ').length;
  if (count < 4 || count > 24 || !/^[\p{L}\p{N}]/u.test(words)) return undefined;
  return /copyright|license|deprecated|todo|eslint|pragma|inherit/i.test(words) ? undefined : words;
}

function sectionsOf(path: string, lines: readonly string[]): Found[] {
  if (!/\.(md|markdown|mdx|rst)$/.test(path)) return [];
  const heads: { readonly line: number; readonly end: number; readonly title: string }[] = [];
  let fence = false;
  lines.forEach((text, line) => {
    if (/^\s*(```|~~~)/.test(text)) fence = !fence;
    const title = fence ? undefined : /^#{1,5}\s+(.*?)\s*#*$/.exec(text)?.[1];
    if (title !== undefined) heads.push({ line, end: line + 1, title });
    else if (line > 0 && /^([=\-~^"'*+])\1{3,}$/.test(text) && /^[^\s=~\-]/.test(lines[line - 1] ?? '')) {
      heads.push({ line: line - 1, end: line + 1, title: lines[line - 1] ?? '' });
    }
  });
  return heads.flatMap(({ line, end, title }, n): Found[] => {
    const next = heads[n + 1]?.line ?? lines.length;
    const prose = lines.slice(end, next).join(' ').trim();
    const query = title
      .replace(/<[^>]*>|!?\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])?/g, '$1')
      .replace(/[`*_]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    const words = query.split(' ').length;
    if (words < 3 || words > 14 || prose.length < 150 || n === 0 || !/^[\p{L}]/u.test(query)) return [];
    return [{ kind: 'sections', path, query, hidden: [line, end], last: next - 1 }];
  });
}

/** Some as a question, as people put it. */
function phrase(query: string, n: number): string {
  if (n % questionEvery !== 0 || /^(how|what|why|when|where|can|is|are|do)\b/i.test(query)) return query;
  const [first = '', ...rest] = query.split(' ');
  if (/^[A-Z]?[a-z]+s$/.test(first) && !/ss$/.test(first))
    return `how does it ${stripS(first.toLowerCase())} ${rest.join(' ')}`;
  if (
    /^(get|set|return|create|add|remove|find|make|check|convert|parse|read|write|compute|build|load|save|test)$/i.test(
      first,
    )
  ) {
    return `how to ${first.toLowerCase()} ${rest.join(' ')}`;
  }
  return `where is the code for: ${query}`;
}

function stripS(word: string): string {
  return word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/(?<=ch|sh|x|ss)es$|s$/, '');
}

/** The folder with a file for each function or section. */
function writeSingles(kind: Found['kind'], target: string): void {
  const seen = new Set<string>();
  const all = shuffle(
    single[kind].filter(({ query, text }) => text.length > 80 && !seen.has(query) && seen.add(query)),
  );
  const kept = all.slice(0, singles.files);
  const name = `single-${kind}`;
  kept.forEach(({ text, extension }, n) => write(join(target, 'corpora', name, `${n}${extension}`), text));
  const queries = kept.slice(0, singles.queries).map(({ query, extension }, n) => ({
    id: `${name}:${n}`,
    query: kind === 'functions' ? phrase(query, n) : query,
    category: name,
    relevant: [`${n}${extension}`],
    secondary: [],
  }));
  write(join(target, 'queries', `${name}.jsonl`), queries.map((query) => `${JSON.stringify(query)}\n`).join(''));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Numbers from 0 to 1, the same at every run: mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}
