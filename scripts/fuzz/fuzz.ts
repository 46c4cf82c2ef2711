// Hostile inputs for what strangers' bytes reach first: the safetensors parser, model, update and dataset decoding, and
// the core's calls. Inputs start from valid ones, since random bytes would not get past the first check.
import {
  adaptersToBytes,
  decodeDataset,
  encodeDataset,
  encodings,
  encodeSafetensors,
  modelFromBytes,
  modelToBytes,
  parseSafetensors,
  updateFromBytes,
  updateToBytes,
  type Adapters,
  type Architecture,
  type Tensor,
  isProtocolError,
} from '@covey/protocol';
import { type Core, isCoreError, loraMatrices } from '@covey/wasm-core';
import { coreTarget } from './core-target.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';

export interface FuzzSummary {
  runs: number;
  seed: number;
  /** Inputs that were taken, or refused with which code. */
  outcomes: Record<string, number>;
  /** How often each method took an input. */
  reached: Record<string, number>;
}

/** Throws at the first input that ends otherwise than with a result or one of our own errors; its message repeats it. */
export async function fuzz(core: Core, runs: number, seed: number): Promise<FuzzSummary> {
  const random = new Random(seed);
  const targets = [parserTarget(random), datasetTarget(random), decoderTarget(core, random), coreTarget(core, random)];
  const outcomes: Record<string, number> = {};
  const reached: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    // Most to the parser, which is the cheapest and stands first.
    const target = targets[[0, 0, 0, 1, 2, 2, 3, 3][run % 8]!]!;
    const { outcome, names } = await attempt(target, run, seed);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    for (const name of names) reached[name] = (reached[name] ?? 0) + 1;
  }
  return { runs, seed, outcomes, reached };
}

async function attempt(
  target: Target,
  run: number,
  seed: number,
): Promise<{ outcome: string; names: readonly string[] }> {
  try {
    return { names: await target.run(), outcome: `${target.name}: taken` };
  } catch (error) {
    if (isProtocolError(error) || isCoreError(error)) return { names: [], outcome: `${target.name}: ${error.code}` };
    throw new Error(`input ${run} of seed ${seed} broke ${target.name}: ${String(error)}`, { cause: error });
  }
}

const architecture: Architecture = {
  layers: [{ type: 'dense', inputs: 5, outputs: 3 }, { type: 'relu' }, { type: 'dense', inputs: 3, outputs: 2 }],
  input: 'u8',
};
const parameters = 26;
const limit = { maxBytes: 4096 };

function parserTarget(random: Random): Target {
  const dtypes = ['F32', 'U8', 'I8', 'U32', 'F16', 'I64'] as const;
  return {
    name: 'safetensors',
    run: () => {
      const tensors = new Map<string, Tensor>();
      for (let i = random.below(4); i > 0; i--) {
        const shape = Array.from({ length: random.below(4) }, () => random.below(4));
        const dtype = dtypes[random.below(dtypes.length)]!;
        const size = { F32: 4, U8: 1, I8: 1, U32: 4, F16: 2, I64: 8 }[dtype];
        const data = random.bytes(shape.reduce((product, side) => product * side, size));
        tensors.set(`t${random.below(9)}`, { dtype, shape, data });
      }
      const bytes = mutate(random, encodeSafetensors(tensors));
      const read = parseSafetensors(bytes, limit);
      // What is taken is canonical: written again it is the same file, and every view lies inside it.
      const again = encodeSafetensors(read);
      if (again.length !== bytes.length || again.some((byte, i) => byte !== bytes[i])) {
        throw new Error(
          `a file was taken that is not canonical: ${JSON.stringify(new TextDecoder('latin1').decode(bytes.subarray(0, 300)))}`,
        );
      }
      return [];
    },
  };
}

/** Files of every form; what is taken is written again as the same file, and holds finite numbers only. */
function datasetTarget(random: Random): Target {
  const bytes = (length: number) => random.bytes(length);
  const files = [
    { inputs: bytes(12), features: 3, labels: bytes(4) },
    { inputs: Float32Array.from(bytes(12)), features: 3, labels: Uint16Array.from(bytes(4)) },
    { inputs: Int32Array.from(bytes(12)), features: 3, labels: Uint32Array.from(bytes(4)) },
    { inputs: bytes(12), features: 3, targets: Float32Array.from(bytes(8)) },
    { inputs: Float32Array.from(bytes(12)), features: 3, targets: bytes(4) },
    { inputs: bytes(12), features: 3 },
    { inputs: Uint16Array.from(bytes(12)), features: 3 },
    { inputs: Uint32Array.from(bytes(12)), features: 3 },
  ].map(encodeDataset);
  return {
    name: 'dataset',
    run: () => {
      const file = mutate(random, random.one(files));
      const read = decodeDataset(file, limit);
      const again = encodeDataset(read);
      if (again.length !== file.length || again.some((byte, i) => byte !== file[i])) {
        throw new Error('a dataset was taken that is not canonical');
      }
      for (const values of [read.inputs, read.targets ?? []]) {
        if (!values.every(Number.isFinite)) throw new Error('a dataset was taken that is not finite');
      }
      return [];
    },
  };
}

/** One matrix has a pair, the others two each. */
function someAdapters(random: Random): Adapters {
  const values = (length: number) => Float32Array.from({ length }, () => random.unit() - 0.5);
  return new Map(
    loraMatrices(architecture.layers).map(({ stem, place: { shape } }, i) => {
      const [outputs = 0, inputs = 0] = shape;
      const cut = i === 0 || outputs < 2 ? [outputs] : [1, outputs - 1];
      return [stem, cut.map((rows) => ({ rank: 2, rows, a: values(2 * inputs), b: values(2 * rows) }))];
    }),
  );
}

function decoderTarget(core: Core, random: Random): Target {
  const update = (): Float32Array => Float32Array.from({ length: parameters }, () => random.unit() - 0.5);
  const files = (['f32', 'int8', 'top-k'] as const).map(
    (encoding) => updateToBytes(core, architecture, update(), { encoding, ratio: 0.3 }).bytes,
  );
  files.push(adaptersToBytes(architecture, someAdapters(random)));
  files.push(modelToBytes(architecture, update()));
  return {
    name: 'decoder',
    run: () => {
      const which = random.below(files.length);
      const bytes = mutate(random, files[which]!);
      const read =
        which === 4
          ? modelFromBytes(architecture, bytes, limit)
          : updateFromBytes(core, architecture, bytes, { ...limit, encodings });
      if (read.length !== parameters || !read.every(Number.isFinite)) throw new Error('a broken update was taken');
      return [];
    },
  };
}
