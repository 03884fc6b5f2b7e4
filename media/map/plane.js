// @ts-check
/** The canvases: draws the map as one looks at it, and moves the camera by mouse, touch pad, fingers and keys. */
import { between, fitting, panned, toWindow, zoomedAt } from './camera.js';
import { drawMarks } from './marks.js';
import { paintDots } from './paint.js';

/**
 * @import { Camera, Size } from './camera.js'
 * @import { Label, Mark, Theme } from './marks.js'
 * @import { Dots } from './paint.js'
 *
 * @typedef {object} Scene What is to be drawn; all of the plane.
 * @property {readonly Dots[]} dots With radii in CSS pixels when all is shown.
 * @property {readonly Mark[]} lit
 * @property {Mark | undefined} focus
 * @property {readonly Label[]} labels
 * @property {number} background
 * @property {Theme} theme
 *
 * @typedef {object} PlaneEvents
 * @property {() => Scene} scene
 * @property {(at: { x: number, y: number } | undefined) => void} hover In CSS pixels of the element.
 * @property {(x: number, y: number, event: MouseEvent) => void} click
 * @property {() => void} moved The camera has come to rest elsewhere.
 */

const wheelPace = 0.0016;
/** Factor and CSS pixels of a key or a button. */
const keyZoom = 1.5;
const keyPan = 80;
const glideMs = 180;
/** Zoom beyond which a few points are not brought nearer. */
const mostFitted = 8;
/** Dots grow as one zooms in, to this factor. */
const mostGrowth = 2.2;
/** CSS pixels; a press that moves further is a drag, not a click. */
const clickSlack = 4;
const restMs = 150;
/** What painting dots may take of a frame, at 60 frames a second; and how many are always painted all. */
const paintMs = 9;
const fewDots = 10_000;
/** Beyond this, more pixels are not seen but cost time. */
const mostDensity = 2;

export class Plane {
  /** @param {HTMLElement} element @param {HTMLCanvasElement} dots @param {HTMLCanvasElement} marks @param {PlaneEvents} events */
  constructor(element, dots, marks, events) {
    this.element = element;
    this.events = events;
    this.canvases = [dots, marks];
    this.dots = contextOf(dots);
    this.marks = contextOf(marks);
    /** @type {Camera} */
    this.camera = { x: 0, y: 0, scale: 1 };
    /** All there are: zoom is measured by them. @type {Float32Array} */
    this.points = new Float32Array();
    /** The scale at which all is shown. */
    this.whole = 1;
    /** What the camera shows whole, until the user moves it. @type {Float32Array | undefined} */
    this.fitted = undefined;
    /** @type {Size} */
    this.size = { width: 0, height: 0 };
    this.density = 1;
    /** @type {ImageData | undefined} */
    this.image = undefined;
    this.frame = 0;
    this.glide = 0;
    this.moving = false;
    /** While the camera moves, one of so many dots is painted: as many as a frame has time for. */
    this.every = 1;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    /** Fingers and buttons that are down, where they are. @type {Map<number, { x: number, y: number }>} */
    this.pressed = new Map();
    this.dragged = 0;
    this.listen();
  }

