/** npm test: every check and every test, the quick ones first, and one line at the end that sums them up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './editor/cache.ts';

interface Step {
  readonly script: string;
  readonly options?: readonly string[];
  /** Whether it prints mocha's summaries, whose tests are counted; else it counts only when it fails. */
  readonly counts: boolean;
}

const steps: readonly Step[] = [
  { script: 'build', counts: false },
  { script: 'compile', counts: false },
  { script: 'lint', counts: false },
  { script: 'test:unit', counts: true },
  { script: 'test:processes', counts: true },
  { script: 'test:quality', counts: true },
  { script: 'torture', options: ['--slice'], counts: false },
  { script: 'test:vscode', counts: true },
];

let passed = 0;
let failed = 0;
for (const { script, options = [], counts } of steps) {
  console.log(`\n> ${script}`);
  const start = Date.now();
  const { code, output } = await npmRun(script, options);
  const failing = counts ? sum(output, 'failing') : 0;
  if (counts) passed += sum(output, 'passing');
  failed += code === 0 ? failing : Math.max(failing, 1);
  console.log(`< ${script}: ${code === 0 ? 'good' : 'FAILED'}, ${((Date.now() - start) / 1000).toFixed(1)} s`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs a script of package.json, shows what it writes and returns what it wrote to stdout. */
async function npmRun(script: string, options: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn('npm', ['run', '--silent', script, '--', ...options], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Adds up the lines `  N passing (2s)` or `  N failing` that mocha ends its runs with. */
function sum(output: string, word: 'passing' | 'failing'): number {
  let total = 0;
  for (const [, count] of output.matchAll(new RegExp(`^ {2}(\\d+) ${word}\\b`, 'gm'))) total += Number(count);
  return total;
}
