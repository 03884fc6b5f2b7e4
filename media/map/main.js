// @ts-check
/** The map's page: shows what the extension sends, tells it what the user does. See src/vscode/map-messages.ts. */
import { visible } from '../../src/core/visible.ts';
import { groupsOf, regionsOf } from './groups.js';
import { Model } from './model.js';
import { Plane } from './plane.js';
import { followTheme, readTheme } from './theme.js';

/**
 * @import { FromMap, LitPlace, ToMap } from '../../src/vscode/map-messages.ts'
 * @import { By, Group } from './groups.js'
 * @import { Label, Mark } from './marks.js'
 * @import { Point } from './model.js'
 * @import { Camera } from './camera.js'
 * @import { Colour } from './theme.js'
 * @import { Scene } from './plane.js'
 *
 * @typedef {object} State What is kept while the page is hidden.
 * @property {By} by
 * @property {boolean} chunks
 * @property {boolean} list
 * @property {string[]} off Names of groups that are not shown.
 * @property {Camera | undefined} [camera] Absent while all is shown.
 */

// Found in every webview; no module gives it.
const vscode =
  /** @type {{ acquireVsCodeApi(): { postMessage(message: FromMap): void, getState(): Partial<State> | undefined, setState(state: State): void } }} */ (
    /** @type {unknown} */ (window)
  ).acquireVsCodeApi();

const debounceMs = 150;
/** Zoom from which on chunks are shown by themselves, and files have names. */
const chunkZoom = 6;
const nameZoom = 2.5;
/** CSS pixels around the pointer in which a dot is meant. */
const reach = 10;
/** Entries of the list; names that are tried for room. */
const mostListed = 20;
const mostNames = 80;
const mostLitNames = 8;
const mostRegions = 24;
/** Files that all have names at once. */
const fewFiles = 40;
/** How much is left of dots that are not results, while there are some. */
const dimmed = 0.3;
/** Of files that stand behind their chunks. */
const behind = 0.35;

const form = element('form', HTMLFormElement);
const query = element('query', HTMLInputElement);
const clear = element('clear', HTMLButtonElement);
const count = element('count', HTMLElement);
const colour = element('colour', HTMLSelectElement);
const chunksButton = element('chunks', HTMLButtonElement);
const listButton = element('list', HTMLButtonElement);
const plane = element('plane', HTMLElement);
const legend = element('legend', HTMLElement);
const near = element('near', HTMLElement);
const places = element('places', HTMLElement);
const tip = element('tip', HTMLElement);
const notice = element('notice', HTMLElement);
const stale = element('stale', HTMLElement);
const progress = element('progress', HTMLElement);

/** @type {State} */
const state = { by: 'folder', chunks: false, list: false, off: [], ...vscode.getState() };
/** @type {Model | undefined} */
let model;
/** @type {readonly Group[]} */
let groups = [];
/** @type {readonly Label[]} */
let regions = [];
/** The group of each file. */
let groupOf = new Uint8Array();
/** Of each chunk. */
let groupOfChunk = new Uint8Array();
/** @type {{ files: Float32Array, chunks: Float32Array }} CSS pixels */
let radii = { files: new Float32Array(), chunks: new Float32Array() };
/** @type {readonly LitPlace[]} */
let litPlaces = [];
/** @type {readonly Point[]} */
let lit = [];
/** @type {Point | undefined} */
let focused;
/** What the list shows. @type {readonly Point[]} */
let listed = [];
/** Which of them is chosen. */
let chosen = 0;
let theme = readTheme();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;

const view = new Plane(plane, element('dots', HTMLCanvasElement), element('marks', HTMLCanvasElement), {
  scene,
  hover: (at) => hover(at),
  click: (x, y, event) => {
    const point = pointAt(x, y);
    if (point) open(point, event.ctrlKey || event.metaKey ? 'side' : 'beside');
  },
  moved: () => {
    save();
    showList();
  },
});

followTheme(() => {
  theme = readTheme();
  showLegend();
  view.draw();
});
colour.value = state.by;
showToggles();
vscode.postMessage({ type: 'ready' });

window.addEventListener('message', ({ data }) => {
  const message = /** @type {ToMap} */ (data);
  switch (message.type) {
    case 'making':
      progress.hidden = false;
      stale.hidden = true;
      break;
    case 'map':
      showMap(new Model(message.map));
      break;
    case 'notice':
      progress.hidden = true;
      showNotice(message.title, message.detail);
      break;
    case 'lit':
      showLit(message.question, message.places);
      break;
    case 'stale':
      stale.hidden = false;
      break;
  }
});

// ---- What is shown ----

