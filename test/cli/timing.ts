/** A small folder to search on the command line, and what is left behind of it. */
import { readdirSync } from 'node:fs';
import { lockName } from '../../src/core/store/lock.ts';

export const timingFiles = {
  'lib/throttle.js':
    'export function throttle(callback, ms) {\n  let last = 0;\n  return () => Date.now() - last > ms;\n}\n',
  'lib/debounce.js':
    'export function debounce(callback, ms) {\n  let timer;\n  return () => { clearTimeout(timer); };\n}\n',
  'README.md': '# Timing\n\nHelpers that keep functions from being called too often.\n',
};

/** @param home the folder of all indexes */
export function locksIn(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(lockName));
}
