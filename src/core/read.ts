/** Reads one file as text, or says in a sentence why there is none to index. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';
import { saying, type Saying } from './say.ts';
import type { SkipCode } from './types.ts';

export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin1';

export interface ReadFile {
  /** Without a byte order mark; line ends as they are in the file. */
  readonly text: string;
  readonly encoding: Encoding;
  /** The first 16 bytes of the SHA-256 of the raw bytes, as 32 hex digits. */
  readonly hash: string;
}

export interface ReadSkip {
  readonly skip: SkipCode;
  /** One or two whole sentences. */
  readonly reason: Saying;
}

// O_NOFOLLOW: a link put in the file's place after the walk is not followed. O_NONBLOCK: opening a pipe does not hang.
// Windows has neither, and there both are undefined.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Record<string, number | undefined>;
const OPEN_FLAGS = (O_RDONLY ?? 0) | O_NOFOLLOW | O_NONBLOCK;

/** First bytes that no text begins with. */
const MAGIC: readonly (readonly [reason: Saying, bytes: Buffer])[] = [
  [saying('It is a PDF document by its first bytes, not text.'), Buffer.from('%PDF-')],
  [saying('It is a zip archive or an office document by its first bytes, not text.'), Buffer.from('PK\x03\x04')],
  [saying('It is a PNG image by its first bytes, not text.'), Buffer.from('\x89PNG', 'latin1')],
  [saying('It is a JPEG image by its first bytes, not text.'), Buffer.from([0xff, 0xd8, 0xff])],
  [saying('It is a GIF image by its first bytes, not text.'), Buffer.from('GIF8')],
  [saying('It is a program by its first bytes, not text.'), Buffer.from('\x7fELF')],
  [saying('It is a program by its first bytes, not text.'), Buffer.from([0xcf, 0xfa, 0xed, 0xfe])],
  [saying('It is a WebAssembly module by its first bytes, not text.'), Buffer.from('\0asm')],
  [saying('It is a Java class by its first bytes, not text.'), Buffer.from([0xca, 0xfe, 0xba, 0xbe])],
  [saying('It is a SQLite database by its first bytes, not text.'), Buffer.from('SQLite format 3\0')],
  [saying('It is a gzip archive by its first bytes, not text.'), Buffer.from([0x1f, 0x8b, 0x08])],
  [saying('It is a 7-Zip archive by its first bytes, not text.'), Buffer.from("7z\xbc\xaf'\x1c", 'latin1')],
  [saying('It is an xz archive by its first bytes, not text.'), Buffer.from('\xfd7zXZ', 'latin1')],
  [saying('It is a Zstandard archive by its first bytes, not text.'), Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
];

/** Control characters over this share of a file in UTF-8 make it binary; some test data and logs hold a few. */
const MAX_CONTROLS = 0.1;
/** The same for other 8-bit text. Compressed and encrypted data has some 10%, text in old encodings next to none. */
const MAX_CONTROLS_8_BIT = 0.01;
/** UTF-16 without a byte order mark must have at least this share of units below 256, all NULs on one side. */
const MIN_UTF16_NULS = 0.1;

/** Formats that bundlers write. Other formats, prose above all, are never taken for minified. */
const BUNDLED = /\.(?:[cm]?js|jsx|css|json|geojson|svg|html?)$/iu;
const NAMED_MINIFIED = /\.min\.(?:[cm]?js|css)$/iu;
/** Characters. People do not write program lines as long as this, but for a table or two. */
const LONG_LINE = 1000;
/** This share of a file in long lines, with hardly any blanks in them, makes it minified code. */
const MIN_LONG_SHARE = 0.8;
/** The same where the long lines are tables (no blanks at all): there people write code next to them. */
const MIN_TABLE_SHARE = 0.95;
/** Blanks a character in long lines; tables of numbers, regular expressions and base64 have fewer than code has. */
const MIN_BLANKS = 0.005;
/** Prose has about 0.16 blanks a character, code without its indentation 0.12, minified code 0.02. */
const MAX_BLANKS = 0.06;
/** Beyond this share of characters outside ASCII it is prose, maybe in a script that has no blanks. */
const MAX_NON_ASCII = 0.2;

/**
 * Reads a file and decodes it.
 * @param absolutePath its last part is not followed when it is a symbolic link
 * @param maxBytes the size the file may have, in bytes
 */
export async function readText(absolutePath: string, maxBytes: number): Promise<ReadFile | ReadSkip> {
  return textOf(absolutePath, await readBytes(absolutePath, maxBytes));
}

/** The same without giving way to other work: ten times as fast, for a thread that does nothing else. */
export function readTextSync(absolutePath: string, maxBytes: number): ReadFile | ReadSkip {
  return textOf(absolutePath, readBytesSync(absolutePath, maxBytes));
}

function textOf(absolutePath: string, bytes: Buffer | ReadSkip): ReadFile | ReadSkip {
  if ('skip' in bytes) return bytes;
  if (bytes.length === 0) return EMPTY;
  const decoded = decode(bytes);
  if ('skip' in decoded) return decoded;
  const minified = minifiedBecause(absolutePath, decoded.text);
  if (minified) return { skip: 'minified', reason: minified };
  return { ...decoded, hash: contentHash(bytes) };
}

/** As in `ReadFile.hash`. */
export function contentHash(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** The bytes of a regular file as of the moment it was opened: what is added while it is being read is left for later. */
export async function readBytes(absolutePath: string, maxBytes: number): Promise<Buffer | ReadSkip> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(absolutePath, OPEN_FLAGS);
    const stats = await handle.stat();
    const refused = refusedBecause(stats, maxBytes);
    if (refused) return refused;
    const buffer = Buffer.allocUnsafe(stats.size);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    return failedBecause(error);
  } finally {
    await handle?.close();
  }
}

