/** Globs as people type them, in the side bar's boxes and behind `in:`. */

/** `src/**, *.md` as globs: a bare name or `*.md` is sought at any depth, and a folder takes in all it holds. */
export function globsIn(typed: string): string[] {
  return typed
    .split(/(?<!\\),/)
    .map((glob) => glob.trim().replace(/^\.?\//, ''))
    .filter(Boolean)
    .flatMap((glob) => {
      const anywhere = glob.includes('/') && !glob.endsWith('/') ? glob : `**/${glob.replace(/\/$/, '')}`;
      return /[*?]$|\.\w+$/.test(anywhere) ? [anywhere] : [anywhere, `${anywhere}/**`];
    });
}

/** A path as a glob that means just that path: what would be special in it is not. */
export function escapeGlob(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@,]/g, '\\$&');
}
