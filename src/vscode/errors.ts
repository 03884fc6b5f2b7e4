/** What a caught value says to the user. The engine's errors carry a code and a whole sentence. */

import { plain } from './plain.ts';

/** The engine's code (`cancelled`, `worker-died`, ...), or '' for any other error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

export function sentenceOf(error: unknown): string {
  const sentence = error instanceof Error ? error.message : String(error);
  return sentence.split('\n').map(plain).join('\n');
}
