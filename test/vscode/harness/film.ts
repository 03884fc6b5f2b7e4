/** A film of the window: pictures with the time that each is shown, as an animated GIF that repeats. */
import gifenc from 'gifenc';
import type { Page } from 'playwright-core';

interface Frame {
  readonly png: Buffer;
  readonly ms: number;
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** One number a pixel, row-major: alpha, blue, green, red from the highest byte on. */
  readonly colours: Uint32Array;
}

/** A GIF has 256; one of them stands for what stays as it is. */
const mostColours = 255;
const leave = 1;

/** In a page: what a PNG shows, as its width and its RGBA bytes, both ways in base64. */
const decode = `async (png) => {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.fromBase64(png)], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  canvas.drawImage(bitmap, 0, 0);
  const { width, height, data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  return { width, height, rgba: new Uint8Array(data.buffer).toBase64() };
}`;

export class Film {
  readonly #frames: Frame[] = [];

  /** Takes a picture of the window as it is now, to be shown for `ms`. */
  async take(page: Page, ms: number): Promise<void> {
    this.#frames.push({ png: await page.screenshot({ animations: 'disabled', caret: 'hide' }), ms });
  }

  /** How long it takes until it begins again. */
  get ms(): number {
    return this.#frames.reduce((sum, { ms }) => sum + ms, 0);
  }

  /** @param page whose browser reads the pictures, in a page of its own */
  async asGif(page: Page): Promise<Uint8Array> {
    const reader = await page.context().newPage();
    const pixels: Pixels[] = [];
    for (const { png } of this.#frames) pixels.push(await read(reader, png));
    await reader.close();
    const { palette, indexOf } = colourTable(pixels);
    const encoder = gifenc.GIFEncoder();
    for (const [i, { width, height, colours }] of pixels.entries()) {
      const before = pixels[i - 1]?.colours;
      const indices = new Uint8Array(colours.length);
      for (let at = 0; at < colours.length; at++) {
        const colour = colours[at]!;
        indices[at] = colour === before?.[at] ? palette.length : indexOf.get(colour)!;
      }
      encoder.writeFrame(indices, width, height, {
        ...(i === 0 && { palette: [...palette, [0, 0, 0]] }),
        delay: this.#frames[i]!.ms,
        transparent: true,
        transparentIndex: palette.length,
        dispose: leave,
      });
    }
    encoder.finish();
    return encoder.bytes();
  }
}

async function read(reader: Page, png: Buffer): Promise<Pixels> {
  const { width, height, rgba } = await reader.evaluate<{ width: number; height: number; rgba: string }>(
    `(${decode})(${JSON.stringify(png.toString('base64'))})`,
  );
  const bytes = Uint8Array.from(Buffer.from(rgba, 'base64'));
  return { width, height, colours: new Uint32Array(bytes.buffer) };
}

/**
 * One palette for all frames, so that what does not change keeps its very colour: those that are used most, which are all
 * but the fringes of letters.
 */
function colourTable(frames: readonly Pixels[]) {
  const uses = new Map<number, number>();
  for (const { colours } of frames) for (const colour of colours) uses.set(colour, (uses.get(colour) ?? 0) + 1);
  const byUse = [...uses].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = byUse.slice(0, mostColours).map(rgbOf);
  return {
    palette,
    indexOf: new Map(byUse.map((colour) => [colour, gifenc.nearestColorIndex(palette, rgbOf(colour))])),
  };
}

const rgbOf = (colour: number) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255] as const;