/** @param {Model} shown */
function showMap(shown) {
  model = shown;
  progress.hidden = true;
  notice.hidden = true;
  stale.hidden = true;
  plane.hidden = false;
  legend.hidden = false;
  const { map, paths } = shown;
  const [files, chunks] = [paths.length, map.startLine.length].map((n) =>
    n.toLocaleString(document.documentElement.lang),
  );
  plane.ariaLabel = filled(plane.dataset['label'], files ?? '', chunks ?? '');
  // The fewer, the larger; a file of sixteen chunks is twice as wide as one with a single chunk.
  const size = Math.max(1.8, Math.min(5, 60 / Math.sqrt(paths.length)));
  radii = {
    files: Float32Array.from(paths, (_, file) => size * (1 + Math.log2(shown.chunksOf(file)) / 4)),
    chunks: new Float32Array(map.startLine.length).fill(Math.max(1.6, size * 0.7)),
  };
  regions = regionsOf(paths, map.files).map(({ name, x, y }) => {
    return { text: visible(name.slice(name.lastIndexOf('/') + 1)), x, y, is: 'region' };
  });
  focused = undefined;
  regroup();
  lit = litPlaces.flatMap(({ path, startLine }) => shown.find(path, startLine) ?? []);
  view.show(map.files, state.camera);
}

function regroup() {
  if (!model) return;
  const shown = model;
  groups = groupsOf(shown.paths, state.by, (file) => shown.isDocs(file));
  groupOf = new Uint8Array(shown.paths.length);
  groups.forEach(({ files }, group) => files.forEach((file) => (groupOf[file] = group)));
  groupOfChunk = Uint8Array.from(shown.fileOfChunk, (file) => groupOf[file] ?? 0);
  if (state.by === 'kind')
    groupOfChunk = shown.map.kinds.map((kind) => groups.findIndex(({ name }) => name === (kind ? 'docs' : 'code')));
  showLegend();
  view.draw();
}

/** @returns {Scene} */
function scene() {
  const colours = groups.map((_, i) => colourOf(i).pixel);
  const on = groups.map(({ name }) => (state.off.includes(name) ? 0 : lit.length > 0 ? dimmed : 1));
  const chunks = chunksShown();
  const dots = [];
  if (model) {
    const { files, chunks: at } = model.map;
    const fileOpacity = chunks ? on.map((opacity) => opacity * behind) : on;
    dots.push({ at: files, colour: groupOf, colours, opacity: fileOpacity, radius: radii.files });
    if (chunks) dots.push({ at, colour: groupOfChunk, colours, opacity: on, radius: radii.chunks });
  }
  return {
    dots,
    lit: litShown().map((point) => markOf(point)),
    focus: focused && markOf(focused),
    labels: labels(),
    background: theme.background,
    theme: theme.marks,
  };
}

/** Results have names, or else folders, and the files and chunks near the centre when there is room. @returns {Label[]} */
function labels() {
  if (!model) return [];
  const shown = model;
  const { x, y } = view.camera;
  /** @param {'name' | 'lit'} is @returns {(point: Point) => Label} */
  const named = (is) => (point) => {
    const [left, top] = shown.placeOf(point);
    return { text: nameOf(point), x: left, y: top, is };
  };
  if (lit.length > 0) return litShown().slice(0, mostLitNames).map(named('lit'));
  if (view.zoom < nameZoom && shown.paths.length > fewFiles) return regions.slice(0, mostRegions);
  return [...regions, ...shown.nearest(x, y, mostNames, chunksShown(), isShown).map(named('name'))];
}

/** @param {string} question @param {readonly LitPlace[]} shown */
function showLit(question, shown) {
  litPlaces = shown;
  const at = model;
  lit = at ? shown.flatMap(({ path, startLine }) => at.find(path, startLine) ?? []) : [];
  if (document.activeElement !== query) query.value = question;
  clear.hidden = !question;
  const { one = '', many, none = '' } = count.dataset;
  count.textContent = !question
    ? ''
    : lit.length === 0
      ? none
      : lit.length === 1
        ? one
        : filled(many, String(lit.length));
  view.draw();
}

function showLegend() {
  const { other = '', code = '', docs = '', top = '', plain = '' } = legend.dataset;
  legend.replaceChildren(
    ...groups.map(({ name, files }, i) => {
      const swatch = make('span', 'swatch');
      swatch.style.background = colourOf(i).css;
      const said =
        state.by === 'kind'
          ? name === 'docs'
            ? docs
            : code
          : ({ '': other, '/': top, '.': plain }[name] ?? name.replace(/\/$/, ''));
      const button = make('button');
      button.append(swatch, make('span', 'name', said), make('span', 'number', String(files.length)));
      button.ariaPressed = String(!state.off.includes(name));
      button.title = visible(said);
      button.addEventListener('click', () => {
        state.off = state.off.includes(name) ? state.off.filter((one) => one !== name) : [...state.off, name];
        save();
        button.ariaPressed = String(!state.off.includes(name));
        view.draw();
        showList();
      });
      const entry = make('li');
      entry.append(button);
      return entry;
    }),
  );
}

