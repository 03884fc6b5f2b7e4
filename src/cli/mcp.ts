/** `nearby mcp`: a folder's search for language models, by the Model Context Protocol. stdout is the protocol's alone. */
import { finished } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { McpServer, type CallToolResult } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { answerAsText, defaultMaxTokens } from '../core/as-text.ts';
import { packageVersion } from '../core/bundled-model.ts';
import type { Engine } from '../core/engine.ts';
import { NearbyError, type SearchAnswer } from '../core/types.ts';
import { visible } from '../core/visible.ts';
import { withEngine } from './open.ts';
import { isFolder, within } from './words.ts';

export interface McpOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Bytes. */
  readonly maxFileSize?: number;
}

/** Milliseconds that an answer waits for files that have changed, and for the first ones; then it says what may be missing. */
const patienceMs = 1000;
const firstPatienceMs = 10_000;

const found = {
  top: z.int().min(1).max(100).default(10).describe('How many results at the most.'),
  kind: z.enum(['code', 'docs']).exactOptional().describe('Only program text, or only prose.'),
  include: z.array(z.string()).exactOptional().describe('Globs; only files whose path matches one of them.'),
  exclude: z.array(z.string()).exactOptional().describe('Globs; no files whose path matches one of them.'),
  maxTokens: z
    .int()
    .min(100)
    .max(100_000)
    .default(defaultMaxTokens)
    .describe('About how long the answer may be: beyond it snippets are cut first, then results, and it says so.'),
};
const line = z.int().min(1);

const answerSchema = z.object({
  tier: z.enum(['instant', 'full']),
  results: z.array(
    z.object({
      path: z.string(),
      startLine: line,
      endLine: line,
      kind: z.enum(['code', 'docs']),
      symbol: z.string(),
      breadcrumb: z.array(z.string()),
      score: z.number(),
      reasons: z.array(z.string()),
      snippet: z.string(),
    }),
  ),
  leftOut: z.int().describe('How many results there was no room for.'),
});

const statusSchema = z.object({
  folder: z.string(),
  state: z.enum(['opening', 'scanning', 'embedding', 'ready', 'paused', 'failed']),
  message: z.string().exactOptional(),
  files: z.int(),
  chunks: z.int(),
  embedded: z
    .int()
    .describe('Chunks that are found by meaning in full; the others by keywords and roughly by meaning.'),
  pendingFiles: z.int(),
  skipped: z.int(),
});

/** Serves until the client goes away. */
export function mcpCommand(dir: string, { include = [], exclude = [], maxFileSize }: McpOptions): Promise<boolean> {
  const options = {
    include,
    exclude: exclude.map((glob) => ({ glob, setting: 'nearby.exclude' as const })),
    ...(maxFileSize !== undefined && { maxFileSize }),
  };
  return withEngine(dir, options, async (engine) => {
    engine.changed();
    const onerror = (error: Error): void => void process.stderr.write(`nearby: ${visible(error.message)}\n`);
    const connection = serveStdio(() => serverOf(engine, dir), { onerror });
    await new Promise<void>((resolve) => finished(process.stdin, { writable: false }, () => resolve()));
    await connection.close();
    return true;
  });
}

