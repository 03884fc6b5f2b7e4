/** The tree of commands: what each takes, with its help. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { packageVersion } from '../core/bundled-model.ts';
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
import { completionFor, type Shell } from './completion.ts';
import type { McpOptions } from './mcp.ts';

const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
};
const listed = (text: string, before: readonly string[] = []): string[] => [...before, text];

const examples = (...lines: string[]): string =>
  `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;

/** @param finish gets what each command found, once it is known */
export function programOf(finish: (found: Promise<boolean>) => Promise<void>): Command {
  const program = new Command('nearby')
    .description('Search code and docs by meaning, on your own machine.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .addHelpText(
      'after',
      `${examples('nearby search "where are requests retried"', 'nearby search src "where are requests retried" --kind code')}

Exit codes: 0 found, 1 nothing found, 2 an error that says what and where.
Colours and progress show in a terminal alone; NO_COLOR=1 takes the colours away.
Indexes are kept in the user's cache folder, or under NEARBY_HOME.`,
    );

  const withJson = (command: Command): Command => command.option('--json', 'JSON on stdout, for machines');
  const withFilters = (command: Command): Command =>
    withJson(
      command
        .option('--top <n>', 'how many results at the most', integer, 10)
        .addOption(new Option('--kind <kind>', 'only code or only docs').choices(['code', 'docs']))
        .option('--include <glob>', 'only these paths (may be repeated)', listed)
        .option('--exclude <glob>', 'not these paths (may be repeated)', listed),
    );

  withFilters(program.command('search'))
    .description('Search a folder by meaning.')
    .argument('[dir-and-query...]', 'the folder (this one when left out) and the query, or - to read it from stdin')
    .addOption(
      new Option('--tier <tier>', 'instant: what is there now; full: once all is embedded')
        .choices(['instant', 'full'])
        .default('full'),
    )
    .option('--queries <file>', 'answer all queries of a JSON Lines file of {id, query}, a JSON line each')
    .addHelpText(
      'after',
      examples(
        'nearby search "where are requests retried"',
        'nearby search ../api "how is a session renewed" --kind docs --top 3',
        'git log -1 --format=%B | nearby search -',
      ),
    )
    .action((words: string[], options: SearchOptions) => finish(searchCommand(words, options)));

  withFilters(program.command('similar'))
    .description('Find places like a file, or like some of its lines.')
    .argument(
      '<dir-and-place...>',
      'the folder (this one when left out) and FILE[:LINE[-LINE]], or - to read text from stdin',
    )
    .addHelpText(
      'after',
      examples('nearby similar src/http.ts', 'nearby similar src/http.ts:120-140', 'git diff | nearby similar -'),
    )
    .action((words: string[], options: ResultOptions) => finish(similarCommand(words, options)));

  withJson(program.command('index'))
    .description('Bring the index of a folder up to date.')
    .argument('[dir]', 'the folder', '.')
    .option('--rebuild', 'build it anew beside the one in use, which is kept to go back to')
    .addHelpText('after', examples('nearby index', 'nearby index ~/work --rebuild'))
    .action((dir: string, options: IndexOptions) => finish(indexCommand(dir, options)));

  withJson(program.command('rollback'))
    .description('Go back to the index before the last rebuild; once more, and the rebuilt one is back.')
    .argument('[dir]', 'the folder', '.')
    .addHelpText('after', examples('nearby rollback'))
    .action((dir: string, options: JsonOption) => finish(rollBackCommand(dir, options)));

  withJson(program.command('status'))
    .description('What the index of a folder holds.')
    .argument('[dir]', 'the folder', '.')
    .addHelpText('after', examples('nearby status', 'nearby status --json'))
    .action((dir: string, options: JsonOption) => finish(statusCommand(dir, options)));

  withJson(program.command('why'))
    .description('Why a file is found, or is not.')
    .argument('<dir-and-file...>', 'the folder (this one when left out) and the file')
    .addHelpText('after', examples('nearby why src/generated.ts'))
    .action((words: string[], options: JsonOption) => finish(whyCommand(words, options)));

  withJson(program.command('eval'))
    .description('How sound the index of a folder is and, with judged queries, how good its answers are.')
    .argument('[dir-and-file...]', 'the folder (this one when left out) and a JSON Lines file of judged queries')
    .addHelpText(
      'after',
      `${examples('nearby eval', 'nearby eval judged.jsonl')}

A judged query: {"id": "1", "query": "where are requests retried", "relevant": ["src/http.ts"]}`,
    )
    .action((words: string[], options: JsonOption) => finish(evalCommand(words, options)));

  program
    .command('mcp')
    .description('Serve the search of a folder to language models, by the Model Context Protocol on stdin and stdout.')
    .argument('[dir]', 'the folder', '.')
    .option('--include <glob>', 'index these although an ignore file leaves them out (may be repeated)', listed)
    .option('--exclude <glob>', 'leave these out of the index (may be repeated)', listed)
    .option('--max-file-size <bytes>', 'leave larger files out', integer)
    .addHelpText('after', examples('nearby mcp ~/work/api'))
    .action(async (dir: string, options: McpOptions) => {
      const { mcpCommand } = await import('./mcp.ts'); // the protocol is large, and no other command needs it
      return finish(mcpCommand(dir, options));
    });

  program
    .command('completion')
    .description('Print a script by which a shell completes commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'source <(nearby completion bash)                 # in ~/.bashrc',
        'source <(nearby completion zsh)                  # in ~/.zshrc, after compinit',
        'nearby completion fish > ~/.config/fish/completions/nearby.fish',
      ),
    )
    .action((shell: Shell) => void process.stdout.write(completionFor(shell, program)));

  return program;
}
