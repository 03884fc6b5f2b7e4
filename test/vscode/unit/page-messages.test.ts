import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listenTo } from '../../../src/vscode/listen.ts';
import type { Messages } from '../../../src/vscode/page-messages.ts';

const search = { query: 'retry', kind: 'all', scope: 'workspace', include: '', exclude: '*.md' };

const good: Record<keyof Messages, readonly Record<string, unknown>[]> = {
  view: [
    { type: 'ready', seq: 0, search },
    { type: 'search', seq: 3, search, enter: true },
    { type: 'leaveSimilar', seq: 4, search },
    { type: 'open', answer: 1, item: 0, how: 'preview' },
    { type: 'selected', answer: 1, item: -1, focus: 'results' },
    { type: 'run', command: 'pinResult', answer: 1, item: 2 },
    { type: 'act', action: 'rebuild' },
  ],
  report: [
    { type: 'ready' },
    { type: 'note', note: 0, action: 1 },
    { type: 'act', folder: 'file:///work', action: 'clear' },
    { type: 'list', folder: 'file:///work', group: 'ignored', containing: '', from: 0, count: 100 },
    { type: 'file', folder: 'file:///work', group: 'too-large', item: 3, action: 'open' },
  ],
  map: [
    { type: 'ready' },
    { type: 'open', file: 2, chunk: -1, how: 'beside' },
    { type: 'search', query: 'retry' },
    { type: 'refresh' },
  ],
};

/** What a page that was taken over might try to open or run. */
const places = [
  '../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  'command:workbench.action.quit',
  'http://a.b/',
];

/** What is handed on of what a page says, and what is logged. */
async function heard(page: keyof Messages, ...said: unknown[]): Promise<{ handed: unknown[]; logged: string[] }> {
  const handed: unknown[] = [];
  const logged: string[] = [];
  let say: (message: unknown) => unknown = () => undefined;
  listenTo(
    page,
    {
      onDidReceiveMessage: (listener: (message: unknown) => unknown) => {
        say = listener;
        return { dispose: () => undefined };
      },
    },
    { warn: (line: string) => logged.push(line) },
    (message) => handed.push(message),
  );
  await Promise.all(said.map((message) => say(message)));
  return { handed, logged };
}

describe('What the pages say', () => {
  for (const page of ['view', 'report', 'map'] as const) {
    it(`is handed on in its order when it is in order (${page})`, async () => {
      assert.deepEqual(await heard(page, ...good[page]), { handed: good[page], logged: [] });
    });

    it(`is refused and logged when anything of it is not: left out, too much, of another kind (${page})`, async () => {
      const bad = good[page].flatMap((message) => [
        ...places.map((place) => ({ ...message, uri: place })),
        ...Object.keys(message).flatMap((name) => {
          const rest = Object.fromEntries(Object.entries(message).filter(([key]) => key !== name));
          const wrong = [...places.slice(0, 1), null, {}, -2, 1.5, 2 ** 60, NaN, 'x'.repeat(100_001), [], true];
          return [
            rest,
            ...wrong.filter((value) => !isRight(name, value)).map((value) => ({ ...message, [name]: value })),
          ];
        }),
      ]);
      const { handed, logged } = await heard(page, ...bad);
      assert.deepEqual(handed, []);
      assert.equal(logged.length, bad.length);
      for (const line of logged) assert.ok(line.length < 200 && !/passwd|quit/.test(line), line);
    });

    it(`may be anything at all (${page})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.anything(), async (message) => {
          const { handed, logged } = await heard(page, message);
          assert.deepEqual([handed.length, logged.length], [0, 1]);
        }),
      );
    });
  }

  it('names no file but by its number, and no command but one of its own', async () => {
    for (const place of places) {
      const messages = {
        view: [
          { type: 'open', answer: 1, item: place, how: 'open' },
          { type: 'open', path: place, how: 'open' },
          { type: 'run', command: place, answer: 1, item: 0 },
          { type: 'run', command: '__proto__', answer: 1, item: 0 },
          { type: 'act', action: place },
          { type: 'act', action: 'constructor' },
        ],
        report: [
          { type: 'file', folder: 'file:///work', group: 'ignored', item: place, action: 'open' },
          { type: 'file', folder: 'file:///work', group: place, item: 0, action: 'open' },
          { type: 'act', folder: 'file:///work', action: place },
        ],
        map: [{ type: 'open', file: place, chunk: 0, how: 'open' }],
      };
      for (const page of ['view', 'report', 'map'] as const) {
        const { handed, logged } = await heard(page, ...messages[page]);
        assert.deepEqual([handed, logged.length], [[], messages[page].length]);
      }
    }
  });
});

/** Free text is what the user typed, and a flag may be set. */
function isRight(name: string, value: unknown): boolean {
  const isText = typeof value === 'string' && value.length < 1000;
  return (isText && ['folder', 'containing', 'query'].includes(name)) || (name === 'enter' && value === true);
}
