/** The command line: the same engine without an editor. Results on stdout, progress and errors on stderr. */
import { Command, InvalidArgumentError } from 'commander';
import { NearbyError } from '../core/types.ts';
import { visibleLines } from '../core/visible.ts';
import {
  evalCommand,
  indexCommand,
  rollBackCommand,
  searchCommand,
  similarCommand,
  statusCommand,
  whyCommand,
  type IndexOptions,
  type JsonOption,
  type ResultOptions,
  type SearchOptions,
} from './commands.ts';
import type { McpOptions } from './mcp.ts';
import { closeOnSignals } from './open.ts';

/** Exit codes. */
const nothingFound = 1;
const failed = 2;

const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
};
const oneOf =
  <T extends string>(...values: T[]) =>
  (text: string): T => {
    const value = values.find((allowed) => allowed === text);
    if (value === undefined) throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`);
    return value;
  };
const listed = (text: string, before: readonly string[] = []): string[] => [...before, text];

const program = new Command('nearby')
  .description('Search code and docs by meaning, on your own machine.')
  .configureOutput({ writeErr: (text) => process.stderr.write(text) })
  .exitOverride()
  .addHelpText('after', '\nExit codes: 0 found, 1 nothing found, 2 an error that says what and where.');

const searchOptions = (command: Command): Command =>
  command
    .option('--top <n>', 'how many results at the most', integer, 10)
    .option('--kind <kind>', 'only code or only docs', oneOf('code', 'docs'))
    .option('--include <glob>', 'only these paths (may be repeated)', listed)
    .option('--exclude <glob>', 'not these paths (may be repeated)', listed)
    .option('--json', 'one JSON object on stdout, for machines');

program
  .command('index')
  .description('Bring the index of a folder up to date.')
  .argument('[dir]', 'the folder', '.')
  .option('--rebuild', 'build it anew beside the one in use, which is kept to go back to')
  .option('--json', 'a JSON report on stdout, for machines')
  .action((dir: string, options: IndexOptions) => finish(indexCommand(dir, options)));

program
  .command('rollback')
  .description('Go back to the index before the last rebuild; once more, and the rebuilt one is back.')
  .argument('[dir]', 'the folder', '.')
  .option('--json', 'a JSON object on stdout, for machines')
  .action((dir: string, options: JsonOption) => finish(rollBackCommand(dir, options)));

searchOptions(program.command('search'))
  .description('Search a folder by meaning.')
  .argument('[dir-and-query...]', 'the folder (this one when left out) and the query')
  .option('--tier <tier>', 'instant: what is there now; full: once all is embedded', oneOf('instant', 'full'), 'full')
  .option('--queries <file>', 'answer all queries of a JSON Lines file of {id, query}, a JSON line each')
  .addHelpText('after', '\nExample: nearby search . "where are requests retried"')
  .action((words: string[], options: SearchOptions) => finish(searchCommand(words, options)));

searchOptions(program.command('similar'))
  .description('Find places like a file, or like some of its lines.')
  .argument('<dir-and-place...>', 'the folder (this one when left out) and FILE[:LINE[-LINE]]')
  .addHelpText('after', '\nExample: nearby similar . src/http.ts:120')
  .action((words: string[], options: ResultOptions) => finish(similarCommand(words, options)));

program
  .command('status')
  .description('What the index of a folder holds.')
  .argument('[dir]', 'the folder', '.')
  .option('--json', 'a JSON object on stdout, for machines')
  .action((dir: string, options: JsonOption) => finish(statusCommand(dir, options)));

program
  .command('why')
  .description('Why a file is found, or is not.')
  .argument('<dir-and-file...>', 'the folder (this one when left out) and the file')
  .option('--json', 'a JSON object on stdout, for machines')
  .action((words: string[], options: JsonOption) => finish(whyCommand(words, options)));

program
  .command('eval')
  .description('How sound the index of a folder is and, with judged queries, how good its answers are.')
  .argument('[dir-and-file...]', 'the folder (this one when left out) and a JSON Lines file of judged queries')
  .option('--json', 'a JSON object on stdout, for machines')
  .addHelpText(
    'after',
    '\nA judged query: {"id": "1", "query": "where are requests retried", "relevant": ["src/http.ts"]}',
  )
  .action((words: string[], options: JsonOption) => finish(evalCommand(words, options)));

program
  .command('mcp')
  .description('Serve the search of a folder to language models, by the Model Context Protocol on stdin and stdout.')
  .argument('[dir]', 'the folder', '.')
  .option('--include <glob>', 'index these although an ignore file leaves them out (may be repeated)', listed)
  .option('--exclude <glob>', 'leave these out of the index (may be repeated)', listed)
  .option('--max-file-size <bytes>', 'leave larger files out', integer)
  .action(async (dir: string, options: McpOptions) => {
    const { mcpCommand } = await import('./mcp.ts'); // the protocol is large, and no other command needs it
    return finish(mcpCommand(dir, options));
  });

async function finish(found: Promise<boolean>): Promise<void> {
  process.exitCode = (await found) ? 0 : nothingFound;
}

async function main(): Promise<void> {
  try {
    await program.parseAsync();
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

closeOnSignals();
void main();
