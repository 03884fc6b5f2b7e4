// @ts-check
/** What is drawn over the dots: results, the point in question, and names where there is room for them. */

/**
 * @import { Camera, Size } from './camera.js'
 * @typedef {object} Mark
 * @property {number} x In the plane.
 * @property {number} y
 * @property {number} radius CSS pixels.
 * @property {string} colour
 *
 * @typedef {object} Label
 * @property {string} text
 * @property {number} x In the plane.
 * @property {number} y
 * @property {'name' | 'region' | 'lit'} is
 *
 * @typedef {object} Theme
 * @property {string} background
 * @property {string} foreground
 * @property {string} lit What rings results.
 * @property {string} focus
 * @property {string} font
 * @property {boolean} contrast Whether the theme is one of high contrast.
 */
import { toWindow } from './camera.js';

/** CSS pixels. */
const lineHeight = 15;
const gap = { name: 7, lit: 11 };

/**
 * @param {CanvasRenderingContext2D} context scaled to CSS pixels
 * @param {{ camera: Camera, size: Size, theme: Theme, lit: readonly Mark[], focus: Mark | undefined, labels: readonly Label[] }} scene
 *   labels that matter most first: those that would lie on another are left out
 */
export function drawMarks(context, { camera, size, theme, lit, focus, labels }) {
  context.clearRect(0, 0, size.width, size.height);
  // The best last, on top of the others.
  for (const mark of [...lit].reverse()) {
    const [x, y] = toWindow(camera, size, mark.x, mark.y);
    disc(context, x, y, mark.radius + 4, theme.background);
    disc(context, x, y, mark.radius + 3, theme.lit);
    disc(context, x, y, mark.radius + 1, theme.background);
    disc(context, x, y, mark.radius, mark.colour);
  }
  /** @type {[number, number, number, number][]} left, top, right, bottom */
  const taken = [];
  for (const { text, x, y, is } of labels) {
    context.font = is === 'name' ? `11px ${theme.font}` : `600 ${is === 'lit' ? 12 : 11}px ${theme.font}`;
    const width = context.measureText(text).width;
    const [middle, line] = toWindow(camera, size, x, y);
    const left = is === 'region' ? middle - width / 2 : middle + gap[is];
    /** @type {[number, number, number, number]} */
    const box = [left - 3, line - lineHeight / 2, left + width + 3, line + lineHeight / 2];
    if (box[2] < 0 || box[0] > size.width || box[3] < 0 || box[1] > size.height) continue;
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 4;
    context.strokeStyle = theme.background;
    context.strokeText(text, left, line);
    context.globalAlpha = is === 'name' && !theme.contrast ? 0.8 : 1;
    context.fillStyle = theme.foreground;
    context.fillText(text, left, line);
    context.globalAlpha = 1;
  }
  if (!focus) return;
  const [x, y] = toWindow(camera, size, focus.x, focus.y);
  disc(context, x, y, focus.radius, focus.colour);
  context.lineWidth = 2;
  context.strokeStyle = theme.focus;
  context.beginPath();
  context.arc(x, y, focus.radius + 4, 0, 2 * Math.PI);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius @param {string} colour */
function disc(context, x, y, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** @param {readonly [number, number, number, number]} a @param {readonly [number, number, number, number]} b */
function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
