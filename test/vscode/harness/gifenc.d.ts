/** What of gifenc is used here; it has no types of its own. */
declare module 'gifenc' {
  /** Red, green and blue, 0 to 255 each. */
  type Colour = readonly [number, number, number];

  interface FrameOptions {
    /** Of all frames when given with the first. At most 256 colours. */
    readonly palette?: readonly Colour[];
    /** Of this frame, in ms; kept in hundredths of a second. */
    readonly delay: number;
    readonly transparent: boolean;
    readonly transparentIndex: number;
    /** What becomes of the frame when its time is over: 1 leaves it, and the next one is painted over it. */
    readonly dispose: number;
  }

  interface Encoder {
    /** @param indices into the palette, row-major */
    writeFrame(indices: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  const gifenc: {
    GIFEncoder(): Encoder;
    nearestColorIndex(palette: readonly Colour[], colour: Colour): number;
  };
  export default gifenc;
}
