/** A result to be pasted into an issue, a review or a chat: a link to its lines and its text. */
import { visible } from '../core/visible.ts';
import type { Hit } from './folders.ts';

type Place = Pick<Hit, 'path' | 'startLine' | 'endLine' | 'symbol' | 'breadcrumb' | 'snippet'>;

export function asMarkdown({ path, startLine, endLine, symbol, breadcrumb, snippet }: Place): string {
  const lines = startLine === endLine ? `L${startLine}` : `L${startLine}-L${endLine}`;
  const span = startLine === endLine ? startLine : `${startLine}-${endLine}`;
  const name = escaped([...breadcrumb, symbol].filter(Boolean).join(' › '));
  const target = path.split('/').map(encodeURIComponent).join('/');
  const link = `[${escaped(path)}:${span}](<${target}#${lines}>)`;
  const fence = '`'.repeat(Math.max(3, ...Array.from(snippet.matchAll(/`+/g), ([run]) => run.length + 1)));
  const language = /\.(\w+)$/.exec(path)?.[1] ?? '';
  return [`${link}${name && ` · ${name}`}`, '', `${fence}${language}`, snippet.trimEnd(), fence, ''].join('\n');
}

/** A text in which nothing is markup. */
function escaped(text: string): string {
  return visible(text).replace(/[\\`*_[\]<>]/g, '\\$&');
}
