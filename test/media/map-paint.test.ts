import assert from 'node:assert/strict';
import fc from 'fast-check';

interface Pixels {
  readonly data: Uint32Array;
  readonly width: number;
  readonly height: number;
}

interface Dots {
  readonly at: Float32Array;
  readonly colour: Uint8Array;
  readonly colours: readonly number[];
  readonly opacity: readonly number[];
  readonly radius: Float32Array;
}

type Camera = Record<'x' | 'y' | 'scale', number>;

// Scripts of the page have no declarations; their own types are checked with the page.
const script = new URL('../../media/map/paint.js', import.meta.url).href;
const { paintDots } = (await import(script)) as {
  paintDots: (pixels: Pixels, dots: Dots, camera: Camera, growth: number) => void;
};

const black = 0xff000000;
const [red, green] = [0xff0000ff, 0xff00ff00];

const blank = (width: number, height: number): Pixels => ({
  data: new Uint32Array(width * height).fill(black),
  width,
  height,
});

describe("the map's dots", () => {
  it('are painted in their colour where they are, the later ones on top', () => {
    const pixels = blank(21, 21);
    const dots = {
      at: Float32Array.of(0, 0, 5, 0),
      colour: Uint8Array.of(0, 1),
      colours: [red, green],
      opacity: [1, 1],
      radius: Float32Array.of(4, 2),
    };
    paintDots(pixels, dots, { x: 0, y: 0, scale: 1 }, 1);
    const at = (x: number, y: number): number => pixels.data[y * 21 + x]!;
    assert.ok((at(10, 10) & 0xff) > 0xf0);
    assert.ok(((at(15, 10) >> 8) & 0xff) > 0xf0);
    assert.equal(at(0, 0), black);
    paintDots(pixels, { ...dots, opacity: [0, 0] }, { x: 8, y: 8, scale: 1 }, 1);
    assert.equal(at(2, 2), black);
  });

  it('never write outside of the picture, nor leave a pixel that is not opaque', () => {
    const coordinate = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate, fc.double({ min: 0.1, max: 20, noNaN: true }))),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (dots, width, height) => {
          const pixels = blank(width, height);
          const at = Float32Array.from(dots.flatMap(([x, y]) => [x, y]));
          const radius = Float32Array.from(dots, ([, , r]) => r);
          const colour = new Uint8Array(dots.length);
          paintDots(pixels, { at, colour, colours: [red], opacity: [0.5], radius }, { x: 0, y: 0, scale: 1 }, 1);
          assert.ok(pixels.data.every((pixel) => pixel >>> 24 === 255 && (pixel & 0xffff00) === 0));
        },
      ),
    );
  });

  it('are a hundred thousand in a frame', () => {
    const count = 100_000;
    const pixels = blank(1400, 900);
    const at = Float32Array.from({ length: count * 2 }, (_, i) => Math.sin(i * 12.9898) * 450);
    const dots = {
      at,
      colour: Uint8Array.from({ length: count }, (_, i) => i % 2),
      colours: [red, green],
      opacity: [1, 0.3],
      radius: new Float32Array(count).fill(1.6),
    };
    const times = Array.from({ length: 20 }, () => {
      const began = performance.now();
      pixels.data.fill(black);
      paintDots(pixels, dots, { x: 0, y: 0, scale: 1 }, 1);
      return performance.now() - began;
    });
    // The quickest, for the machine may have other things to do.
    const least = Math.min(...times);
    assert.ok(least < 16, `${least.toFixed(1)} ms`);
  });
});