function readBytesSync(absolutePath: string, maxBytes: number): Buffer | ReadSkip {
  let handle: number | undefined;
  try {
    handle = openSync(absolutePath, OPEN_FLAGS);
    const stats = fstatSync(handle);
    const refused = refusedBecause(stats, maxBytes);
    if (refused) return refused;
    const buffer = Buffer.allocUnsafe(stats.size);
    let filled = 0;
    while (filled < buffer.length) {
      const bytesRead = readSync(handle, buffer, filled, buffer.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    return failedBecause(error);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function refusedBecause(stats: Stats, maxBytes: number): ReadSkip | undefined {
  if (!stats.isFile()) {
    return { skip: 'not-a-file', reason: saying('It is not a regular file, so there is no text to read.') };
  }
  return stats.size > maxBytes ? { skip: 'too-large', reason: tooLarge(stats.size, maxBytes) } : undefined;
}

function failedBecause(error: unknown): ReadSkip {
  return errorCode(error) === 'ELOOP'
    ? { skip: 'symlink', reason: saying('It is a symbolic link, and links are not followed.') }
    : { skip: 'unreadable', reason: unreadable(error) };
}

export const EMPTY: ReadSkip = { skip: 'empty', reason: saying('It is empty, so there is nothing to find in it.') };

const BINARY: ReadSkip = {
  skip: 'binary',
  reason: saying('It holds bytes that do not occur in text, so it is taken for binary data.'),
};

/** The sentence for a file over the size limit. Both in bytes. */
export function tooLarge(size: number, maxBytes: number): Saying {
  const [is, limit] = [humanSize(size), humanSize(maxBytes)];
  return is === limit
    ? saying(
        'It is {0} bytes, over the size limit of {1} bytes. Raise the setting nearby.maxFileSize to include it.',
        size,
        maxBytes,
      )
    : saying('It is {0}, over the size limit of {1}. Raise the setting nearby.maxFileSize to include it.', is, limit);
}

/** The sentence for an error of the operating system: what it was, and what to do where that is known. */
export function unreadable(error: unknown): Saying {
  const why = inWords(error);
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return saying('It could not be read: {0}. Allow your user to read it, then index again.', why);
    case 'ENAMETOOLONG':
      return saying('It could not be read: {0}. Shorten the names of the folders above it to include it.', why);
    case 'EMFILE':
      return saying('It could not be read: {0}. Raise the limit on open files, or index again later.', why);
    default:
      return saying('It could not be read: {0}.', why);
  }
}

/** "permission denied" for EACCES, and so on, in the operating system's own words. */
export function inWords(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : NaN;
  return getSystemErrorMap().get(errno)?.[1] ?? (error instanceof Error ? error.message : String(error));
}

/** `ENOENT` and the like; '' when the error has no code. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function humanSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [size, unit] = bytes < 1024 ** 2 ? [1024, 'KB'] : bytes < 1024 ** 3 ? [1024 ** 2, 'MB'] : [1024 ** 3, 'GB'];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}

function decode(bytes: Buffer): Omit<ReadFile, 'hash'> | ReadSkip {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return decode8Bit(bytes.subarray(3), 'utf-8-bom');
  }
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff;
  if (marked) {
    const encoding = marked === 'utf-16le' ? marked : 'utf-16be';
    const text = decodeUtf16(bytes.subarray(2), encoding);
    return text.includes('\0') ? BINARY : { text, encoding };
  }
  const magic = MAGIC.find(([, start]) => bytes.subarray(0, start.length).equals(start));
  if (magic) return { skip: 'binary', reason: magic[0] };
  return bytes.includes(0) ? decodeUnmarkedUtf16(bytes) : decode8Bit(bytes, 'utf-8');
}

function decode8Bit(bytes: Buffer, encoding: 'utf-8' | 'utf-8-bom'): Omit<ReadFile, 'hash'> | ReadSkip {
  if (bytes.includes(0)) return BINARY;
  const controls = controlShare(bytes);
  if (controls > MAX_CONTROLS) return BINARY;
  if (isUtf8(bytes)) return { text: bytes.toString('utf8'), encoding };
  // A file in UTF-8 with a damaged place keeps its other letters; one with mostly bad sequences is in an older encoding.
  const repaired = bytes.toString('utf8');
  const bad = repaired.match(/\ufffd/gu)?.length ?? 0;
  const good = repaired.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0;
  if (encoding === 'utf-8-bom' || good > 4 * bad) return { text: repaired, encoding };
  if (controls > MAX_CONTROLS_8_BIT) return BINARY;
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'latin1' };
}

/** Bell, backspace, form feed and escape do not count: they occur in text, such as terminal output and keyboard macros. */
const isControl = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b) || byte === 0x7f ? 1 : 0,
);

function controlShare(bytes: Buffer): number {
  let controls = 0;
  for (let i = 0; i < bytes.length; i++) controls += isControl[bytes[i] ?? 0] ?? 0;
  return controls / bytes.length;
}

/** Text in UTF-16 without a mark shows as NULs at odd (or even) places only, and as hardly anything but real characters. */
function decodeUnmarkedUtf16(bytes: Buffer): Omit<ReadFile, 'hash'> | ReadSkip {
  const nuls = [0, 0];
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  const likely = bytes.length % 2 === 0 && Math.max(even, odd) / (bytes.length / 2) >= MIN_UTF16_NULS;
  if (!likely || Math.min(even, odd) > 0) return BINARY;
  const encoding = odd > 0 ? 'utf-16le' : 'utf-16be';
  const text = decodeUtf16(bytes, encoding);
  const odds = text.match(/[^\P{C}\t\n\r\f\p{Cf}]/gu)?.length ?? 0;
  return odds / text.length > MAX_CONTROLS_8_BIT ? BINARY : { text, encoding };
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): string {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return (encoding === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le');
}

function minifiedBecause(path: string, text: string): Saying | undefined {
  if (path.endsWith('.map') && text.startsWith('{') && text.includes('"mappings"')) {
    return saying('It is a source map, which a build wrote; the sources themselves are indexed.');
  }
  const named = NAMED_MINIFIED.test(path);
  if (!named && !BUNDLED.test(path)) return undefined;
  let long = 0;
  let blanks = 0;
  let nonAscii = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (end - start >= LONG_LINE) {
      long += end - start;
      for (let at = start; at < end; at++) {
        const code = text.charCodeAt(at);
        if (code <= 0x20) blanks++;
        else if (code > 0x7f) nonAscii++;
      }
    }
    start = end + 1;
  }
  const share = long / text.length;
  const blankShare = blanks / long;
  if (share < (blankShare < MIN_BLANKS ? MIN_TABLE_SHARE : MIN_LONG_SHARE)) return undefined;
  if (!named && (blankShare > MAX_BLANKS || nonAscii / long > MAX_NON_ASCII)) return undefined;
  return saying(
    '{0}% of it is in lines of over {1} characters with hardly a blank, as programs write them, so it is taken for minified.',
    (share * 100).toFixed(0),
    LONG_LINE,
  );
}
