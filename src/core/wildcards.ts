/**
 * Globs with many wildcards, matched in a time that grows with the length of the path alone. As a regular expression, as
 * picomatch makes it, `*a*a*a*a*b` tries a name of 200 letters for half a minute.
 */

type Matches = (text: string) => boolean;

/** A part of a glob between slashes; undefined for `**`, any number of folders. */
type Part = Matches | undefined;

/** What a glob with braces may stand for at the most. */
const mostAlternatives = 256;

/**
 * Whether a path fits the glob; undefined when the glob has what is not understood here, or too many alternatives.
 * @throws Error for a class that is none
 */
export function linearGlob(glob: string, ignoreCase: boolean): Matches | undefined {
  const alternatives = expand(glob.replace(/^\.\//, ''));
  if (!alternatives) return undefined;
  const globs = alternatives.map((alternative) => {
    // `*/**` is what lies in folders; `a/**` is that folder too.
    const parts = alternative.replace(/(?<!\\|(?:^|\/)\*)\*(?:\/\*\*)+$/, '*/*/**').split('/');
    return parts.map((part): Part => (part === '**' ? undefined : matcherOf(part, ignoreCase)));
  });
  return (path) => {
    const names = path.split('/');
    return globs.some((parts) => fits(parts, names));
  };
}

/** Goes through the names once, with all places in the glob that the names so far may have led to. */
function fits(parts: readonly Part[], names: readonly string[]): boolean {
  let places = new Set<number>();
  const reach = (reached: Set<number>, place: number): void => {
    reached.add(place);
    if (place < parts.length && parts[place] === undefined) reach(reached, place + 1);
  };
  reach(places, 0);
  for (const name of names) {
    const reached = new Set<number>();
    for (const place of places) {
      if (place === parts.length) continue;
      const part = parts[place];
      if (part === undefined) reach(reached, place);
      else if (part(name)) reach(reached, place + 1);
    }
    places = reached;
  }
  return places.has(parts.length);
}

/**
 * What stands between two asterisks has a length of its own, so that the first place where it fits is as good as any later
 * one, and none has to be tried again.
 */
function matcherOf(part: string, ignoreCase: boolean): Matches {
  const flags = ignoreCase ? 'i' : '';
  const [first = '', ...rest] = piecesOf(part);
  const last = rest.pop();
  if (last === undefined) {
    const whole = new RegExp(`^${first}$`, flags);
    return (name) => whole.test(name);
  }
  const start = new RegExp(`^${first}`, flags);
  const end = new RegExp(`${last}$`, flags);
  const between = rest.map((piece) => new RegExp(piece, `g${flags}`));
  return (name) => {
    let at = start.exec(name)?.[0].length;
    if (at === undefined) return false;
    for (const piece of between) {
      piece.lastIndex = at;
      if (!piece.test(name)) return false;
      at = piece.lastIndex;
    }
    return (end.exec(name)?.index ?? -1) >= at;
  };
}

/** Asterisks; a character that is escaped; a class; any other character. */
const token = /\*+|\\[^]|\[[!^]?\]?[^\]/]{0,100}\]|[^]/g;

/** The regular expressions of what stands before, between and behind the asterisks. */
function piecesOf(part: string): string[] {
  const pieces = [''];
  for (const [text] of part.matchAll(token)) {
    if (text.startsWith('*')) pieces.push('');
    else pieces.push((pieces.pop() ?? '') + unitOf(text));
  }
  return pieces;
}

/** The regular expression of one character. @throws Error for a bracket that opens no class */
function unitOf(text: string): string {
  if (text === '[') throw new Error('it has a bracket that is not closed');
  if (text === '?') return '[^/]';
  if (!text.startsWith('[')) return (text.length > 1 ? text.slice(1) : text).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.replace(/^\[!/, '[^').replace(/(?<=.)\[/g, '\\[');
}

/** Groups and ranges, a `+` that repeats, and asterisks that picomatch takes for something of its own. */
const foreign = /(?<!\\)[()|]|\{[^{},]*\.\.|[\]}]\+|\*\*\{/;

/** The globs that one with braces stands for; undefined when they are too many, or when there is more than braces. */
function expand(glob: string): string[] | undefined {
  const done: string[] = [];
  const open = [glob];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (foreign.test(next)) return undefined;
    const braces = /^((?:\\[^]|[^\\{])*)\{((?:\\[^]|[^\\{}])*)\}([^]*)$/.exec(next);
    if (done.length + open.length > mostAlternatives) return undefined;
    if (!braces) {
      if (/(?<!\\)\{/.test(next)) return undefined;
      done.push(next);
      continue;
    }
    const [, before = '', within = '', behind = ''] = braces;
    const choices = within.split(',');
    if (choices.length === 1) return undefined;
    open.push(...choices.map((choice) => before + choice + behind));
  }
  return done;
}
