/** Results as the side bar lays them out. */
import * as vscode from 'vscode';
import { visible } from '../core/visible.ts';
import type { Arrangement, Numbered } from './arrangement.ts';
import type { Hit } from './folders.ts';
import type { Pins } from './pins.ts';
import { keyOf, type Shown } from './shown.ts';
import { tellingLines } from './snippet.ts';
import type { FileShown, Group, Item } from './view-messages.ts';

const linesShown = 3;

/** The pins first; then by file, or all in a list. @param dragUri what an editor takes for a file */
export function groupsOf(
  shown: Shown,
  arrangement: Arrangement,
  pins: Pins,
  dragUri: (uri: vscode.Uri) => vscode.Uri,
): Group[] {
  const itemOf = ({ hit, item }: Numbered, keys: string, withFile: boolean): Item => ({
    ...shownHit(hit),
    key: `${keys}${keyOf(hit)}`,
    item,
    ...(withFile && { file: fileOf(hit) }),
    pinned: pins.has(hit),
    drag: dragUri(hit.uri)
      .with({ fragment: `L${hit.startLine}` })
      .toString(),
  });
  const found = shown.groups(arrangement).map((hits): Group => {
    if (arrangement.layout === 'list') return { key: 'list', items: hits.map((one) => itemOf(one, '', true)) };
    const [first] = hits;
    const key = first?.hit.uri.toString() ?? '';
    const head = first && { ...fileOf(first.hit), tooltip: visible(first.hit.path), more: shown.hasMore(key) };
    return { key, ...(head && { head }), items: hits.map((one) => itemOf(one, '', false)) };
  });
  if (shown.pins.length === 0) return found;
  const pinned: Group = {
    key: 'pinned',
    head: { name: vscode.l10n.t('Pinned'), directory: '', icon: 'pinned', tooltip: '', more: false },
    items: shown.pins.map((one) => itemOf(one, 'pinned ', true)),
  };
  return [pinned, ...found];
}

function fileOf({ path, kind, root }: Hit): FileShown {
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const slash = path.lastIndexOf('/');
  return {
    name: visible(path.slice(slash + 1)),
    directory: visible([...(several ? [root.name] : []), ...(slash > 0 ? [path.slice(0, slash)] : [])].join(' • ')),
    icon: iconOf(path, kind),
  };
}

function shownHit(hit: Hit): Omit<Item, 'key' | 'item' | 'pinned' | 'drag'> {
  const span = hit.startLine === hit.endLine ? String(hit.startLine) : `${hit.startLine}–${hit.endLine}`;
  const names = [...hit.breadcrumb, hit.symbol].filter(Boolean).map(visible);
  return {
    title: names.at(-1) ?? vscode.l10n.t('Lines {0}', span),
    container: names.slice(0, -1).join(' › '),
    where: names.length > 0 ? span : '',
    language: hit.kind === 'code' ? (/\.(\w+)$/.exec(hit.path)?.[1]?.toLowerCase() ?? '') : '',
    lines: tellingLines(hit, linesShown),
    score: hit.score,
    why: visible(hit.reasons.join(' · ')),
    ...(hit.judged && { judged: hit.judged }),
    tooltip: [
      ...(names.length > 0 ? [names.join(' › ')] : []),
      `${visible(hit.path)}:${span}`,
      '',
      ...hit.reasons.map((reason) => `• ${visible(reason)}`),
      vscode.l10n.t('Score {0}', hit.score.toFixed(2)),
    ].join('\n'),
  };
}

function iconOf(path: string, kind: Hit['kind']): string {
  if (/\.(md|mdx|markdown)$/i.test(path)) return 'markdown';
  if (kind === 'docs') return 'book';
  return /\.(json|jsonc|json5)$/i.test(path) ? 'json' : 'file-code';
}
