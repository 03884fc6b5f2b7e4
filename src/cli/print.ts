/** How results and progress look in a terminal. */
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { howAnswered, nameOf } from '../core/as-text.ts';
import type { SearchAnswer, Status, UpdateReport } from '../core/types.ts';
import { visible } from '../core/visible.ts';

/** Lines of a snippet that are shown. */
const snippetLines = 4;
const progressIntervalMs = 100;

type Style = Parameters<typeof styleText>[0];
/** Colours only on a terminal, and never with NO_COLOR. */
const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

/** Paths are given from the working folder, so that a terminal can open them. */
export function printAnswer({ results, tier, ms }: SearchAnswer, folder: string): void {
  for (const result of results) {
    const { path, startLine, reasons, snippet } = result;
    const name = visible(nameOf(result));
    process.stdout.write(`${styled('bold', `${visible(relative('', join(folder, path)))}:${startLine}:`)} ${name}\n`);
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

/** One line on stderr that is written over, until it ends; nothing when stderr is not a terminal. */
export class ProgressLine {
  #shownAt = 0;
  #ended = !process.stderr.isTTY;

  show({ state, files, chunks, embedded, pendingFiles, tokensPerSecond }: Status): void {
    if (this.#ended || Date.now() - this.#shownAt < progressIntervalMs) return;
    this.#shownAt = Date.now();
    if (state === 'scanning') write(bar(files, files + pendingFiles), `reading: ${files} files, ${pendingFiles} to go`);
    else if (state === 'embedding')
      write(bar(embedded, chunks), `embedding: ${embedded} of ${chunks} chunks, ${tokensPerSecond} tokens/s`);
  }

  end(): void {
    if (!this.#ended) process.stderr.write(clearLine);
    this.#ended = true;
  }
}

const clearLine = '\r\u001b[K';
const barWidth = 20;

/** `[#######             ]  35%` */
function bar(done: number, all: number): string {
  const share = all > 0 ? done / all : 0;
  const full = '#'.repeat(Math.floor(share * barWidth)).padEnd(barWidth);
  return `[${full}] ${Math.floor(share * 100)
    .toString()
    .padStart(3)}%`;
}

function write(...parts: readonly string[]): void {
  process.stderr.write(clearLine + parts.join(' ').slice(0, (process.stderr.columns || 80) - 1));
}
