// @ts-check
/**
 * Paints dots into pixels by hand: a hundred thousand take some milliseconds on any machine, while a canvas's own calls
 * take tens, and WebGL is not there on machines without a graphics card.
 */

/**
 * @typedef {object} Pixels
 * @property {Uint32Array} data width x height, as in ImageData: red in the lowest byte.
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Dots
 * @property {Float32Array} at n x 2, in the plane.
 * @property {Uint8Array} colour Of each dot: an index into `colours`.
 * @property {readonly number[]} colours As in `Pixels`; alpha does not count.
 * @property {readonly number[]} opacity Of each colour, 0 to 1.
 * @property {Float32Array} radius Of each dot.
 */

/** Radii differ by steps of so many pixels. */
const step = 0.5;
/** @type {Map<number, Stamp>} */
const stamps = new Map();

/**
 * @typedef {object} Stamp The pixels that a disc covers, around its middle.
 * @property {number} reach How far they lie from the middle at the most.
 * @property {Int16Array} x
 * @property {Int16Array} y
 * @property {Uint16Array} cover How much of each, 1 to 256.
 */

/**
 * @param {Pixels} pixels
 * @param {Dots} dots
 * @param {{ x: number, y: number, scale: number }} camera in pixels, not CSS pixels
 * @param {number} growth a factor for all radii
 * @param {number} every paints the first of so many dots only
 */
export function paintDots(
  { data, width, height },
  { at, colour, colours, opacity, radius },
  camera,
  growth,
  every = 1,
) {
  const { scale } = camera;
  const offsetX = width / 2 - camera.x * scale;
  const offsetY = height / 2 - camera.y * scale;
  const strengths = Uint16Array.from(opacity, (share) => Math.round(share * 256));
  for (let i = 0; i < colour.length; i += every) {
    const middleX = Math.round((at[i * 2] ?? 0) * scale + offsetX);
    const middleY = Math.round((at[i * 2 + 1] ?? 0) * scale + offsetY);
    const { reach, x, y, cover } = stamp(Math.max(1, Math.round(((radius[i] ?? 1) * growth) / step)));
    if (middleX < -reach || middleY < -reach || middleX >= width + reach || middleY >= height + reach) continue;
    const group = colour[i] ?? 0;
    const strength = strengths[group] ?? 0;
    if (strength === 0) continue;
    const source = colours[group] ?? 0;
    const redBlue = source & 0xff00ff;
    const green = source & 0x00ff00;
    const inside = middleX >= reach && middleY >= reach && middleX < width - reach && middleY < height - reach;
    for (let p = 0; p < cover.length; p++) {
      const left = middleX + (x[p] ?? 0);
      const top = middleY + (y[p] ?? 0);
      if (!inside && (left < 0 || top < 0 || left >= width || top >= height)) continue;
      const to = top * width + left;
      const share = ((cover[p] ?? 0) * strength) >> 8;
      if (share === 256) {
        data[to] = source;
        continue;
      }
      const under = data[to] ?? 0;
      const underRedBlue = under & 0xff00ff;
      const underGreen = under & 0x00ff00;
      // Two channels at once, as in J. Blinn, "Three Wrongs Make a Right", 1995.
      const mixedRedBlue = (underRedBlue + (((redBlue - underRedBlue) * share) >> 8)) & 0xff00ff;
      const mixedGreen = (underGreen + (((green - underGreen) * share) >> 8)) & 0x00ff00;
      data[to] = mixedRedBlue | mixedGreen | 0xff000000;
    }
  }
}

/**
 * A disc with soft edges.
 * @param {number} steps its radius
 */
function stamp(steps) {
  let made = stamps.get(steps);
  if (made) return made;
  const radius = steps * step;
  const reach = Math.ceil(radius);
  const pixels = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const cover = Math.round(256 * Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x, y))));
      if (cover > 0) pixels.push({ x, y, cover });
    }
  }
  made = {
    reach,
    x: Int16Array.from(pixels, (pixel) => pixel.x),
    y: Int16Array.from(pixels, (pixel) => pixel.y),
    cover: Uint16Array.from(pixels, (pixel) => pixel.cover),
  };
  stamps.set(steps, made);
  return made;
}
