import {
  copyFinite,
  copyFiniteOut,
  requireF32,
  requireInteger,
  requireLength,
  requireNumber,
  requireObject,
} from './arguments.ts';
import type { CoreInstance } from './instantiate.ts';
import { checkLayers } from './check-layers.ts';
import { adaptedMatrices, MAX_RANK } from './lora-places.ts';
import { requireParameters } from './network.ts';
import type { Layer, LoraParameters, TensorLayout } from './types.ts';

/** Values of one product: keeps byte counts inside 32 bits. */
const MAX_PRODUCT = 2 ** 28;

/** A matrix that adapters change. */
export interface LoraMatrix {
  /** What the names of its adapters begin with: `layers.3` of `layers.3.weight`. */
  stem: string;
  /** Its own name and place; its shape is [outputs, inputs]. */
  place: TensorLayout;
}

/** In the order of the parameters. */
export function loraMatrices(layers: Layer[]): LoraMatrix[] {
  return adaptedMatrices(checkLayers(layers)).map(({ name, shape, offset }) => ({
    stem: name.replace(/[._]weight$/, ''),
    place: { name, shape, offset, length: shape.reduce((product, size) => product * size, 1) },
  }));
}

/** Names and shapes of the adapters, and where they stand in the flat array. */
export function loraTensors(layers: Layer[], rank: number): TensorLayout[] {
  requireInteger('rank', rank, 1, MAX_RANK);
  let offset = 0;
  return loraMatrices(layers).flatMap(({ stem, place: { shape } }) => {
    const [outputs = 0, inputs = 0] = shape;
    return [
      { name: `${stem}.lora_A.weight`, shape: [rank, inputs] },
      { name: `${stem}.lora_B.weight`, shape: [outputs, rank] },
    ].map((tensor) => {
      const length = tensor.shape[0]! * tensor.shape[1]!;
      offset += length;
      return { ...tensor, offset: offset - length, length };
    });
  });
}

export function applyLora({ exports, arena }: CoreInstance, a: LoraParameters): Float32Array {
  requireObject('applyLora', a);
  const network = checkLayers(a.layers);
  requireParameters(network, a.parameters);
  const places = loraTensors(a.layers, a.rank);
  const total = places.reduce((sum, { length }) => sum + length, 0);
  requireLength('adapters', requireF32('adapters', a.adapters).length, total, 'from the layers and the rank');
  const scale = requireNumber('alpha', a.alpha, 0, 1e6) / a.rank;
  return arena.scope(() => {
    const parameters = copyFinite(arena, exports, 'parameters', a.parameters);
    const adapters = copyFinite(arena, exports, 'adapters', a.adapters);
    for (const [i, { offset, shape }] of adaptedMatrices(network).entries()) {
      const [outputs = 0, inputs = 0] = shape;
      arena.scope(() => {
        const scratch = arena.allocate(4 * (a.rank * (inputs + 7) + outputs * inputs));
        const [first, second] = [places[2 * i]!, places[2 * i + 1]!].map((place) => adapters + place.offset * 4);
        exports.applyLora(parameters + offset * 4, first!, second!, outputs, inputs, a.rank, scale, scratch);
      });
    }
    return copyFiniteOut(arena, exports, parameters, network.parameterCount);
  });
}

/** B A of one adapter, f32[outputs][inputs]: each value a plain sum over the rank, so that any part of it has the same bits. */
export function lowRank(
  { exports, arena }: CoreInstance,
  { a, b, rank }: { a: Float32Array; b: Float32Array; rank: number },
): Float32Array {
  requireInteger('rank', rank, 1, MAX_RANK);
  const inputs = requireInteger('a.length / rank', requireF32('a', a).length / rank, 1, MAX_PRODUCT);
  const outputs = requireInteger('b.length / rank', requireF32('b', b).length / rank, 1, MAX_PRODUCT);
  const count = requireInteger('outputs × inputs', outputs * inputs, 1, MAX_PRODUCT);
  return arena.scope(() => {
    const first = copyFinite(arena, exports, 'a', a);
    const second = copyFinite(arena, exports, 'b', b);
    const out = arena.allocate(4 * count);
    arena.f32(out, count).fill(0);
    exports.applyLora(out, first, second, outputs, inputs, rank, 1, arena.allocate(4 * (rank * (inputs + 7) + count)));
    return copyFiniteOut(arena, exports, out, count);
  });
}
