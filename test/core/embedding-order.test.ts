import assert from 'node:assert/strict';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import { Pace } from '../../src/core/pace.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

/** More files than are embedded at once, each about something of its own. */
const count = 400;
const trades = ['baker', 'weaver', 'smith', 'cooper', 'tanner', 'miller', 'mason', 'potter', 'glazier', 'tailor'];
const name = (i: number): string => `guild/member-${i}.md`;
const files = Object.fromEntries(
  Array.from({ length: count }, (_, i) => {
    const trade = trades[Math.floor(i / 40)]!;
    const life = `The ${trade} of house ${i} rose before dawn and went about the work of a ${trade}. `;
    return [name(i), `# House ${i}\n\n${life.repeat(8)}\n`];
  }),
);

describe('the order of embedding', function () {
  this.timeout(60_000);
  let engine: Engine;

  async function open(options: Partial<EngineOptions> = {}): Promise<void> {
    const folder = tempFolder();
    writeFiles(folder, files);
    engine = await Engine.open({ folder, home: tempFolder(), model: bundledModel(), ...options });
  }
  /** Looks at the status each time the engine gets its turn until it is as wanted. */
  async function until(reached: () => boolean): Promise<void> {
    while (!reached()) {
      assert.notEqual(engine.status().state, 'failed', engine.status().message);
      await new Promise((done) => setTimeout(done, 5));
    }
  }
  const isEmbedded = async (path: string): Promise<boolean> => (await engine.why(path)).state === 'indexed';

  afterEach(() => engine.close());
  after(removeTempFolders);

  it('begins with what the user looks at', async () => {
    await open();
    const wanted = [name(7), name(203), name(311)];
    engine.prefer(wanted);
    engine.changed();
    await until(() => engine.status().embedded > 0);
    for (const path of wanted) assert.ok(await isEmbedded(path), path);
    assert.ok(engine.status().embedded < count);
  });

  it('changes when the user looks at something else on the way', async () => {
    await open();
    engine.changed();
    await until(() => engine.status().embedded > 0);
    let next = 0;
    while (await isEmbedded(name(next))) next++;
    engine.prefer([name(next)]);
    const { embedded } = engine.status();
    await until(() => engine.status().embedded > embedded + 64); // the group under way, and the next one
    assert.ok(await isEmbedded(name(next)));
    assert.ok(engine.status().embedded < count);
  });

  it('gives way to the first candidates of a search, whose answer then is the better one', async () => {
    await open();
    engine.changed();
    await until(() => engine.status().state === 'embedding');
    const query = { query: 'the work of a potter', top: 5 };
    const rough = await engine.search(query);
    assert.equal(rough.tier, 'instant');
    const sharp = await engine.searchSharpened(query);
    const { embedded } = engine.status();
    for (const { path } of rough.results) assert.ok(await isEmbedded(path), path);
    assert.match(sharp.results[0]?.snippet ?? '', /potter/);
    assert.ok(embedded < count, 'all was embedded before the search got its turn');
  });

  it('does nothing for a search while it is paused', async () => {
    await open();
    engine.pause();
    engine.changed();
    await engine.searchSharpened({ query: 'the work of a potter', top: 5 });
    assert.equal(engine.status().embedded, 0);
  });
});

describe('pace', () => {
  const closing = new AbortController();
  async function restAfter(pace: Pace, workMs: number): Promise<number> {
    const began = performance.now();
    await pace.rest(workMs);
    return performance.now() - began;
  }

  it('rests as long as it works when gentle, or on battery, and not at all when fast', async () => {
    const battery = new Pace('normal', closing.signal);
    battery.onBattery = true;
    const fast = new Pace('fast', closing.signal);
    fast.onBattery = true;
    assert.ok((await restAfter(new Pace('gentle', closing.signal), 100)) >= 95);
    assert.ok((await restAfter(battery, 100)) >= 95);
    assert.ok((await restAfter(new Pace('normal', closing.signal), 100)) < 95);
    assert.ok((await restAfter(fast, 100)) < 95);
  });

  it('waits while the user types, unless it is to be fast', async () => {
    const pace = new Pace('normal', closing.signal);
    pace.typing();
    setTimeout(() => pace.typing(), 200);
    assert.ok((await restAfter(pace, 0)) >= 1600);
    const fast = new Pace('fast', closing.signal);
    fast.typing();
    assert.ok((await restAfter(fast, 0)) < 500);
  });

  it('ends when the engine closes', async () => {
    const pace = new Pace('gentle', closing.signal);
    setTimeout(() => closing.abort(), 20);
    await assert.rejects(pace.rest(60_000), { name: 'AbortError' });
  });
});
