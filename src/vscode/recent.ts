/** The last queries of this workspace, newest first. */
import * as vscode from 'vscode';

const key = 'nearby.recent';
const kept = 50;

export class Recent {
  readonly #memento: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();

  readonly onDidChange = this.#changed.event;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  get queries(): readonly string[] {
    return this.#memento.get<readonly string[]>(key, []);
  }

  add(query: string): void {
    const trimmed = query.trim();
    if (trimmed && trimmed !== this.queries[0]) this.#keep([trimmed, ...this.#others(trimmed)]);
  }

  remove(query: string): void {
    this.#keep(this.#others(query));
  }

  #others(query: string): string[] {
    return this.queries.filter((other) => other !== query);
  }

  #keep(queries: readonly string[]): void {
    void this.#memento.update(key, queries.slice(0, kept));
    this.#changed.fire();
  }
}
