import {
  copyFinite,
  requireF32,
  requireInteger,
  requireLength,
  requireNumber,
  requireObject,
  throwIfAborted,
} from './arguments.ts';
import { CoreError, describe } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { checkLayers, placeLayers } from './layers.ts';
import { checkLabels, countSamples } from './samples.ts';
import type { TrainParameters } from './types.ts';

const MAX_EPOCHS = 10_000;
const MAX_BATCH = 4_096;

/**
 * Minibatch SGD with momentum. Samples are shuffled anew each epoch by a generator seeded once; the last minibatch of
 * an epoch may be smaller. Velocity starts at zero.
 */
export function train({ exports, arena }: CoreInstance, a: TrainParameters): Float32Array {
  requireObject('train', a);
  const network = checkLayers(a.layers);
  const count = countSamples(network, a.inputs);
  const labels = checkLabels(network, a.labels, count);
  const total = network.parameterCount;
  requireLength('parameters', requireF32('parameters', a.parameters).length, total, 'from the layers');
  const epochs = requireInteger('epochs', a.epochs, 1, MAX_EPOCHS);
  const batchSize = Math.min(requireInteger('batchSize', a.batchSize, 1, MAX_BATCH), count);
  const rate = requireNumber('learningRate', a.learningRate, 0, 1e6);
  const momentum = requireNumber('momentum', a.momentum, 0, 1);
  const seed = requireInteger('seed', a.seed, 0, Number.MAX_SAFE_INTEGER);
  if (a.onProgress !== undefined && typeof a.onProgress !== 'function') {
    throw new CoreError('CORE_BAD_ARGUMENT', '`onProgress` has the wrong type', {
      expected: 'a function',
      got: describe(a.onProgress),
    });
  }

  return arena.scope(() => {
    const table = placeLayers(arena, network);
    const parameters = copyFinite(arena, exports, 'parameters', a.parameters);
    const inputsAt = arena.copyIn(a.inputs);
    const labelsAt = arena.copyIn(labels);
    const velocity = arena.allocate(total * 4);
    const gradient = arena.allocate(total * 4);
    const index = arena.allocate(count * 4);
    const state = arena.allocate(8);
    const workspace = arena.allocate(exports.trainWorkspace(table, network.layerCount, batchSize));
    arena.f32(velocity, total).fill(0);
    arena.u32(index, count).forEach((_, i, order) => (order[i] = i));
    arena.u64(state, 1)[0] = BigInt(seed);

    const steps = Math.ceil(count / batchSize) * epochs;
    let done = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      exports.shuffle(state, index, count);
      for (let start = 0; start < count; start += batchSize) {
        throwIfAborted(a.signal);
        const batch = Math.min(batchSize, count - start);
        const diverged = exports.trainStep(
          table,
          network.layerCount,
          parameters,
          velocity,
          gradient,
          total,
          inputsAt,
          labelsAt,
          index + start * 4,
          batch,
          rate,
          momentum,
          workspace,
        );
        if (diverged) throw divergence();
        a.onProgress?.(++done, steps);
      }
    }
    if (exports.notFiniteSimd(parameters, total)) throw divergence();
    return arena.copyOut(parameters, total);
  });
}

function divergence(): CoreError {
  return new CoreError('CORE_DIVERGED', 'Training left the finite numbers', { hint: 'Lower the learning rate.' });
}
