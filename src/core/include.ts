/**
 * Globs of what is indexed although a rule leaves it out. They lead into folders that are left out, and only into those in
 * which they can match something: a path without wildcards reaches its file without a folder being listed.
 */
import { compileGlob, IGNORE_CASE } from './glob.ts';

/** One part of a glob between slashes. */
interface Part {
  /** Itself in lower case where case does not count. */
  readonly name: string;
  /** It has no wildcards. */
  readonly literal: boolean;
  readonly matches: (name: string) => boolean;
}

interface Include {
  /** The path itself, or a folder above it. */
  readonly matches: (path: string) => boolean;
  /** Up to the first that can stand for several folders. */
  readonly parts: readonly Part[];
  /** Whether that ends `parts`, so that anything below may match. */
  readonly isDeep: boolean;
}

const setting = 'nearby.include';
const wildcards = /[*?[\]{}()!\\]/u;

export class IncludeGlobs {
  readonly #includes: readonly Include[];

  /** @throws NearbyError 'bad-glob' */
  constructor(globs: readonly string[]) {
    this.#includes = globs.flatMap(compile);
  }

  /**
   * Whether a file or folder is included: by its own path, or with a folder above it.
   * @param mustBeNamed by its own path alone, whose last part has no wildcards
   */
  includes(path: string, mustBeNamed: boolean): boolean {
    if (this.#includes.length === 0) return false;
    if (mustBeNamed) return this.#includes.some((include) => isNamed(include, path));
    return this.#includes.some(({ matches }) => {
      for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
        if (matches(path.slice(0, end))) return true;
      }
      return false;
    });
  }

  /**
   * Whether something below a folder can be included.
   * @param mustBeNamed by globs only that have the folder's own name, without wildcards, where it stands in the path
   */
  leadsInto(folder: string, mustBeNamed: boolean): boolean {
    const isNamedIn = ({ parts }: Include): boolean => parts[depthOf(folder)]?.literal === true;
    return this.#includes.some((include) => leadsTo(include, folder) && (!mustBeNamed || isNamedIn(include)));
  }

  /** The names directly in a folder that globs lead to; undefined when any name may be one. */
  namesIn(folder: string): readonly string[] | undefined {
    const names = new Set<string>();
    for (const include of this.#includes) {
      if (!leadsTo(include, folder)) continue;
      const next = include.parts[depthOf(folder) + 1];
      if (!next?.literal || IGNORE_CASE) return undefined;
      names.add(next.name);
    }
    return [...names];
  }
}

/** Whether the folder's path fits the first parts of the glob; what is below a folder that fits all of it is included. */
function leadsTo({ parts }: Include, folder: string): boolean {
  return folder.split('/').every((name, at) => parts[at]?.matches(name) ?? true);
}

function compile(glob: string): Include[] {
  const trimmed = glob.trim().replace(/^\.?\//u, '');
  const matchesGlob = compileGlob(trimmed, setting);
  if (!matchesGlob) return [];
  const names = trimmed.replace(/\/$/u, '').split('/');
  const deep = names.findIndex((name) => name.includes('**') || hasOpenBrace(name));
  const parts = (deep === -1 ? names : names.slice(0, deep)).map(compilePart);
  // A path such as app/[id]/page.ts means that very file.
  const own = fold(names.join('/'));
  return [{ matches: (path) => fold(path) === own || matchesGlob(path), parts, isDeep: deep !== -1 }];
}

function compilePart(name: string): Part {
  const matchesGlob = compileGlob(name, setting);
  const own = fold(name);
  const matches = (other: string): boolean => fold(other) === own || matchesGlob?.(other) === true;
  return { name, literal: !wildcards.test(name), matches };
}

/** Braces with a slash in them, of which a part holds one end. */
function hasOpenBrace(name: string): boolean {
  return name.split('{').length !== name.split('}').length;
}

/** Whether the glob gives the path's last part without wildcards. */
function isNamed({ matches, parts, isDeep }: Include, path: string): boolean {
  const last = parts[depthOf(path)];
  return !isDeep && parts.length === depthOf(path) + 1 && last?.literal === true && matches(path);
}

function depthOf(path: string): number {
  return path.split('/').length - 1;
}

function fold(text: string): string {
  return IGNORE_CASE ? text.toLowerCase() : text;
}
