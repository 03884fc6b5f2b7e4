// @ts-check
/** What the dots are coloured by: the folder, the kind or the type of their file; and the names of regions. */

/**
 * @typedef {object} Group
 * @property {string} name '' for all that is in no other group.
 * @property {number[]} files Numbers of files.
 *
 * @typedef {'folder' | 'kind' | 'type'} By
 *
 * @typedef {object} Region A folder whose files lie together.
 * @property {string} name
 * @property {number} files How many.
 * @property {number} x
 * @property {number} y
 */

/** Beyond these, colours are not told apart; the rest is one group. */
const mostGroups = 8;
/** A folder with more of the files than this is shown by its subfolders. */
const tooMuch = 0.4;
/** Files of a folder from which on it is worth a name, and how far from their middle half of them may lie. */
const leastNamed = 3;
const mostSpread = 0.35;

/**
 * The largest groups, largest first, and last the rest, if there is one.
 * @param {readonly string[]} paths
 * @param {By} by
 * @param {(file: number) => boolean} isDocs
 * @returns {Group[]}
 */
export function groupsOf(paths, by, isDocs) {
  const all = paths.map((_, file) => file);
  if (by === 'folder') return withRest(byFolder(paths));
  if (by === 'kind') return gather(all, (file) => (isDocs(file) ? 'docs' : 'code'));
  return withRest(gather(all, (file) => /[^/](\.[^./]+)$/.exec(paths[file] ?? '')?.[1]?.toLowerCase() ?? '.'));
}

/**
 * Top-level folders; one that holds most of the files is parted into its own folders, as long as there are colours.
 * @param {readonly string[]} paths
 */
function byFolder(paths) {
  /** @param {readonly number[]} files @param {string} within '' or a folder with its slash */
  const folders = (files, within) =>
    gather(files, (file) => {
      const rest = (paths[file] ?? '').slice(within.length);
      const slash = rest.indexOf('/');
      return slash < 0 ? within || '/' : within + rest.slice(0, slash + 1);
    });
  let groups = folders([...paths.keys()], '');
  for (;;) {
    const large = groups.find(({ name, files }) => files.length > paths.length * tooMuch && name !== '/');
    if (!large) return groups;
    const parts = folders(large.files, large.name);
    if (parts.length === 1 && parts[0]?.name === large.name) return groups; // all of its files lie right in it
    const parted = [...groups.filter((group) => group !== large), ...parts];
    if (groups.length > 2 && parted.length > mostGroups * 2) return groups;
    groups = parted.sort((a, b) => b.files.length - a.files.length);
    if (groups.some(({ name, files }) => name === large.name && files.length > paths.length * tooMuch)) return groups;
  }
}

/**
 * @param {readonly number[]} files
 * @param {(file: number) => string} nameOf
 * @returns {Group[]} the largest first
 */
function gather(files, nameOf) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (const file of files) {
    const name = nameOf(file);
    const known = groups.get(name);
    if (known) known.push(file);
    else groups.set(name, [file]);
  }
  return [...groups]
    .map(([name, members]) => ({ name, files: members }))
    .sort((a, b) => b.files.length - a.files.length || (a.name < b.name ? -1 : 1));
}

/** @param {Group[]} groups */
function withRest(groups) {
  if (groups.length <= mostGroups) return groups;
  const rest = groups.slice(mostGroups - 1).flatMap(({ files }) => files);
  return [...groups.slice(0, mostGroups - 1), { name: '', files: rest }];
}

/**
 * Folders, however deep, whose files lie together, those with the most files first.
 * @param {readonly string[]} paths
 * @param {Float32Array} at files x 2
 * @returns {Region[]}
 */
export function regionsOf(paths, at) {
  /** @type {Map<string, number[]>} */
  const folders = new Map();
  paths.forEach((path, file) => {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const files = folders.get(folder);
      if (files) files.push(file);
      else folders.set(folder, [file]);
    }
  });
  /** @type {Region[]} */
  const regions = [];
  for (const [folder, files] of folders) {
    if (files.length < leastNamed) continue;
    const x = median(files.map((file) => at[file * 2] ?? 0));
    const y = median(files.map((file) => at[file * 2 + 1] ?? 0));
    const spread = median(files.map((file) => Math.hypot((at[file * 2] ?? 0) - x, (at[file * 2 + 1] ?? 0) - y)));
    if (spread < mostSpread) regions.push({ name: folder, files: files.length, x, y });
  }
  return regions.sort((a, b) => b.files - a.files);
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
