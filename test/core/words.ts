/** Hashes and vectors for words, where a store is tried without a model. */
import { createHash } from 'node:crypto';
import { hashBytes, quantize, type QuantizedVector } from '../../src/core/vectors.ts';

export const dimensions = 16;

const digest = (word: string): Buffer => createHash('sha256').update(word).digest();

export const hashOf = (word: string): Uint8Array => new Uint8Array(digest(word).subarray(0, hashBytes));

export const vectorOf = (word: string): QuantizedVector =>
  quantize(Float32Array.from(digest(word).subarray(0, dimensions), (x) => x - 128));