/** @param {string} title @param {string} detail */
function showNotice(title, detail) {
  for (const part of [plane, legend, near, tip, stale]) part.hidden = true;
  notice.hidden = false;
  notice.querySelector('h2')?.replaceChildren(title);
  notice.querySelector('p')?.replaceChildren(detail);
}

// ---- The point in question ----

/** @param {{ x: number, y: number } | undefined} at CSS pixels of the plane */
function hover(at) {
  const point = at && pointAt(at.x, at.y);
  plane.classList.toggle('over', Boolean(point));
  if (!same(point, focused)) {
    focused = point;
    view.draw();
  }
  tip.hidden = !point;
  if (!point || !at) return;
  tip.replaceChildren(...described(point));
  const left = Math.min(at.x + 14, plane.clientWidth - tip.offsetWidth - 8);
  const top = at.y + 18 + tip.offsetHeight > plane.clientHeight ? at.y - tip.offsetHeight - 10 : at.y + 18;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, top)}px`;
}

/** @param {number} x @param {number} y CSS pixels of the plane */
function pointAt(x, y) {
  if (!model) return undefined;
  const [planeX, planeY] = view.toPlane(x, y);
  const isNear = (/** @type {Point} */ point) => {
    const [pointX, pointY] = model?.placeOf(point) ?? [Infinity, Infinity];
    return Math.hypot(pointX - planeX, pointY - planeY) * view.camera.scale <= reach;
  };
  // A result lies on top of what is nearer to the pointer.
  const candidates = [...litShown(), ...model.nearest(planeX, planeY, 1, chunksShown(), isShown)];
  return candidates.find(isNear);
}

/** @param {Point} point */
function described(point) {
  if (!model) return [];
  const { map, paths, symbols } = model;
  const path = paths[point.file] ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const parts = [make('strong', '', name), make('span', 'quiet', path.slice(0, -name.length - 1))];
  if (point.chunk < 0) {
    const chunks = model.chunksOf(point.file);
    parts.push(
      make(
        'span',
        'quiet',
        chunks === 1 ? (tip.dataset['chunk'] ?? '') : filled(tip.dataset['chunks'], String(chunks)),
      ),
    );
  } else {
    const [first, last] = [map.startLine[point.chunk] ?? 0, map.endLine[point.chunk] ?? 0];
    const { line, lines } = tip.dataset;
    if (symbols[point.chunk]) parts.splice(1, 0, make('span', 'symbol', symbols[point.chunk]));
    parts.push(
      make('span', 'quiet', first === last ? filled(line, String(first)) : filled(lines, String(first), String(last))),
    );
  }
  return parts.filter((part) => part.textContent);
}

/** The same on a line for a file and on two for a chunk. @param {Point} point */
function listing(point) {
  const path = model?.paths[point.file] ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const line = point.chunk < 0 ? '' : `:${model?.map.startLine[point.chunk] ?? 0}`;
  const symbol = model?.symbols[point.chunk];
  const file = [make('span', 'title', `${name}${line}`), ' ', make('span', 'quiet', path.slice(0, -name.length - 1))];
  const where = make('div', 'line');
  where.append(...file);
  return symbol ? [make('div', 'line symbol', symbol), where] : [where];
}

/** @param {Point} point @param {'beside' | 'side' | 'open'} how */
function open({ file, chunk }, how) {
  vscode.postMessage({ type: 'open', file, chunk, how });
}

// ---- The list of what is near the centre ----

/** Keeps the choice where it is while the user is in the list. */
function showList() {
  near.hidden = !state.list || !model;
  if (!model || near.hidden || document.activeElement === places) return;
  listed = model.nearest(view.camera.x, view.camera.y, mostListed, chunksShown(), isShown);
  chosen = 0;
  places.replaceChildren(
    ...listed.map((point, i) => {
      const entry = make('div', 'place');
      entry.id = `place-${i}`;
      entry.role = 'option';
      entry.append(...listing(point));
      entry.addEventListener('click', (event) => {
        choose(i);
        open(point, event.ctrlKey || event.metaKey ? 'side' : 'beside');
      });
      return entry;
    }),
  );
  mark();
}

/** @param {number} i */
function choose(i) {
  chosen = Math.max(0, Math.min(listed.length - 1, i));
  focused = listed[chosen];
  if (model && focused) view.reveal(...model.placeOf(focused));
  mark();
  view.draw();
}

function mark() {
  [...places.children].forEach((entry, i) => (entry.ariaSelected = String(i === chosen)));
  places.setAttribute('aria-activedescendant', `place-${chosen}`);
  if (document.activeElement === places) places.children[chosen]?.scrollIntoView({ block: 'nearest' });
}

places.addEventListener('focus', () => choose(chosen));
places.addEventListener('blur', () => {
  focused = undefined;
  view.draw();
});
places.addEventListener('keydown', (event) => {
  const point = listed[chosen];
  if (event.key === 'ArrowDown') choose(chosen + 1);
  else if (event.key === 'ArrowUp') choose(chosen - 1);
  else if (event.key === 'Home') choose(0);
  else if (event.key === 'End') choose(listed.length - 1);
  else if (event.key === ' ' && point) open(point, 'beside');
  else if (event.key === 'Enter' && point) open(point, 'side');
  else if (event.key === 'Escape') plane.focus();
  else return;
  event.preventDefault();
});

// ---- Controls ----

form.addEventListener('submit', (event) => {
  event.preventDefault();
  ask();
  if (model && lit.length > 0) view.fit(Float32Array.from(lit.flatMap((point) => model?.placeOf(point) ?? [])), true);
});
form.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(ask, debounceMs);
});
query.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') putOut();
});
clear.addEventListener('click', putOut);

/** The question that was sent last. */
let asked = '';

function ask() {
  clearTimeout(typing);
  if (query.value === asked) return;
  asked = query.value;
  vscode.postMessage({ type: 'search', query: asked });
}

function putOut() {
  query.value = '';
  vscode.postMessage({ type: 'search', query: (asked = '') });
}

colour.addEventListener('change', () => {
  state.by = colour.value === 'kind' || colour.value === 'type' ? colour.value : 'folder';
  state.off = [];
  save();
  regroup();
});
chunksButton.addEventListener('click', () => {
  state.chunks = !state.chunks;
  showToggles();
});
listButton.addEventListener('click', () => {
  state.list = !state.list;
  showToggles();
});
element('in', HTMLButtonElement).addEventListener('click', () => view.zoomBy(1.5));
element('out', HTMLButtonElement).addEventListener('click', () => view.zoomBy(1 / 1.5));
element('fit', HTMLButtonElement).addEventListener('click', fitAll);
element('refresh', HTMLButtonElement).addEventListener('click', refresh);
stale.querySelector('button')?.addEventListener('click', refresh);
plane.addEventListener('keydown', (event) => {
  if (event.key === '0' || event.key === 'Home') fitAll();
  else if (event.key === 'Enter') {
    state.list = true;
    showToggles();
    places.focus();
  } else return;
  event.preventDefault();
});

function fitAll() {
  if (model) view.fit(model.map.files, true);
}

function refresh() {
  vscode.postMessage({ type: 'refresh' });
}

function showToggles() {
  chunksButton.ariaPressed = String(state.chunks);
  listButton.ariaPressed = String(state.list);
  save();
  showList();
  view.draw();
}

function save() {
  if (model) state.camera = view.fitted ? undefined : view.camera;
  vscode.setState(state);
}

// ---- Small things ----

function chunksShown() {
  return state.chunks || view.zoom >= chunkZoom;
}

/** @param {number} file */
function isShown(file) {
  return !state.off.includes(groups[groupOf[file] ?? 0]?.name ?? '');
}

/** The results whose dots are not switched off. */
function litShown() {
  return lit.filter(({ file }) => isShown(file));
}

/** @param {number} group @returns {Colour} */
function colourOf(group) {
  return groups[group]?.name === '' ? theme.rest : (theme.groups[group] ?? theme.rest);
}

/** @param {Point} point @returns {Mark} */
function markOf(point) {
  const [x, y] = model?.placeOf(point) ?? [0, 0];
  const group = (point.chunk < 0 ? groupOf[point.file] : groupOfChunk[point.chunk]) ?? 0;
  const radius = point.chunk < 0 ? (radii.files[point.file] ?? 3) : 4;
  return { x, y, radius, colour: colourOf(group).css };
}

/** @param {Point} point */
function nameOf({ file, chunk }) {
  const path = model?.paths[file] ?? '';
  return visible((chunk < 0 ? '' : model?.symbols[chunk]) || path.slice(path.lastIndexOf('/') + 1));
}

/** @param {Point | undefined} a @param {Point | undefined} b */
function same(a, b) {
  return a?.file === b?.file && a?.chunk === b?.chunk;
}

/** `{0}` and `{1}` replaced. @param {string | undefined} text @param {string[]} parts */
function filled(text, ...parts) {
  return (text ?? '').replace(/\{(\d)\}/g, (_, i) => parts[Number(i)] ?? '');
}

/** @param {string} name @param {string} [className] @param {string} [text] */
function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = visible(text);
  return made;
}

/**
 * @template {HTMLElement} T
 * @param {string} id @param {new () => T} type
 */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} with the id "${id}".`);
  return found;
}
