/** Runs the suite inside the extension host. VS Code calls run() and stops the host when it is done. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type MochaType from 'mocha';
import { eventsVariable, grepVariable, type SuiteEvent } from '../harness/events.ts';

/** Rejects when a test fails, which VS Code turns into its exit code. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const grep = process.env[grepVariable];
  // The base reporter prints nothing: what happens goes to the file of events.
  const reporter = Mocha.reporters.Base;
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter, ...(grep ? { grep } : {}) });
  for (const file of readdirSync(__dirname).sort()) if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  const failures = await new Promise<number>((resolve) => tell(mocha.run(resolve)));
  write({ kind: 'end' });
  if (failures > 0) throw new Error(`${failures} failed`);
}

function tell(runner: MochaType.Runner): void {
  let depth = -1;
  runner.on('suite', (suite) => {
    if (!suite.root) write({ kind: 'suite', title: suite.title, depth: ++depth });
  });
  runner.on('suite end', (suite) => {
    if (!suite.root) depth--;
  });
  runner.on('pass', (test) => write({ kind: 'pass', title: test.title, depth: depth + 1, ms: test.duration ?? 0 }));
  runner.on('pending', (test) => write({ kind: 'skip', title: test.title, depth: depth + 1 }));
  runner.on('fail', (test, error: Error) =>
    write({ kind: 'fail', title: test.fullTitle(), depth: depth + 1, error: error.stack ?? error.message }),
  );
}

function write(event: SuiteEvent): void {
  const file = process.env[eventsVariable];
  if (file) appendFileSync(file, `${JSON.stringify(event)}\n`);
}
