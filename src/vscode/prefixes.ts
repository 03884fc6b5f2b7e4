/** What a query in the palette may begin with to narrow itself: `code:`, `docs:`, `in:path`. */
import type { Search } from './view-messages.ts';

const kindFirst = /^\s*(code|docs):\s*/i;
/** `in:` with a path or glob, in quotation marks where it holds spaces; not inside a word. */
const inPath = /(?<=^|\s)in:(?:"([^"]*)"?|(\S*))\s*/gi;

/** The query without its prefixes, and what those say; several paths are joined by commas, as in the side bar's box. */
export function splitPrefixes(typed: string): Omit<Search, 'scope'> {
  const paths: string[] = [];
  const rest = typed.replace(inPath, (_, quoted: string | undefined, bare: string | undefined) => {
    paths.push(quoted ?? bare ?? '');
    return '';
  });
  const kind = kindFirst.exec(rest)?.[1]?.toLowerCase();
  return {
    query: rest.replace(kindFirst, '').trim(),
    kind: kind === 'code' || kind === 'docs' ? kind : 'all',
    include: paths.filter(Boolean).join(', '),
    exclude: '',
  };
}
