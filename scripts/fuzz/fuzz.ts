// Hostile inputs for what strangers' bytes reach first: the safetensors parser, model and update decoding, and the
// core's calls. Inputs start from valid ones, since random bytes would not get past the first check.
import {
  encodeSafetensors,
  modelFromBytes,
  modelToBytes,
  parseSafetensors,
  updateFromBytes,
  updateToBytes,
  type Architecture,
  type Tensor,
  isProtocolError,
} from '@covey/protocol';
import { type Core, isCoreError } from '@covey/wasm-core';

export interface FuzzSummary {
  runs: number;
  seed: number;
  /** Inputs that were taken, or refused with which code. */
  outcomes: Record<string, number>;
}

/** Throws at the first input that ends otherwise than with a result or one of our own errors; its message repeats it. */
export function fuzz(core: Core, runs: number, seed: number): FuzzSummary {
  const random = new Random(seed);
  const targets = [parserTarget(random), decoderTarget(core, random), coreTarget(core, random)];
  const outcomes: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    // Most to the parser, which is the cheapest and stands first.
    const target = targets[run % 8 < 5 ? 0 : run % 8 < 7 ? 1 : 2]!;
    const outcome = attempt(target, run, seed);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return { runs, seed, outcomes };
}

interface Target {
  name: string;
  run(): void;
}

function attempt(target: Target, run: number, seed: number): string {
  try {
    target.run();
    return `${target.name}: taken`;
  } catch (error) {
    if (isProtocolError(error) || isCoreError(error)) return `${target.name}: ${error.code}`;
    throw new Error(`input ${run} of seed ${seed} broke ${target.name}: ${String(error)}`, { cause: error });
  }
}

const architecture: Architecture = {
  layers: [{ type: 'dense', inputs: 5, outputs: 3 }, { type: 'relu' }, { type: 'dense', inputs: 3, outputs: 2 }],
  inputScale: 'byte',
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
    },
  };
}

function decoderTarget(core: Core, random: Random): Target {
  const update = (): Float32Array => Float32Array.from({ length: parameters }, () => random.unit() - 0.5);
  const files = (['f32', 'int8', 'top-k'] as const).map(
    (encoding) => updateToBytes(core, architecture, update(), { encoding, ratio: 0.3 }).bytes,
  );
  files.push(modelToBytes(architecture, update()));
  return {
    name: 'decoder',
    run: () => {
      const which = random.below(files.length);
      const bytes = mutate(random, files[which]!);
      const read =
        which === 3 ? modelFromBytes(architecture, bytes, limit) : updateFromBytes(core, architecture, bytes, limit);
      if (read.length !== parameters || !read.every(Number.isFinite)) throw new Error('a broken update was taken');
    },
  };
}

/** Calls with arguments that are nearly right: other lengths, types, bounds and values. */
function coreTarget(core: Core, random: Random): Target {
  const strange = [NaN, -1, 0, 1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, Infinity, undefined, null, 'x', [], {}] as unknown[];
  const number = (usual: number): number =>
    random.below(3) ? usual : (strange[random.below(strange.length)] as number);
  const values = (length: number): Float32Array => {
    const array = Float32Array.from({ length: random.below(5) ? length : random.below(40) }, () => random.unit() - 0.5);
    if (array.length > 0 && !random.below(6))
      array[random.below(array.length)] = [NaN, Infinity, 3e38][random.below(3)]!;
    return array;
  };
  const bytes = (length: number): Uint8Array => random.bytes(random.below(5) ? length : random.below(60));
  const rules = ['fedavg', 'median', 'trimmed-mean', 'krum', 'multi-krum', 'bulyan', 'mda', 'centred-clip', 'other'];
  const { layers } = architecture;
  const calls: (() => unknown)[] = [
    () => {
      const rule = {
        rule: rules[random.below(rules.length)],
        trim: number(1),
        byzantine: number(1),
        select: number(2),
      };
      const rest = { clip: number(1), radius: number(1), iterations: number(2) };
      const updates = Array.from({ length: random.below(9) }, () => values(20));
      return core.aggregate({ ...rule, ...rest } as never, updates).result;
    },
    () =>
      core.evaluate({ layers, parameters: values(parameters), inputs: bytes(15), labels: bytes(3).map((b) => b & 3) }),
    () => core.predict({ layers, parameters: values(parameters), inputs: bytes(15) }),
    () => core.codec.dequantise({ data: new Int8Array(bytes(12).buffer), scales: values(3) }),
    () => core.codec.quantise(values(12), number(3)),
    () => core.codec.topK(values(12), number(3)),
    () => core.codec.scatter({ indices: Uint32Array.from(bytes(4)), values: values(4) }, number(200)),
    () => core.codec.privatise({ values: values(9), clip: number(1), noise: number(1), key: bytes(32) }),
    () => core.initialise([{ type: 'dense', inputs: number(3), outputs: number(2) }], number(1)),
    () => core.add(values(7), values(7)),
  ];
  return {
    name: 'core',
    run: () => {
      const result = calls[random.below(calls.length)]!();
      if (result instanceof Float32Array && !result.every(Number.isFinite)) throw new Error('a result is not finite');
    },
  };
}

/** Up to four changes: bits, bytes, digits of the header, pieces cut, doubled or moved, and the length field. */
function mutate(random: Random, source: Uint8Array): Uint8Array {
  let bytes = Uint8Array.from(source);
  for (let changes = random.below(5); changes > 0; changes--) {
    const at = random.below(bytes.length || 1);
    const header = Math.min(bytes.length, 8 + random.below(200));
    switch (random.below(8)) {
      case 0:
        if (bytes.length > 0) bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = random.below(256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes.slice(0, at), ...random.bytes(random.below(9)), ...bytes.slice(at)]);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(random.below(bytes.length || 1))]);
        break;
      case 5: {
        // Another digit, or a quote, bracket or comma, where the header has one.
        const place = 8 + random.below(Math.max(1, header - 8));
        if (place < bytes.length) bytes[place] = '0123456789",:[]{} '.charCodeAt(random.below(18));
        break;
      }
      case 6:
        if (bytes.length >= 8) {
          const length = [0n, 8n, 2n ** 63n, 2n ** 53n, 2n ** 32n + 8n, BigInt(bytes.length)][random.below(6)]!;
          new DataView(bytes.buffer).setBigUint64(0, length, true);
        }
        break;
      default: {
        const text = new TextDecoder('latin1').decode(bytes).replace(/\d+/, () => String(random.below(2 ** 31) * 4));
        bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      }
    }
  }
  return bytes;
}

/** Park and Miller's generator: a seed repeats a run. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  }

  unit(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