function serverOf(engine: Engine, dir: string): McpServer {
  const server = new McpServer(
    { name: 'nearby', title: 'Nearby', version: packageVersion() },
    {
      instructions:
        `Searches the files in ${visible(engine.folder)} by meaning, on this machine. Ask "search" in whole phrases where you ` +
        'do not know what a thing is called; "similar" finds code or text that does the same as a place that you know.',
    },
  );
  const annotations = { readOnlyHint: true, openWorldHint: false };

  server.registerTool(
    'search',
    {
      title: 'Search by meaning',
      description:
        'Finds the places in code and docs that a question or description is about, also under other names; an exact ' +
        'identifier finds its definition, and a "quoted phrase" must occur. Gives path:lines, why it was found, and a snippet.',
      inputSchema: z.object({ query: z.string().min(1).describe('What is sought, in your own words.'), ...found }),
      outputSchema: answerSchema,
      annotations,
    },
    async ({ maxTokens, ...query }) => {
      const notes = await lookAgain(engine, 'words');
      return answered(await engine.search(query), notes, maxTokens);
    },
  );

  server.registerTool(
    'similar',
    {
      title: 'Find similar',
      description:
        'Finds code or text like that of a file, or of some of its lines: what does the same, copies, what has to be changed along with it.',
      inputSchema: z
        .object({
          path: z.string().min(1).describe('A file, relative to the folder.'),
          startLine: line.exactOptional().describe('From 1; without, the whole file. Alone, the definition around it.'),
          endLine: line.exactOptional().describe('Inclusive.'),
          ...found,
        })
        .refine(({ startLine = 1, endLine = startLine }) => startLine <= endLine, 'endLine comes before startLine.'),
      outputSchema: answerSchema,
      annotations,
    },
    async ({ maxTokens, path, ...query }) => {
      const notes = await lookAgain(engine, 'meaning');
      const inFolder = within(engine.folder, dir, path);
      if (/^(\.\.(\/|$)|\/|[a-z]:)/iu.test(inFolder))
        throw new NearbyError('outside', `${path} lies outside of ${engine.folder}.`);
      return answered(await engine.similar({ ...query, path: inFolder }), notes, maxTokens);
    },
  );

  server.registerTool(
    'status',
    {
      title: 'Status of the index',
      description: 'How much of the folder can be found, and what is wrong where something is.',
      inputSchema: z.object({}),
      outputSchema: statusSchema,
      annotations,
    },
    async () => {
      const notes = await lookAgain(engine, 'words');
      const { folder, state, message, files, chunks, embedded, pendingFiles, skipped } = engine.status();
      const structuredContent = { folder, state, files, chunks, embedded, pendingFiles, skipped };
      const said = [
        `${folder}: ${files} files with ${chunks} chunks; the model has read ${embedded} of them. ` +
          `${skipped} files and folders are left out. State: ${state}.`,
        ...notes,
      ];
      return {
        content: [{ type: 'text', text: said.map(visible).join('\n') }],
        structuredContent: { ...structuredContent, ...(message !== undefined && { message }) },
      };
    },
  );
  return server;
}

/**
 * Looks at the folder again, so that what was written a moment ago is found.
 * @param need what is found of changes by then, unless patience ends first: their words, or all of their meaning
 * @returns what there is to say of the answer that follows
 * @throws NearbyError `no-folder` when it is gone
 */
async function lookAgain(engine: Engine, need: 'words' | 'meaning'): Promise<readonly string[]> {
  if (!(await isFolder(engine.folder))) throw new NearbyError('no-folder', `The folder ${engine.folder} is gone.`);
  const patience = engine.status().files > 0 ? patienceMs : firstPatienceMs;
  engine.changed();
  const ready = need === 'words' ? engine.caughtUp() : engine.searchable();
  await Promise.race([ready, setTimeout(patience, undefined, { ref: false })]);
  const { state, message, pendingFiles, chunks, embedded } = engine.status();
  return [
    ...(message !== undefined ? [message] : []),
    ...(state === 'scanning' || pendingFiles > 0 ? ['Files are still being read; some may be missing.'] : []),
    ...(need === 'meaning' && embedded < chunks
      ? [`The model has read ${embedded} of ${chunks} chunks; the others are not compared yet.`]
      : []),
  ];
}

async function answered(answer: SearchAnswer, notes: readonly string[], maxTokens: number): Promise<CallToolResult> {
  const { text, results, leftOut } = await answerAsText({ ...answer, notes }, { maxTokens });
  const structured = results.map(({ path, startLine, endLine, kind, symbol, breadcrumb, score, reasons, snippet }) => ({
    path,
    startLine,
    endLine,
    kind,
    symbol,
    breadcrumb,
    score,
    reasons,
    snippet,
  }));
  return {
    content: [{ type: 'text', text }],
    structuredContent: { tier: answer.tier, results: structured, leftOut },
  };
}
