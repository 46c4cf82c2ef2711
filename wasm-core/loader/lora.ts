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
import { DENSE } from './layers/matrix.ts';
import type { Network, TensorPlace } from './network-parts.ts';
import { requireParameters } from './network.ts';
import type { Layer, LoraParameters, TensorLayout } from './types.ts';

const MAX_RANK = 1024;

/** The matrices that adapters change: those of dense layers and of attention's projections. */
function matrices({ operations, tensors, table }: Network): TensorPlace[] {
  const starts = new Set(operations.filter(({ code }) => code === DENSE).map(({ parameters }) => parameters));
  // The embedding's matrix, though outputs may use it again.
  if (table) starts.delete(table.offset);
  return tensors.filter(({ offset, shape }) => starts.has(offset) && shape.length === 2);
}

/** Names and shapes of the adapters, and where they stand in the flat array. */
export function loraTensors(layers: Layer[], rank: number): TensorLayout[] {
  requireInteger('rank', rank, 1, MAX_RANK);
  let offset = 0;
  return matrices(checkLayers(layers)).flatMap(({ name, shape: [outputs = 0, inputs = 0] }) => {
    const stem = name.replace(/[._]weight$/, '');
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
    for (const [i, { offset, shape }] of matrices(network).entries()) {
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
