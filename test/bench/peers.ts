/** Packages to compare with that need not be installed. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** usearch, as far as it is used here. */
interface Usearch {
  /** @returns the keys (row numbers) of the nearest, nearest first */
  exactSearch(
    dataset: Int8Array,
    query: Int8Array,
    dimensions: number,
    count: number,
    metric: 'cos',
    threads: number,
  ): { readonly keys: BigUint64Array };
}

/** MiniSearch, as far as it is used here. */
interface MiniSearchModule {
  readonly default: new (options: { fields: string[]; tokenize: (text: string) => string[] }) => {
    addAll(documents: readonly { readonly id: number; readonly text: string }[]): void;
    search(query: string): readonly { readonly id: number }[];
  };
}

interface Ripgrep {
  /** Of the program. */
  readonly rgPath: string;
}

interface Peers {
  readonly '@vscode/ripgrep': Ripgrep;
  readonly usearch: Usearch;
  readonly minisearch: MiniSearchModule | MiniSearchModule['default'];
}

/** The package, or a sentence saying why it cannot be used here. */
export function peer<Name extends keyof Peers>(name: Name): Peers[Name] | string {
  try {
    return require(name) as Peers[Name];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'MODULE_NOT_FOUND' ? 'is not installed' : `cannot be loaded (${message})`;
    return `Not compared: ${name} ${why}.`;
  }
}
