/** The lines of chunks as they are compared: what says nothing is left out, and white space does not count. */
import { join } from 'node:path';
import { readTextSync } from '../read.ts';
import { parted, type Snapshot } from './snapshot.ts';

/** A chunk with fewer lines that say something is repeated without anybody having copied it. */
const leastLines = 5;
/** Share of such lines from which on a chunk is no more than that. */
const mostImports = 0.6;
const says = /[\p{L}\p{N}]/u;
const isImport =
  /^(import\b|from\s+\S+\s+import\b|export\s.*\bfrom\s+['"]|(const|let|var)\s.*=\s*require\(|require(_relative)?\b|#\s*include\b|using\s+[\w.]+;|use\s+[\w:\\]+|package\s+[\w.]+|extern\s+crate\b|\}?\s*from\s+['"])/;
const isLicence =
  /\b(licen[cs]ed? under|SPDX-License-Identifier|all rights reserved|permission is hereby granted|redistribution and use in source|apache license|general public license|copyright \(c\)|without warrant(y|ies))/i;

/** The lines of a chunk, each as a hash: texts of a hundred thousand chunks would not fit into memory. */
export type Lines = Uint32Array;

export class ChunkLines {
  readonly #folder: string;
  readonly #maxFileSize: number;
  readonly #snapshot: Snapshot;
  readonly #paths: readonly string[];
  /** Of the file that was read last: chunks are asked for file by file. */
  #file = -1;
  #lines: readonly string[] = [];

  /** @param folder absolute @param maxFileSize bytes */
  constructor(folder: string, maxFileSize: number, snapshot: Snapshot) {
    this.#folder = folder;
    this.#maxFileSize = maxFileSize;
    this.#snapshot = snapshot;
    this.#paths = parted(snapshot.paths, snapshot.chunkStart.length - 1);
  }

  /** Those of a chunk as the file now stands; undefined when a copy of it would be no news. */
  of(file: number, chunk: number): Lines | undefined {
    if (file !== this.#file) this.#read(file);
    const { startLine, endLine } = this.#snapshot;
    const text = this.#lines.slice((startLine[chunk] ?? 1) - 1, endLine[chunk]);
    const lines = text.map((line) => line.trim().replace(/\s+/g, ' ')).filter((line) => says.test(line));
    const imports = lines.filter((line) => isImport.test(line)).length;
    if (lines.length < leastLines || imports >= lines.length * mostImports || isLicence.test(lines.join(' '))) {
      return undefined;
    }
    return Uint32Array.from(lines, hashOf);
  }

  /** A file that cannot be read any more has no lines: the index will hear of it. */
  #read(file: number): void {
    const read = readTextSync(join(this.#folder, this.#paths[file] ?? ''), this.#maxFileSize);
    this.#lines = 'text' in read ? read.text.split(/\r\n|\r|\n/) : [];
    this.#file = file;
  }
}

/** FNV-1a (G. Fowler, L. Noll, K.-P. Vo), over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The share of the lines of both that the other has too (L. Dice, 1945), each as often as it occurs there. */
export function sameLines(a: Lines, b: Lines): number {
  const left = new Map<number, number>();
  for (const line of a) left.set(line, (left.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of b) {
    const count = left.get(line) ?? 0;
    if (count === 0) continue;
    left.set(line, count - 1);
    common++;
  }
  return a.length + b.length > 0 ? (2 * common) / (a.length + b.length) : 0;
}
