import {
  copyFinite,
  copyFiniteOut,
  requireF32,
  requireInteger,
  requireLength,
  requireObject,
  throwIfAborted,
} from './arguments.ts';
import { CoreError } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { checkLayers, placeLayers } from './layers.ts';
import { checkLabels, countSamples } from './samples.ts';
import type { Evaluation, EvaluateParameters, Layer, PredictParameters } from './types.ts';

/** Samples between two looks at the signal; the result does not depend on it. */
const CHUNK = 256;

export function initialise({ exports, arena }: CoreInstance, layers: Layer[], seed: number): Float32Array {
  const network = checkLayers(layers);
  requireInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  return arena.scope(() => {
    const table = placeLayers(arena, network);
    const state = arena.allocate(8);
    const parameters = arena.allocate(network.parameterCount * 4);
    arena.u64(state, 1)[0] = BigInt(seed);
    exports.initialise(table, network.layerCount, state, parameters);
    return copyFiniteOut(arena, exports, parameters, network.parameterCount);
  });
}

export function evaluate({ exports, arena }: CoreInstance, a: EvaluateParameters): Evaluation {
  requireObject('evaluate', a);
  const network = checkLayers(a.layers);
  const count = countSamples(network, a.inputs);
  const labels = checkLabels(network, a.labels, count);
  requireLength('parameters', requireF32('parameters', a.parameters).length, network.parameterCount, 'from the layers');
  return arena.scope(() => {
    const table = placeLayers(arena, network);
    const parameters = copyFinite(arena, exports, 'parameters', a.parameters);
    const chunk = Math.min(CHUNK, count);
    const inputsAt = arena.allocate(chunk * network.features);
    const labelsAt = arena.allocate(chunk);
    const correctAt = arena.allocate(4);
    const workspace = arena.allocate(exports.forwardWorkspace(table, network.layerCount, chunk));
    const inputsView = arena.u8(inputsAt, chunk * network.features);
    const labelsView = arena.u8(labelsAt, chunk);
    const correctView = arena.u32(correctAt, 1);
    let loss = 0n;
    let correct = 0;
    for (let start = 0; start < count; start += chunk) {
      throwIfAborted(a.signal);
      const end = Math.min(start + chunk, count);
      inputsView.set(a.inputs.subarray(start * network.features, end * network.features));
      labelsView.set(labels.subarray(start, end));
      loss += exports.evaluate(
        table,
        network.layerCount,
        parameters,
        inputsAt,
        labelsAt,
        end - start,
        correctAt,
        workspace,
      );
      correct += correctView[0]!;
    }
    return { loss, correct, count };
  });
}

export function predict({ exports, arena }: CoreInstance, a: PredictParameters): Float32Array {
  requireObject('predict', a);
  const network = checkLayers(a.layers);
  const count = countSamples(network, a.inputs);
  requireLength('parameters', requireF32('parameters', a.parameters).length, network.parameterCount, 'from the layers');
  return arena.scope(() => {
    const { features, classes, layerCount } = network;
    const table = placeLayers(arena, network);
    const parameters = copyFinite(arena, exports, 'parameters', a.parameters);
    const chunk = Math.min(CHUNK, count);
    const inputsAt = arena.allocate(chunk * features);
    const out = arena.allocate(chunk * classes * 4);
    const workspace = arena.allocate(exports.forwardWorkspace(table, layerCount, chunk));
    const inputsView = arena.u8(inputsAt, chunk * features);
    const probabilities = new Float32Array(count * classes);
    for (let start = 0; start < count; start += chunk) {
      const end = Math.min(start + chunk, count);
      inputsView.set(a.inputs.subarray(start * features, end * features));
      if (exports.predict(table, layerCount, parameters, inputsAt, end - start, out, workspace)) {
        throw new CoreError('CORE_OVERFLOW', 'The logits are too large for f32', {
          hint: 'The parameters are finite but of absurd size; refuse the model.',
        });
      }
      probabilities.set(arena.f32(out, (end - start) * classes), start * classes);
    }
    return probabilities;
  });
}
