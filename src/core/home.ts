/** Where indexes are kept: outside the user's folders, one folder each. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { ModelInfo } from './embed.ts';
import { catalogVersion } from './prepare.ts';
import { storeFormat } from './store/manifest.ts';

/** The user's cache folder for Nearby, or NEARBY_HOME. */
export function defaultHome(environment: NodeJS.ProcessEnv = process.env): string {
  const { NEARBY_HOME, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (NEARBY_HOME) return NEARBY_HOME;
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nearby');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nearby');
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'nearby');
}

/** The folder of everything indexed for `folder` (absolute, links resolved): its name, and a hash against confusion. */
export function indexHome(home: string, folder: string): string {
  const name =
    basename(folder)
      .replace(/[^\p{L}\p{N}._-]+/gu, '_')
      .slice(0, 40) || 'root';
  return join(home, `${name}-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
}

/** The folder of one index: another model or version begins beside it, and going back finds it again. */
export function indexPath(home: string, folder: string, { id, version }: ModelInfo): string {
  return join(indexHome(home, folder), `${id}-${version}`, `${storeFormat}.${catalogVersion}`);
}

/** The file of what was learned from use in a folder, whatever model and chunker come and go. */
export function feedbackPath(home: string, folder: string): string {
  return join(indexHome(home, folder), 'feedback.json');
}
