/** A result to be pasted into an issue, a review or a chat: a link to its lines and its text. */
import type { Hit } from './folders.ts';

type Place = Pick<Hit, 'path' | 'startLine' | 'endLine' | 'symbol' | 'breadcrumb' | 'snippet'>;

export function asMarkdown({ path, startLine, endLine, symbol, breadcrumb, snippet }: Place): string {
  const lines = startLine === endLine ? `L${startLine}` : `L${startLine}-L${endLine}`;
  const span = startLine === endLine ? startLine : `${startLine}-${endLine}`;
  const name = [...breadcrumb, symbol].filter(Boolean).join(' › ');
  const link = `[${path.replace(/[\\[\]]/g, '\\$&')}:${span}](<${encodeURI(path)}#${lines}>)`;
  const fence = '`'.repeat(Math.max(3, ...Array.from(snippet.matchAll(/`+/g), ([run]) => run.length + 1)));
  const language = /\.(\w+)$/.exec(path)?.[1] ?? '';
  return [`${link}${name && ` · ${name}`}`, '', `${fence}${language}`, snippet.trimEnd(), fence, ''].join('\n');
}
