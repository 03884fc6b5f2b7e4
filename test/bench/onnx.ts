/** onnxruntime-node itself, as @xenova/transformers loads it: to see what the embedder asks of it, and to ask the same. */
import { createRequire } from 'node:module';

interface OnnxTensor {
  readonly type: string;
  readonly data: BigInt64Array | Float32Array;
  readonly dims: readonly number[];
}

/** The inputs of one run of a model, or its outputs. */
export type Tensors = Readonly<Record<string, OnnxTensor>>;

interface OnnxSession {
  run: (this: OnnxSession, feeds: Tensors, ...rest: readonly unknown[]) => Promise<Tensors>;
  release(): Promise<void>;
}

interface Onnx {
  readonly InferenceSession: {
    readonly prototype: OnnxSession;
    create(path: string, options: object): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: string, data: OnnxTensor['data'], dims: readonly number[]) => OnnxTensor;
}

/** @throws Error when this platform has no build of it */
function load(): Onnx {
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('@xenova/transformers'))('onnxruntime-node') as Onnx;
}

/** Copies of the inputs that models are run with during `work`, in their order. */
export async function recordBatches(work: () => Promise<unknown>): Promise<Tensors[]> {
  const { InferenceSession, Tensor } = load();
  const { prototype } = InferenceSession;
  const batches: Tensors[] = [];
  const run = prototype.run;
  prototype.run = function (feeds, ...rest) {
    const copies = Object.entries(feeds).map(([name, { type, data, dims }]) => {
      return [name, new Tensor(type, data.slice(), [...dims])] as const;
    });
    batches.push(Object.fromEntries(copies));
    return run.call(this, feeds, ...rest);
  };
  try {
    await work();
  } finally {
    prototype.run = run;
  }
  return batches;
}

/** Tokens of a batch, padding left out. */
export function tokensOf({ attention_mask: mask }: Tensors): number {
  return mask ? (mask.data as BigInt64Array).reduce((sum, bit) => sum + Number(bit), 0) : 0;
}

/** A model run by onnxruntime-node with nothing around it. */
export class BareSession {
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession) {
    this.#session = session;
  }

  static async open(path: string, threads: number): Promise<BareSession> {
    const options = { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 };
    return new BareSession(await load().InferenceSession.create(path, options));
  }

  async run(batches: readonly Tensors[]): Promise<void> {
    for (const batch of batches) await this.#session.run(batch);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
