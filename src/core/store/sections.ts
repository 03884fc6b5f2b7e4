/**
 * The container of every binary file of the index: named columns of numbers, each aligned to 8 bytes so that it can be
 * viewed where it was read, and a CRC-32 over the whole.
 *
 *   magic (8 bytes) | directory length (u32) | directory (JSON) | columns | CRC-32 (u32)
 */
import { crc32 } from 'node:zlib';
import { say } from '../say.ts';
import { NearbyError } from '../types.ts';

const columnTypes = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;
type ColumnType = keyof typeof columnTypes;
export type Column = InstanceType<(typeof columnTypes)[ColumnType]>;
export type Columns = Readonly<Record<string, Column>>;

interface DirectoryEntry {
  readonly name: string;
  readonly type: ColumnType;
  readonly offset: number;
  readonly length: number;
}

const typeOf = (column: Column): ColumnType => column.constructor.name as ColumnType;
const noNumbers = new Uint8Array();

const magicLength = 8;
const align = (n: number): number => (n + 7) & ~7;

/** Packs columns into one buffer. `magic` names the format and its version, at most 8 ASCII characters. */
export function packColumns(magic: string, columns: Columns): Buffer<ArrayBuffer> {
  const directory: DirectoryEntry[] = [];
  let size = 0;
  for (const [name, column] of Object.entries(columns)) {
    const type = typeOf(column);
    directory.push({ name, type, offset: size, length: column.length });
    size = align(size + column.byteLength);
  }
  const json = Buffer.from(JSON.stringify(directory));
  const start = align(magicLength + 4 + json.length);
  const buffer = Buffer.alloc(start + size + 4);
  buffer.write(magic.padEnd(magicLength), 0, 'latin1');
  buffer.writeUInt32LE(json.length, magicLength);
  json.copy(buffer, magicLength + 4);
  Object.values(columns).forEach((column, i) => {
    buffer.set(
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
      start + (directory[i]?.offset ?? 0),
    );
  });
  buffer.writeUInt32LE(crc32(buffer.subarray(0, -4)), buffer.length - 4);
  return buffer;
}

/**
 * Views the columns of a packed buffer in place.
 * @throws NearbyError `damaged` when the checksum does not fit or the buffer is of another format.
 */
export function unpackColumns(magic: string, packed: Uint8Array, file: string): Columns {
  const damaged = (what: string): NearbyError =>
    new NearbyError('damaged', say('The index file {0} is damaged ({1}); what it held is indexed again.', file, what));
  if (packed.length < magicLength + 8) throw damaged(say('only {0} bytes', packed.length));
  const buffer: Buffer<ArrayBuffer> =
    packed.byteOffset % 8 === 0 && packed.buffer instanceof ArrayBuffer
      ? Buffer.from(packed.buffer, packed.byteOffset, packed.length)
      : aligned(packed);
  const found = buffer.toString('latin1', 0, magicLength).trimEnd();
  if (found !== magic) {
    throw damaged(say('it begins with {0} instead of {1}', JSON.stringify(found), JSON.stringify(magic)));
  }
  if (crc32(buffer.subarray(0, -4)) !== buffer.readUInt32LE(buffer.length - 4)) throw damaged(say('wrong checksum'));
  const jsonLength = buffer.readUInt32LE(magicLength);
  const start = align(magicLength + 4 + jsonLength);
  const directory = JSON.parse(
    buffer.toString('utf8', magicLength + 4, magicLength + 4 + jsonLength),
  ) as DirectoryEntry[];
  const columns: Record<string, Column> = {};
  for (const { name, type, offset, length } of directory) {
    columns[name] = new columnTypes[type](buffer.buffer, buffer.byteOffset + start + offset, length);
  }
  return columns;
}

function aligned(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Strings one after the other in UTF-8, decoded one at a time. */
export class StringColumn {
  readonly #bytes: Buffer;
  readonly #offsets: Uint32Array;

  /** @param columns holds `NAME.bytes` and `NAME.offsets` (count + 1). */
  constructor(columns: Columns, name: string) {
    const bytes = columns[`${name}.bytes`] as Uint8Array;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offsets = columns[`${name}.offsets`] as Uint32Array;
  }

  get length(): number {
    return this.#offsets.length - 1;
  }

  get(index: number): string {
    return this.#bytes.toString('utf8', this.#offsets[index], this.#offsets[index + 1]);
  }
}

/** The two columns of a string column, to be spread into `packColumns`. */
export function stringColumn(name: string, strings: readonly (string | Buffer)[]): Columns {
  const buffers = strings.map((s) => (typeof s === 'string' ? Buffer.from(s) : s));
  const offsets = new Uint32Array(buffers.length + 1);
  buffers.forEach((b, i) => (offsets[i + 1] = (offsets[i] ?? 0) + b.length));
  return { [`${name}.bytes`]: new Uint8Array(Buffer.concat(buffers)), [`${name}.offsets`]: offsets };
}

/** The same numbers in the narrowest column that holds them all. */
export function narrowColumn(numbers: readonly number[]): Column {
  const most = numbers.reduce((most, x) => Math.max(most, x), 0);
  return most < 2 ** 8
    ? Uint8Array.from(numbers)
    : most < 2 ** 16
      ? Uint16Array.from(numbers)
      : Uint32Array.from(numbers);
}

/** The rows from `from` to before `to` of the columns of one file. */
export interface Slice {
  readonly columns: Columns;
  readonly from: number;
  readonly to: number;
}

/** These rows of a column of several files, one after the other. @param width numbers in a row */
export function concatColumns(name: string, slices: readonly Slice[], width = 1): Column {
  const parts = slices.map(({ columns, from, to }) => columns[name]?.subarray(from * width, to * width) ?? noNumbers);
  const widest = parts.reduce((a, b) => (b.BYTES_PER_ELEMENT > a.BYTES_PER_ELEMENT ? b : a));
  const whole = new columnTypes[typeOf(widest)](parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same of a string column: its two columns, to be spread into `packColumns`. */
export function concatStrings(name: string, slices: readonly Slice[]): Columns {
  const offsets = new Uint32Array(slices.reduce((sum, { from, to }) => sum + to - from, 0) + 1);
  let [row, length] = [0, 0];
  const parts = slices.map(({ columns, from, to }): Slice => {
    const ends = columns[`${name}.offsets`] as Uint32Array;
    const start = ends[from] ?? 0;
    for (let i = from; i < to; i++) offsets[++row] = length + (ends[i + 1] ?? 0) - start;
    length = offsets[row] ?? 0;
    return { columns, from: start, to: ends[to] ?? 0 };
  });
  return { [`${name}.bytes`]: concatColumns(`${name}.bytes`, parts), [`${name}.offsets`]: offsets };
}
