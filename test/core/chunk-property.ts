/** What holds of the chunks of any text, and texts that put it to the test. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkFile } from '../../src/core/chunk/chunk.ts';
import { MAX_SIZE } from '../../src/core/chunk/pack.ts';

const extensions =
  'ts py go rs java kt cs cpp c swift rb php lua sh ex hs zig dart r sql vue clj pl jl ml nim proto tf md rst adoc org tex html txt json yaml log 1 unknown'.split(
    ' ',
  );

/** Pieces of text that open, close and break what the chunker looks for. */
const fragments = fc.constantFrom(
  ...['function f(a) {', '}', '/*', '*/', '"""', "'", '"', '`', '${', '# Title', '=====', '```', '---', 'def g', 'end'],
  ...['class A:', '<<EOF', 'EOF', '(', ')', '{', '#if X', '#else', '\\', '//', '--[[', '=begin', 'x = 1;', 'fn h()'],
  ...['impl T for U {', 'CREATE TABLE t (', '<!--', '* item', '𝒳𝒴', '日本語。', '\u00a0', '\t', '  ', ''],
);
const ends = fc.constantFrom('\n', '\n', '\n\n', '\r\n', '\r', ' ');
export const sources = fc
  .array(fc.tuple(fc.constantFrom('', '', '  ', '    '), fc.oneof(fragments, fc.string({ maxLength: 60 })), ends), {
    maxLength: 120,
  })
  .map((parts) => parts.map((part) => part.join('')).join(''));
export const paths = fc.constantFrom(...extensions).map((extension) => `src/file.${extension}`);

/** What must hold of the chunks of any text. */
export function checkChunks(path: string, source: string): void {
  const lines = source.split(/\r\n|\r|\n/);
  const chunks = chunkFile(path, source);
  const covered = new Set<number>();
  const pieces = new Map<number, string>();
  let previous = 1;
  for (const chunk of chunks) {
    assert.ok(chunk.startLine >= previous && chunk.endLine >= chunk.startLine && chunk.endLine <= lines.length);
    previous = chunk.startLine;
    assert.ok(chunk.text.trim() !== '', 'a blank chunk');
    assert.ok(chunk.text.length <= MAX_SIZE, `${chunk.text.length} characters`);
    for (let line = chunk.startLine; line <= chunk.endLine; line++) covered.add(line);
    const whole = lines.slice(chunk.startLine - 1, chunk.endLine).join('\n');
    if (chunk.text === whole) continue;
    assert.equal(chunk.startLine, chunk.endLine);
    assert.ok(whole.length > MAX_SIZE && whole.includes(chunk.text));
    pieces.set(chunk.startLine, (pieces.get(chunk.startLine) ?? '') + chunk.text);
  }
  lines.forEach((line, index) => {
    if (line.trim() !== '') assert.ok(covered.has(index + 1), `line ${index + 1} is in no chunk`);
  });
  for (const [line, text] of pieces) assert.equal(text.replace(/\s/g, ''), lines[line - 1]!.replace(/\s/g, ''));
}
