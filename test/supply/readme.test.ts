import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Where in the docs the figures of a line of the README's comparison stand: a part of the table, or the start of a line. */
const sources: Readonly<Record<string, string>> = {
  'First answer from 1,000 files that nobody has indexed': 'The first answer, from nothing',
  'Opening an index of 10,000 chunks': 'The index at rest: cold open, beside vectra, 10k',
  'Memory with it open': 'The index at rest: memory, beside vectra, 10k',
  'On disk, for each chunk, with text to search by words':
    'The index at rest: on disk, for each chunk, beside vectra, 10k',
  'Written for one edit among 2,600 chunks': 'One edit: written, beside one upsert there',
  'A search of 10,000 chunks by vectors alone': 'A query: by vectors alone, 10k',
  'A search of 10,000 chunks by keywords alone': 'A query: by keywords alone, 10k',
  'Text to vectors by the model, on one thread': 'Embedding: texts to vectors, beside the usual way',
  'Right answers to 576 questions about code (NDCG@10)': 'By language: all',
};

describe('the README', () => {
  const readme = read('README.md');
  const manifest = JSON.parse(read('package.json')) as {
    engines: { vscode: string };
    contributes: { configuration: { properties: Record<string, unknown> } };
  };

  it('compares by figures that the docs have', () => {
    const docs = [...figureLines('docs/performance.md'), ...figureLines('docs/quality.md')];
    const compared = rows(partOf(readme, 'How it compares')).slice(1);
    assert.deepEqual(
      compared.map(([label]) => label),
      Object.keys(sources),
    );
    for (const [label = '', ...cells] of compared) {
      const source = docs.filter(({ name }) => name.startsWith(sources[label] ?? '-')).map(({ text }) => text);
      assert.ok(source.length > 0, `The docs have no line ${sources[label] ?? ''}`);
      const figures = cells.join(' ').match(/\d[\d.,]*(?: (?:s|ms|MB|bytes|tokens\/s)\b)?/gu) ?? [];
      assert.ok(figures.length > 0, label);
      for (const figure of figures) {
        const isThere = source.some((text) => text.split('|').some((cell) => isFigureOf(figure, cell)));
        assert.ok(isThere, `${label}: ${figure} is not in\n${source.join('\n')}`);
      }
    }
  });

  it('explains messages as they are shown', () => {
    const code = globSync('src/**/*.ts', { cwd: root })
      .map(read)
      .join('\n')
      .replace(/\$?\{[^}\n]*\}/gu, '…');
    const messages = rows(partOf(readme, 'When something is wrong')).flatMap(
      ([shown]) => /^_(.+)_$/u.exec(shown ?? '')?.[1] ?? [],
    );
    assert.ok(messages.length > 5);
    for (const message of messages) {
      // What a message passes on stands apart from its beginning.
      for (const part of message.split(/(?<=: )/u)) assert.ok(code.includes(part), `No message says "${part}"`);
    }
  });

  it('names the VS Code that it needs, and every setting', () => {
    assert.ok(readme.includes(`VS Code ${manifest.engines.vscode.replace(/^\^|\.0$/gu, '')} or newer`));
    const settings = rows(partOf(readme, 'Settings')).flatMap(([name]) => /^`(.+)`$/u.exec(name ?? '')?.[1] ?? []);
    assert.deepEqual(settings, Object.keys(manifest.contributes.configuration.properties));
  });

  it('leads nowhere in vain', () => {
    const headings = [...readme.matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
    for (const [, target = ''] of readme.matchAll(/\]\(([^)]+)\)/gu)) {
      if (target.startsWith('https://')) continue;
      const isThere = target.startsWith('#') ? headings.includes(target.slice(1)) : existsSync(join(root, target));
      assert.ok(isThere, target);
    }
  });
});

/** From the heading to the next one. */
function partOf(text: string, heading: string): string {
  const from = text.indexOf(`\n## ${heading}\n`);
  assert.ok(from >= 0, `There is no ${heading}`);
  return text.slice(from, text.indexOf('\n## ', from + 1));
}

/** The cells of the lines of the tables in `text`, without the emphasis. */
function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => /^\|(?! -|-)/u.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('**', '')),
    );
}

/** The lines of a page's tables, each named by the part or heading that it is under and by its first cell. */
function figureLines(path: string): { name: string; text: string }[] {
  let part = '';
  const lines: { name: string; text: string }[] = [];
  for (const line of read(path).split('\n')) {
    part = /^#+ (.+)$|^\| \*\*([^*]+)\*\* +\|(?: +\|)+$/u.exec(line)?.slice(1).find(Boolean) ?? part;
    const [label] = rows(line)[0] ?? [];
    if (label) lines.push({ name: `${part}: ${label}`, text: line });
  }
  return lines;
}

/** A cell has the figure first, and may say of whom it is. */
function isFigureOf(figure: string, cell: string): boolean {
  return new RegExp(`^${figure.replace(/[.]/gu, '\\.')}(?!\\d|[.,]\\d)`, 'u').test(cell.trim());
}
