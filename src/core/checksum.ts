/** A checksum for small JSON files, which carry it themselves. */
import { crc32 } from 'node:zlib';

/** CRC-32 of the content as JSON without blanks: what is read back and written again in the same order has the same. */
export const checksumOf = (content: unknown): number => crc32(JSON.stringify(content));
