/** Results that the user keeps in sight, whatever is asked next. Kept for the workspace. */
import type * as vscode from 'vscode';
import { Uri } from 'vscode';
import type { Folders, Hit } from './folders.ts';

const key = 'nearby.pins';
const kept = 50;

/** A result as it was when it was pinned. */
type Pin = Omit<Hit, 'uri' | 'root' | 'judged'> & { readonly uri: string };

export class Pins {
  readonly #memento: vscode.Memento;
  readonly #folders: Folders;

  constructor(memento: vscode.Memento, folders: Folders) {
    this.#memento = memento;
    this.#folders = folders;
  }

  /** Those in folders that are open, in the order they were pinned. */
  get hits(): Hit[] {
    return this.#pins.flatMap((pin) => {
      const uri = Uri.parse(pin.uri);
      const place = this.#folders.locate(uri);
      return place ? [{ ...pin, uri, root: place.root, path: place.path }] : [];
    });
  }

  has(hit: Hit): boolean {
    return this.#pins.some((pin) => isSame(pin, hit));
  }

  async add(hit: Hit): Promise<void> {
    const { uri, path, startLine, endLine, kind, symbol, breadcrumb, score, reasons, snippet, terms } = hit;
    const place = { uri: uri.toString(), path, startLine, endLine };
    const pin: Pin = { ...place, kind, symbol, breadcrumb, score, reasons, snippet, terms };
    const others = this.#pins.filter((other) => !isSame(other, hit));
    await this.#memento.update(key, [...others, pin].slice(-kept));
  }

  async remove(hit: Hit): Promise<void> {
    await this.#memento.update(
      key,
      this.#pins.filter((pin) => !isSame(pin, hit)),
    );
  }

  get #pins(): readonly Pin[] {
    return this.#memento.get<readonly Pin[]>(key, []);
  }
}

function isSame(pin: Pin, hit: Hit): boolean {
  return pin.uri === hit.uri.toString() && pin.startLine === hit.startLine && pin.endLine === hit.endLine;
}
