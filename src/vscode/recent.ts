/** The last queries of this workspace, newest first. */
import type * as vscode from 'vscode';

const key = 'nearby.recent';
const kept = 10;

export class Recent {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  get queries(): readonly string[] {
    return this.#memento.get<readonly string[]>(key, []);
  }

  add(query: string): void {
    const trimmed = query.trim();
    if (!trimmed) return;
    const others = this.queries.filter((other) => other !== trimmed);
    void this.#memento.update(key, [trimmed, ...others].slice(0, kept));
  }
}
