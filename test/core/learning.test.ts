import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import { maxEvents } from '../../src/core/feedback.ts';
import type { LearnEvent, SearchAnswer, SearchResult } from '../../src/core/types.ts';
import { removeTempFolders, tempFolder, writeFiles } from './temp.ts';

/** Several places that one plain question could mean. */
const project = {
  'src/http-retry.ts': `/** Sends the request again after a failure, waiting twice as long each time. */
export async function sendAgain(request: Request, limit: number): Promise<Response> {
  for (let tries = 0; tries < limit; tries++) {
    const response = await send(request);
    if (response.ok) return response;
    await sleep(100 * 2 ** tries);
  }
  throw new Error('The server does not answer.');
}
`,
  'src/payment-retry.ts': `/** Charges the card again after the bank refused it, once a day. */
export async function chargeAgain(card: Card, amount: Money, days: number): Promise<Receipt> {
  for (let day = 0; day < days; day++) {
    const receipt = await bank.charge(card, amount);
    if (receipt.accepted) return receipt;
    await nextMorning();
  }
  throw new Error('The bank refuses the card.');
}
`,
  'src/invoice.ts': `/** Draws up the bill for a customer's card and sends it to the bank. */
export function drawUpInvoice(customer: Customer, orders: Order[]): Invoice {
  const amount = orders.reduce((sum, order) => sum + order.price, 0);
  return { customer, amount, dueInDays: 30, bank: customer.bank };
}
`,
  'src/job-retry.ts': `/** Puts a job that failed back into the queue. */
export function requeueFailed(queue: Queue, job: Job): void {
  job.failures++;
  queue.push(job, { after: job.failures * 60 });
}
`,
  'docs/retries.md': `# Retries

## When something fails

Requests, jobs and payments are tried again after a failure. How often is a setting.
`,
};
const question = 'try again after it failed';

