// A network of the core in ONNX Runtime, on one thread.
import * as ortWeb from 'onnxruntime-web/wasm';
import { networkLayout } from '../../loader/network.ts';
import type { Inputs, Layer } from '../../loader/types.ts';
import { exportOnnx } from './export.ts';

ortWeb.env.wasm.numThreads = 1;
ortWeb.env.logLevel = 'error';

/** What a build of ONNX Runtime for JavaScript exports. */
export type Ort = Pick<typeof ortWeb, 'InferenceSession' | 'Tensor'>;
type Feed = Parameters<ortWeb.InferenceSession['run']>[0];

export interface OnnxSession {
  /** Bytes are scaled as the core scales them. Of tokens those that the model sees alone. */
  feed(inputs: Inputs): Feed;
  /** All outputs, as `outputs` of the core gives them. */
  run(feed: Feed): Promise<Float32Array>;
  close(): Promise<void>;
}

/** WebAssembly, or whatever else runs where `provider` says. */
export async function openOnnx(
  ort: Ort,
  { layers, parameters, samples }: { layers: Layer[]; parameters: Float32Array; samples: number },
  provider: 'wasm' | 'cpu' = 'wasm',
): Promise<OnnxSession> {
  const { model, input, output } = exportOnnx(layers, parameters, samples);
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const { kind, size } = networkLayout(layers).input;
  return {
    feed(inputs) {
      const shape = [samples, size];
      const values = Array.from(inputs);
      if (kind === 'tokens') return { [input]: new ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape) };
      const scaled = inputs instanceof Uint8Array ? values.map((value) => value * Math.fround(1 / 255)) : values;
      return { [input]: new ort.Tensor('float32', Float32Array.from(scaled), shape) };
    },
    run: async (feed) => (await session.run(feed))[output]!.data as Float32Array,
    close: () => session.release(),
  };
}

export { ortWeb };
