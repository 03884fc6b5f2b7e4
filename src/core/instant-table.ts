/**
 * The file of the instant vectors: a vector for each token of the vocabulary, in fewer dimensions and int8, and the
 * matrix that takes a sum of them to the model's space. `tools/build-model/instant_file.py` writes it. Little-endian:
 *
 *   8 bytes   'NBYINST1'
 *   3 x u32   tokens, rank, dimensions
 *   4 x f32   saturation, half place; for reference, slope and intercept of the line to the model's cosines
 *   f32       scales: tokens
 *   f32       projection: rank x dimensions, row-major
 *   i8        rows: tokens x rank, row-major
 */
import { say } from './say.ts';
import { NearbyError } from './types.ts';

const magic = 'NBYINST1';
const headerBytes = 36;

export interface InstantTable {
  /** A multiple of 16. */
  readonly rank: number;
  /** A multiple of 16. */
  readonly dimensions: number;
  /** A token at place p of a text, from 0, weighs 1 / (1 + p / halfPlace). */
  readonly halfPlace: number;
  /** A token whose places weigh n together counts n ** saturation. */
  readonly saturation: number;
  /** Of each token: what its row is multiplied by. */
  readonly scales: Float32Array;
  /** rank x dimensions, row-major */
  readonly projection: Float32Array;
  /** tokens x rank, row-major */
  readonly rows: Int8Array;
}

/** Views into `content`, which must not change. @throws NearbyError `bad-model` when it is of another make */
export function parseInstantTable(content: Uint8Array): InstantTable {
  const bytes = content.byteOffset % 4 === 0 ? content : new Uint8Array(content); // f32 views must be aligned
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  if (String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic) {
    throw new NearbyError(
      'bad-model',
      say('The table of instant vectors is not of the kind {0}; reinstall the extension.', magic),
    );
  }
  const [tokens, rank, dimensions] = [
    header.getUint32(8, true),
    header.getUint32(12, true),
    header.getUint32(16, true),
  ];
  const floatAt = (at: number): number => header.getFloat32(at, true);
  const scalesAt = bytes.byteOffset + headerBytes;
  const projectionAt = scalesAt + 4 * tokens;
  const rowsAt = projectionAt + 4 * rank * dimensions;
  return {
    rank,
    dimensions,
    saturation: floatAt(20),
    halfPlace: floatAt(24),
    scales: new Float32Array(bytes.buffer, scalesAt, tokens),
    projection: new Float32Array(bytes.buffer, projectionAt, rank * dimensions),
    rows: new Int8Array(bytes.buffer, rowsAt, tokens * rank),
  };
}
