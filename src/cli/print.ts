/** How results and progress look in a terminal. */
import { styleText } from 'node:util';
import { howAnswered } from '../core/as-text.ts';
import type { SearchAnswer, Status, UpdateReport } from '../core/types.ts';
import { visible } from '../core/visible.ts';

/** Lines of a snippet that are shown. */
const snippetLines = 4;
const progressIntervalMs = 100;

type Style = Parameters<typeof styleText>[0];
/** Colours only on a terminal, and never with NO_COLOR. */
const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

export function printAnswer({ results, tier, ms }: SearchAnswer): void {
  for (const { path, startLine, breadcrumb, symbol, reasons, snippet } of results) {
    const name = visible([...breadcrumb, symbol].filter(Boolean).join(' › '));
    process.stdout.write(`${styled('bold', `${visible(path)}:${startLine}:`)} ${name}\n`);
    process.stdout.write(`${styled('dim', `  ${visible(reasons.join('; '))}`)}\n`);
    const lines = snippet.split('\n').filter((line) => line.trim());
    for (const line of lines.slice(0, snippetLines)) process.stdout.write(`    ${visible(line.slice(0, 160))}\n`);
    process.stdout.write('\n');
  }
  const found = results.length === 1 ? '1 result' : `${results.length} results`;
  process.stderr.write(`${found} ${howAnswered(tier)}, ${ms.toFixed(0)} ms\n`);
}

export function printReport(report: UpdateReport): void {
  const { files, chunks, embedded, reused, skipped, seconds, tokensPerSecond, indexBytes } = report;
  process.stdout.write(
    `${files} files, ${chunks} chunks (${embedded} embedded, ${reused} reused), ${skipped.length} skipped, ` +
      `${seconds.toFixed(1)} s${tokensPerSecond ? `, ${tokensPerSecond} tokens/s` : ''}, ` +
      `index ${formatBytes(indexBytes)}\n`,
  );
}

export function printStatus(status: Status): void {
  const { folder, files, chunks, embedded, indexBytes, indexPath, model, message } = status;
  process.stdout.write(`${visible(folder)}\n`);
  process.stdout.write(`  ${files} files, ${chunks} chunks, ${embedded} of them found by meaning\n`);
  process.stdout.write(`  index ${formatBytes(indexBytes)} in ${visible(indexPath)}\n  model ${model}\n`);
  if (message) process.stdout.write(`  ${visible(message)}\n`);
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** One line on stderr that is written over; nothing when stderr is not a terminal. */
export class ProgressLine {
  #shownAt = 0;
  #shown = false;

  show({ state, files, chunks, embedded, pendingFiles, tokensPerSecond }: Status): void {
    if (!process.stderr.isTTY || Date.now() - this.#shownAt < progressIntervalMs) return;
    this.#shownAt = Date.now();
    if (state === 'scanning') this.#write(`reading: ${files} files, ${pendingFiles} to go`);
    else if (state === 'embedding') {
      const percent = Math.floor((embedded / Math.max(chunks, 1)) * 100);
      this.#write(`embedding: ${embedded} of ${chunks} chunks (${percent}%), ${tokensPerSecond} tokens/s`);
    }
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
    this.#shown = false;
  }

  #write(text: string): void {
    this.#shown = true;
    process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  }
}
