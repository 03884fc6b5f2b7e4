/** RUNTIME THREADS: embeds the texts that its parent sends, since a process has one runtime. `EmbedderProcess` starts it. */
import { bundledModel } from '../../src/core/bundled-model.ts';
import { Embedder } from '../../src/core/embed.ts';
import type { Runtime } from '../../src/core/runtime.ts';
import type { Embedded, ToEmbed } from './embedder-process.ts';

const [runtime, threads] = process.argv.slice(2) as [Runtime, string];
const embedder = await Embedder.load({ folder: bundledModel(), threads: Number(threads), runtime });

process.on('message', (message: ToEmbed) => void embed(message));

async function embed({ id, texts, urgent }: ToEmbed): Promise<void> {
  const [tokens, began] = [embedder.tokens, performance.now()];
  const vectors = await embedder.embed(texts, { urgent });
  const ms = performance.now() - began;
  const answer: Embedded = { id, vectors, ms, tokens: embedder.tokens - tokens, runtime: embedder.runtime };
  process.send?.(answer);
}
