/** The command line: the same engine without an editor. Results on stdout, progress and errors on stderr. */
import { NearbyError } from '../core/types.ts';
import { visibleLines } from '../core/visible.ts';
import { endQuietly } from './open.ts';
import { programOf } from './program.ts';

/** Exit codes. */
const nothingFound = 1;
const failed = 2;

async function finish(found: Promise<boolean>): Promise<void> {
  process.exitCode = (await found) ? 0 : nothingFound;
}

async function main(): Promise<void> {
  try {
    await programOf(finish).parseAsync();
  } catch (error) {
    const { exitCode } = error as { exitCode?: number };
    if (exitCode !== undefined)
      process.exitCode = exitCode === 0 ? 0 : failed; // commander has said it
    else {
      process.exitCode = failed;
      process.stderr.write(`nearby: ${visibleLines(describe(error))}\n`);
    }
  }
}

function describe(error: unknown): string {
  if (error instanceof NearbyError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

endQuietly();
void main();