describe('learning from use', function () {
  this.timeout(60_000);
  let home: string;
  let folder: string;
  let engine: Engine;
  const logged: string[] = [];

  async function open(options: Partial<EngineOptions> = {}): Promise<Engine> {
    engine = await Engine.open({ folder, home, model: bundledModel(), log: (line) => logged.push(line), ...options });
    engine.changed();
    await engine.settled();
    return engine;
  }
  const ask = (query: string): Promise<SearchAnswer> => engine.search({ query, top: 20 });
  const find = async (query: string, path: string): Promise<SearchResult> => {
    const found = (await ask(query)).results.find((result) => result.path === path);
    assert.ok(found, `${path} is not found by ${query}`);
    return found;
  };
  /** Its place among the results, from 0. */
  const placeOf = async (query: string, path: string): Promise<number> =>
    (await ask(query)).results.findIndex((result) => result.path === path);
  async function learn(kind: LearnEvent['kind'], query: string, path: string): Promise<void> {
    const { startLine, endLine } = await find(query, path);
    await engine.learn({ kind, query, path, startLine, endLine });
  }
  const file = (): string => join(engine.status().indexPath, '../../feedback.json');
  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((done) => setTimeout(done, 20));
  }

  beforeEach(() => {
    home = tempFolder();
    folder = tempFolder();
    logged.length = 0;
    writeFiles(folder, project);
  });
  afterEach(() => engine.close());
  after(removeTempFolders);

  it('brings up what is more like the judged result, and takes down what is less like it', async () => {
    await open();
    const before = await ask(question);
    assert.equal(before.learned, undefined);
    assert.notEqual(before.results[0]?.path, 'src/payment-retry.ts');
    const invoice = before.results.find(({ path }) => path === 'src/invoice.ts')?.score ?? 0;
    await learn('more', question, 'src/payment-retry.ts');
    const more = await ask(question);
    assert.equal(more.learned, 1);
    assert.equal(more.results[0]?.path, 'src/payment-retry.ts');
    assert.equal(more.results[0].judged, 'more');
    assert.equal(more.results[0].reasons[0], 'you asked for more like this');
    assert.ok((await find(question, 'src/invoice.ts')).score > invoice, 'its neighbour in meaning has come no nearer');

    await learn('less', question, 'src/payment-retry.ts');
    const less = await ask(question);
    assert.equal(less.learned, 1, 'the later judgement takes the place of the earlier one');
    assert.equal(less.results.at(-1)?.path, 'src/payment-retry.ts');
    assert.equal(less.results.at(-1)?.judged, 'less');
  });

  it('takes a judgement back', async () => {
    await open();
    const before = await ask(question);
    await learn('less', question, before.results[0]!.path);
    await learn('neither', question, before.results[0]!.path);
    const after = await ask(question);
    assert.deepEqual(after.results, before.results);
    assert.equal(after.learned, undefined);
  });

  it('applies to the same question and to near ones, also after a restart, and to no other', async () => {
    await open();
    const near = 'try it again after it has failed';
    const far = 'draw up the bill for the customer';
    const untouched = await ask(far);
    await learn('more', question, 'src/job-retry.ts');
    await engine.close();
    await open();
    assert.equal((await ask(`  ${question.toUpperCase()} `)).learned, 1);
    await until(async () => (await ask(near)).learned === 1); // once the past question is embedded
    const { judged, reasons } = await find(near, 'src/job-retry.ts');
    assert.equal(judged, undefined, 'it was not judged for this very question');
    assert.ok(reasons.includes('you asked for more like this'));
    assert.deepEqual((await ask(far)).results, untouched.results);
  });

  it('raises what was opened a little, however often, and never above an exact name', async () => {
    await open();
    const before = await find(question, 'src/payment-retry.ts');
    await learn('opened', question, 'src/payment-retry.ts');
    const once = await find(question, 'src/payment-retry.ts');
    assert.ok(once.score > before.score);
    assert.equal(once.reasons[0], 'you opened it for this before');
    assert.equal((await ask(question)).learned, undefined, 'opening is not a judgement');

    await learn('opened', 'sendAgain', 'src/payment-retry.ts');
    assert.equal((await ask('sendAgain')).results[0]?.path, 'src/http-retry.ts');
    for (let i = 0; i < 9; i++) await learn('opened', 'sendAgain', 'src/payment-retry.ts');
    assert.equal((await ask('sendAgain')).results[0]?.path, 'src/http-retry.ts');
  });

  it('one click does not bury the right answer', async () => {
    await open();
    for (const query of ['charge the card again', 'draw up an invoice', 'put a job back into the queue']) {
      const { results } = await ask(query);
      const right = results[0]!.path;
      await learn('opened', query, results.at(-1)!.path);
      assert.equal((await ask(query)).results[0]?.path, right, query);
    }
  });

  it('follows a chunk that is edited or renamed', async () => {
    await open();
    await learn('more', question, 'src/job-retry.ts');
    writeFiles(folder, { 'src/job-retry.ts': project['src/job-retry.ts'].replace('* 60', '* 90') });
    engine.changed(['src/job-retry.ts']);
    await engine.settled();
    assert.equal((await find(question, 'src/job-retry.ts')).judged, 'more');
    await engine.forget();

    await learn('more', question, 'src/http-retry.ts');
    renameSync(join(folder, 'src/http-retry.ts'), join(folder, 'src/resend.ts'));
    engine.changed();
    await engine.settled();
    assert.equal((await find(question, 'src/resend.ts')).judged, 'more');
  });

  it('forgets one question, or everything', async () => {
    await open();
    const other = 'draw up the bill for the customer';
    const before = await ask(question);
    await learn('more', question, 'src/job-retry.ts');
    await learn('opened', question, 'src/job-retry.ts');
    await learn('less', other, 'src/payment-retry.ts');
    assert.deepEqual(await engine.learned(), { judged: 2, opened: 1 });
    await engine.forget(question);
    assert.deepEqual(await engine.learned(), { judged: 1, opened: 0 });
    assert.deepEqual((await ask(question)).results, before.results);
    assert.equal((await ask(other)).learned, 1);

    writeFileSync(`${file()}.damaged`, '?');
    await engine.forget();
    assert.deepEqual(await engine.learned(), { judged: 0, opened: 0 });
    assert.equal((await ask(other)).learned, undefined);
    assert.deepEqual(
      readdirSync(dirname(file())).filter((name) => name.includes('feedback')),
      [],
    );
  });

  it('switched off, it neither reads nor writes; what there is can still be thrown away', async () => {
    await open();
    const before = await ask(question);
    await learn('more', question, 'src/job-retry.ts');
    await engine.close();
    await open({ learn: false });
    const { mtimeMs } = statSync(file());
    await learn('less', question, 'src/http-retry.ts');
    assert.equal(statSync(file()).mtimeMs, mtimeMs);
    const answer = await ask(question);
    assert.equal(answer.learned, undefined);
    assert.deepEqual(answer.results, before.results);
    await engine.forget();
    assert.ok(!existsSync(file()));
    await learn('less', question, 'src/http-retry.ts');
    assert.ok(!existsSync(file()));
  });

  it('sets a damaged file aside with a sentence, and goes on', async () => {
    await open();
    await learn('more', question, 'src/job-retry.ts');
    const written = readFileSync(file(), 'utf8');
    for (const content of [
      written.slice(0, -20),
      written.replace('"format":2', '"format":9'),
      written.replace('"kind":"more"', '"kind":"less"'), // as good as any, but not what was written
      '[]',
    ]) {
      writeFileSync(file(), content);
      logged.length = 0;
      assert.ok((await ask(question)).results.length > 0);
      assert.match(
        logged.join('\n'),
        /^What was learned from use \(.*feedback\.json\) is damaged; it was set aside as /,
      );
      assert.ok(existsSync(`${file()}.damaged`));
    }
    await learn('more', question, 'src/job-retry.ts');
    assert.equal((await ask(question)).learned, 1);
  });

  it('keeps what another process writes meanwhile', async () => {
    await open();
    const first = engine;
    await learn('more', question, 'src/job-retry.ts');
    const second = await open();
    await learn('less', question, 'src/http-retry.ts');
    engine = first;
    await learn('more', question, 'src/payment-retry.ts');
    assert.equal((await ask(question)).learned, 3);
    await second.close();
  });

  it('is readable by its owner alone, and bounded', async () => {
    await open();
    const { startLine, endLine } = await find(question, 'src/job-retry.ts');
    const event = { kind: 'opened', query: 'old', path: 'src/job-retry.ts', startLine, endLine } as const;
    const old = { ...event, hash: '00', symbol: '', at: 0 };
    const events = Array.from({ length: maxEvents }, () => old);
    writeFileSync(file(), JSON.stringify({ format: 2, checksum: crc32(JSON.stringify(events)), events }));
    await engine.learn({ ...event, query: 'new' });
    const kept = (JSON.parse(readFileSync(file(), 'utf8')) as { events: { query: string }[] }).events;
    assert.equal(kept.length, maxEvents);
    assert.equal(kept.at(-1)?.query, 'new');
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('says when a result is not there any more', async () => {
    await open();
    const event = { kind: 'more', query: question, path: 'src/nowhere.ts', startLine: 1, endLine: 2 } as const;
    await assert.rejects(engine.learn(event), { code: 'gone' });
  });

  it('is left out of an evaluation', async () => {
    await open();
    const before = await ask(question);
    await learn('less', question, before.results[0]!.path);
    assert.ok((await placeOf(question, before.results[0]!.path)) > 0);
    assert.deepEqual((await engine.search({ query: question, top: 20 }, false)).results, before.results);
  });
});
