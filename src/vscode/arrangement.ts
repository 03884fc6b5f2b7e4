/** How results are laid out, which the user chooses once: by file or as a list, by relevance or by path. */
import * as vscode from 'vscode';
import type { Hit } from './folders.ts';

export type Layout = 'tree' | 'list';
export type Sort = 'relevance' | 'path';

const layoutKey = 'nearby.layout';
const sortKey = 'nearby.sort';

/** Kept for the workspace; told to `when` clauses as `nearby.layout` and `nearby.sort`. */
export class Arrangement {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
    this.#tell();
  }

  get layout(): Layout {
    return this.#memento.get<Layout>(layoutKey, 'tree');
  }

  get sort(): Sort {
    return this.#memento.get<Sort>(sortKey, 'relevance');
  }

  async setLayout(layout: Layout): Promise<void> {
    await this.#memento.update(layoutKey, layout);
    this.#tell();
  }

  async setSort(sort: Sort): Promise<void> {
    await this.#memento.update(sortKey, sort);
    this.#tell();
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', layoutKey, this.layout);
    void vscode.commands.executeCommand('setContext', sortKey, this.sort);
  }
}

/** A result and its number in the answer. */
export interface Numbered {
  readonly hit: Hit;
  readonly item: number;
}

/** The results in the order shown, file by file. As a list, one that holds all. */
export function arrange(hits: readonly Numbered[], layout: Layout, sort: Sort): Numbered[][] {
  const ordered = sort === 'path' ? [...hits].sort(byPath) : hits;
  if (layout === 'list') return ordered.length > 0 ? [[...ordered]] : [];
  const files = new Map<string, Numbered[]>();
  for (const numbered of ordered) {
    const key = numbered.hit.uri.toString();
    const found = files.get(key);
    if (found) found.push(numbered);
    else files.set(key, [numbered]);
  }
  return [...files.values()];
}

/** Folder by folder, each folder's own files before those of its subfolders, as the Search view does. */
function byPath({ hit: a }: Numbered, { hit: b }: Numbered): number {
  return (
    a.root.index - b.root.index ||
    comparePaths(a.path.split('/'), b.path.split('/')) ||
    a.startLine - b.startLine ||
    a.endLine - b.endLine
  );
}

const names = new Intl.Collator(undefined, { numeric: true });

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const isFile = [i === a.length - 1, i === b.length - 1];
    if (isFile[0] !== isFile[1]) return isFile[0] ? -1 : 1;
    const order = names.compare(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
