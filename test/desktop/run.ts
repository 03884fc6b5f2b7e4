/** The suite of test/vscode in a desktop VS Code, which @vscode/test-electron downloads. VSCODE_VERSION picks another. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { root } from '../../tools/editor/cache.ts';
import { eventsVariable } from '../vscode/harness/events.ts';
import { EventPrinter } from '../vscode/harness/report.ts';
import { makeFolder } from '../vscode/harness/sample.ts';

const work = await mkdtemp(join(tmpdir(), 'nearby-desktop-'));
const folder = makeFolder();
const events = join(work, 'events.jsonl');
const printer = new EventPrinter(events);
let why: string;
try {
  const code = await runTests({
    version: process.env['VSCODE_VERSION'] ?? 'stable',
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist/test/vscode/index'),
    extensionTestsEnv: { [eventsVariable]: events, NEARBY_HOME: join(work, 'home') },
    launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust', '--user-data-dir', join(work, 'user')],
  });
  why = `VS Code ended with code ${code}`;
} catch (error) {
  why = String(error);
}
const { failed } = await printer.finish(why);
await rm(work, { recursive: true, force: true, maxRetries: 5 });
await rm(dirname(folder), { recursive: true, force: true, maxRetries: 5 });
process.exitCode = failed === 0 ? 0 : 1;
