/** A folder of made-up files that changes as one that is worked in does; every choice comes from a seed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { generator, madeUpPath, madeUpText } from '../bench/made-up.ts';
import { writeFiles } from '../core/temp.ts';

/** Characters: one chunk or two, so that embedding keeps up with many changes. */
const fileLength = 1200;
/** How many files a switch of branches changes, of all. */
const branchShare = 1 / 3;

export class Project {
  readonly folder: string;
  readonly #random: () => number;
  readonly #files: number;
  /** By path, what there is now. */
  readonly #texts = new Map<string, string>();
  /** What the files of the other branch hold where they differ; undefined where they are not there. */
  #otherBranch = new Map<string, string | undefined>();
  #nextText = 0;

  constructor(folder: string, files: number, seed: number) {
    this.folder = folder;
    this.#files = files;
    this.#random = generator(seed);
    this.#nextText = Math.floor(this.#random() * 1e6);
    for (let i = 0; i < files; i++) this.#write(madeUpPath(i), this.#newText());
    for (const path of this.paths) if (this.#random() < branchShare) this.#otherBranch.set(path, this.#newText());
  }

  get paths(): string[] {
    return [...this.#texts.keys()];
  }

  /** One of the numbers from 0 to `count` - 1. */
  pick(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** Changes a line or a whole text of a file. @returns its path */
  edit(): string {
    const path = this.#anyPath();
    const lines = (this.#texts.get(path) ?? '').split('\n');
    const isLarge = this.#random() < 0.2;
    lines.splice(
      this.pick(lines.length),
      isLarge ? lines.length : 1,
      isLarge ? this.#newText() : `// note ${this.#nextText++}`,
    );
    this.#write(path, lines.join('\n'));
    return path;
  }

  remove(): string {
    const path = this.#anyPath();
    this.#delete(path);
    return path;
  }

  /** Makes a file that is not there. */
  create(): string {
    const missing = Array.from({ length: this.#files }, (_, i) => madeUpPath(i)).filter(
      (path) => !this.#texts.has(path),
    );
    const path = missing[this.pick(missing.length)] ?? this.#anyPath();
    this.#write(path, this.#newText());
    return path;
  }

  /** Many files at once become those of the other branch. */
  switchBranch(): void {
    const left = new Map([...this.#otherBranch.keys()].map((path) => [path, this.#texts.get(path)]));
    for (const [path, text] of this.#otherBranch) {
      if (text === undefined) this.#delete(path);
      else this.#write(path, text);
    }
    this.#otherBranch = left;
  }

  #anyPath(): string {
    const { paths } = this;
    return paths[this.pick(paths.length)] ?? madeUpPath(0);
  }

  #newText(): string {
    return madeUpText(this.#nextText++).slice(0, fileLength);
  }

  #write(path: string, text: string): void {
    this.#texts.set(path, text);
    writeFiles(this.folder, { [path]: text });
  }

  #delete(path: string): void {
    this.#texts.delete(path);
    rmSync(join(this.folder, path), { force: true });
  }
}
