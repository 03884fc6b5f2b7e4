/** The part of the WebAssembly API that the scan uses; TypeScript declares it only together with the whole DOM. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    /** Shared between threads if the memory is. */
    readonly buffer: ArrayBufferLike;
    grow(pages: number): number;
  }
  const Module: new (bytes: Uint8Array) => object;
  class Instance {
    constructor(module: object, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
