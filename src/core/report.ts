/** What the report on an index says beyond its status, and the files behind each of its numbers. */
import type { ModelInfo } from './embed.ts';
import type { Store } from './store/store.ts';
import type { FileList, FileListQuery, IndexReport, SkipCode, Skipped } from './types.ts';

export function reportOf(
  store: Store,
  { id, dimensions, scripts }: ModelInfo,
  skipped: readonly Skipped[],
): Omit<IndexReport, 'updatedMs'> {
  const counts: Partial<Record<SkipCode, number>> = {};
  for (const { code } of skipped) counts[code] = (counts[code] ?? 0) + 1;
  return { model: { id, dimensions, scripts }, skipped: counts, waitingFiles: store.unembedded().length };
}

/** @param skipped in the order of the paths */
export function listFiles(store: Store, skipped: readonly Skipped[], query: FileListQuery): FileList {
  const wanted = query.containing?.toLowerCase() ?? '';
  const isWanted = ({ path }: { readonly path: string }): boolean => path.toLowerCase().includes(wanted);
  const inGroup: FileList['files'] =
    query.group === 'waiting'
      ? store.unembedded().map((path) => ({ path }))
      : skipped.filter(({ code }) => code === query.group);
  const found = wanted === '' ? inGroup : inGroup.filter(isWanted);
  return { total: found.length, files: found.slice(query.from, query.from + query.count) };
}
