/** The program as it is shipped, built from the sources as they stand. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../tools/editor/cache.ts';

/** @returns the folder of the bundles. @throws Error with the compiler's words */
export async function build(): Promise<string> {
  await promisify(execFile)(process.execPath, [join(root, 'esbuild.js'), '--production']);
  return join(root, 'dist');
}