  /** Takes the element's size; before that nothing is drawn. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    this.size = { width, height };
    this.density = Math.min(mostDensity, window.devicePixelRatio || 1);
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * this.density);
      canvas.height = Math.round(height * this.density);
    }
    this.image = this.dots.createImageData(this.dots.canvas.width, this.dots.canvas.height);
    this.whole = fitting(this.points, this.size).scale;
    if (this.fitted) this.fit(this.fitted, false);
    this.events.hover(undefined);
    this.draw();
  }

  /** Draws with the next frame. */
  draw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.drawNow();
    });
  }

  drawNow() {
    if (!this.image) return;
    const { dots, lit, focus, labels, background, theme } = this.events.scene();
    const { width, height, data } = this.image;
    const pixels = { data: new Uint32Array(data.buffer), width, height };
    pixels.data.fill(background);
    const camera = { ...this.camera, scale: this.camera.scale * this.density };
    const growth = Math.min(mostGrowth, Math.max(1, Math.sqrt(this.zoom) * 0.8)) * this.density;
    const many = dots.reduce((sum, { colour }) => sum + colour.length, 0) > fewDots;
    const began = performance.now();
    for (const layer of dots) paintDots(pixels, layer, camera, growth, this.moving && many ? this.every : 1);
    if (this.moving && performance.now() - began > paintMs) this.every++;
    this.dots.putImageData(this.image, 0, 0);
    this.marks.setTransform(this.density, 0, 0, this.density, 0, 0);
    drawMarks(this.marks, { camera: this.camera, size: this.size, theme, lit, focus, labels });
  }

  /**
   * @param {Float32Array} points
   * @param {Camera | undefined} camera where one looked from before; all is shown when absent
   */
  show(points, camera) {
    this.points = points;
    if (camera) this.camera = camera;
    else this.fitted = points;
    this.resize();
  }

  /** Shows all of these points, also when the window changes. @param {Float32Array} points @param {boolean} glides */
  fit(points, glides) {
    const camera = fitting(points, this.size);
    const to = { ...camera, scale: Math.min(camera.scale, this.whole * mostFitted) };
    if (glides) this.go(to);
    else this.look(to);
    this.fitted = points;
  }

  /** How far one has zoomed in: 1 where all is shown. */
  get zoom() {
    return this.camera.scale / this.whole;
  }

  /** @param {number} factor @param {number} [x] @param {number} [y] in the window; its middle when absent */
  zoomBy(factor, x = this.size.width / 2, y = this.size.height / 2) {
    this.go(zoomedAt(this.camera, factor, x, y, this.size, this.whole));
  }

  /** @param {number} dx @param {number} dy CSS pixels */
  panBy(dx, dy) {
    this.look(panned(this.camera, dx, dy));
  }

  /** Moves so far that a point of the plane is in sight. @param {number} x @param {number} y */
  reveal(x, y) {
    const [left, top] = toWindow(this.camera, this.size, x, y);
    const inside = left > 20 && top > 20 && left < this.size.width - 20 && top < this.size.height - 20;
    if (!inside) this.go({ ...this.camera, x, y });
  }

  /** @param {number} x @param {number} y CSS pixels @returns {[number, number]} in the plane */
  toPlane(x, y) {
    const { camera, size } = this;
    return [camera.x + (x - size.width / 2) / camera.scale, camera.y + (y - size.height / 2) / camera.scale];
  }

  /** @param {Camera} camera */
  look(camera) {
    cancelAnimationFrame(this.glide);
    this.fitted = undefined;
    this.set(camera);
  }

  /** @param {Camera} camera */
  set(camera) {
    this.camera = camera;
    this.draw();
    clearTimeout(this.resting);
    this.moving = true;
    this.resting = setTimeout(() => {
      this.moving = false;
      this.every = 1;
      this.draw();
      this.events.moved();
    }, restMs);
  }

  /** Glides there, or jumps for those who do not want things to move. @param {Camera} to */
  go(to) {
    if (
      window.matchMedia('(prefers-reduced-motion: reduce)').matches ||
      document.body.matches('.vscode-reduce-motion')
    ) {
      this.look(to);
      return;
    }
    cancelAnimationFrame(this.glide);
    this.fitted = undefined;
    const [from, began] = [this.camera, performance.now()];
    const step = () => {
      const share = Math.min(1, (performance.now() - began) / glideMs);
      this.set(between(from, to, share * (2 - share)));
      if (share < 1) this.glide = requestAnimationFrame(step);
    };
    step();
  }

  listen() {
    const { element, pressed } = this;
    new ResizeObserver(() => this.resize()).observe(element);
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        // Pinching a touch pad comes as a wheel with Ctrl, in smaller steps; lines are some 16 pixels high.
        const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
        const factor = Math.exp(-pixels * wheelPace * (event.ctrlKey ? 6 : 1));
        const { x, y } = this.within(event);
        this.look(zoomedAt(this.camera, factor, x, y, this.size, this.whole));
      },
      { passive: false },
    );
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      if (pressed.size === 0) this.dragged = 0;
      pressed.set(event.pointerId, this.within(event));
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener('pointermove', (event) => {
      const at = this.within(event);
      const before = pressed.get(event.pointerId);
      if (!before) this.events.hover(at);
      else if (pressed.size === 1) this.drag(before, at);
      else this.pinch(event.pointerId, before, at);
      if (before) pressed.set(event.pointerId, at);
    });
    const release = (/** @type {PointerEvent} */ event) => {
      if (!pressed.delete(event.pointerId)) return;
      element.classList.toggle('dragged', false);
      const { x, y } = this.within(event);
      if (event.type === 'pointerup' && pressed.size === 0 && this.dragged <= clickSlack)
        this.events.click(x, y, event);
    };
    element.addEventListener('pointerup', release);
    element.addEventListener('pointercancel', release);
    element.addEventListener('pointerleave', () => this.events.hover(undefined));
    element.addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || !this.key(event.key)) return;
      event.preventDefault();
    });
  }

  /** @param {string} key @returns {boolean} whether it means something here */
  key(key) {
    if (key === 'ArrowLeft') this.panBy(-keyPan, 0);
    else if (key === 'ArrowRight') this.panBy(keyPan, 0);
    else if (key === 'ArrowUp') this.panBy(0, -keyPan);
    else if (key === 'ArrowDown') this.panBy(0, keyPan);
    else if (key === '+' || key === '=') this.zoomBy(keyZoom);
    else if (key === '-' || key === '_') this.zoomBy(1 / keyZoom);
    else return false;
    return true;
  }

  /** @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to */
  drag(from, to) {
    const [dx, dy] = [from.x - to.x, from.y - to.y];
    this.dragged += Math.hypot(dx, dy);
    if (this.dragged <= clickSlack) return;
    this.element.classList.toggle('dragged', true);
    this.events.hover(undefined);
    this.panBy(dx, dy);
  }

  /** Two fingers: their middle moves the map, their distance zooms it. @param {number} id @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to */
  pinch(id, from, to) {
    const other = [...this.pressed].find(([finger]) => finger !== id)?.[1];
    if (!other) return;
    this.dragged = Infinity;
    const before = Math.hypot(from.x - other.x, from.y - other.y);
    const after = Math.hypot(to.x - other.x, to.y - other.y);
    const moved = panned(this.camera, (from.x - to.x) / 2, (from.y - to.y) / 2);
    const factor = before > 0 ? after / before : 1;
    this.look(zoomedAt(moved, factor, (to.x + other.x) / 2, (to.y + other.y) / 2, this.size, this.whole));
  }

  /** @param {MouseEvent} event @returns {{ x: number, y: number }} CSS pixels of the element */
  within(event) {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
}
