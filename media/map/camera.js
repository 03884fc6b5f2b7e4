// @ts-check
/** Where one looks at the plane from: a point of it in the middle of the window, and pixels for each unit. */

/**
 * @typedef {object} Camera
 * @property {number} x
 * @property {number} y
 * @property {number} scale CSS pixels for one unit of the plane.
 *
 * @typedef {{ width: number, height: number }} Size Of the window, in CSS pixels.
 */

/** Of the scale at which all is shown. */
const mostZoom = 400;
const leastZoom = 0.5;
/** CSS pixels left free around what is shown whole: room for the toolbar's shadow and for labels. */
const margin = 48;

/**
 * The camera that shows all the given points, however few.
 * @param {Float32Array} points n x 2
 * @param {Size} size
 * @returns {Camera}
 */
export function fitting(points, size) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i] ?? 0);
    right = Math.max(right, points[i] ?? 0);
    top = Math.min(top, points[i + 1] ?? 0);
    bottom = Math.max(bottom, points[i + 1] ?? 0);
  }
  if (left > right) return { x: 0, y: 0, scale: 1 };
  const [width, height] = [Math.max(right - left, 0.2), Math.max(bottom - top, 0.2)];
  const [roomX, roomY] = [Math.max(size.width - 2 * margin, 40), Math.max(size.height - 2 * margin, 40)];
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.min(roomX / width, roomY / height) };
}

/**
 * Zooms while the point of the plane under (x, y) of the window stays there.
 * @param {Camera} camera @param {number} factor @param {number} x @param {number} y @param {Size} size
 * @param {number} whole the scale at which all is shown
 * @returns {Camera}
 */
export function zoomedAt(camera, factor, x, y, size, whole) {
  const scale = Math.max(whole * leastZoom, Math.min(whole * mostZoom, camera.scale * factor));
  const [dx, dy] = [x - size.width / 2, y - size.height / 2];
  return {
    x: camera.x + dx / camera.scale - dx / scale,
    y: camera.y + dy / camera.scale - dy / scale,
    scale,
  };
}

/**
 * Moved by pixels of the window.
 * @param {Camera} camera @param {number} dx @param {number} dy
 * @returns {Camera}
 */
export function panned(camera, dx, dy) {
  return { ...camera, x: camera.x + dx / camera.scale, y: camera.y + dy / camera.scale };
}

/**
 * A point of the plane in the window.
 * @param {Camera} camera @param {Size} size @param {number} x @param {number} y
 * @returns {[number, number]}
 */
export function toWindow(camera, size, x, y) {
  return [(x - camera.x) * camera.scale + size.width / 2, (y - camera.y) * camera.scale + size.height / 2];
}

/**
 * A camera on the way from one to another: zoom even to the eye.
 * @param {Camera} from @param {Camera} to @param {number} share 0 to 1
 * @returns {Camera}
 */
export function between(from, to, share) {
  const scale = from.scale * (to.scale / from.scale) ** share;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, scale };
}
