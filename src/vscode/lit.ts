/** The results that the user has before them, wherever they were asked for: the map lights them. */
import * as vscode from 'vscode';
import type { Hit } from './folders.ts';

export interface Lit {
  /** What they are results of: the query, or what similar places are shown for; '' for nothing. */
  readonly question: string;
  /** Best first. */
  readonly hits: readonly Hit[];
}

export class LitResults implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Lit>();
  #lit: Lit = { question: '', hits: [] };

  readonly onDidChange = this.#changed.event;

  get current(): Lit {
    return this.#lit;
  }

  /** To be called by whatever shows results, with none when they go. */
  show(question: string, hits: readonly Hit[]): void {
    this.#lit = { question, hits };
    this.#changed.fire(this.#lit);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
