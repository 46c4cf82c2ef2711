import type { CoveyError } from '@covey/errors';
import { requireF32Arithmetic } from './arithmetic.ts';
import { copyFinite, requireInteger, requireNumber, requireObject, throwIfAborted } from './arguments.ts';
import { describe, coreError } from './errors.ts';
import type { CoreExports, Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { checkLayers } from './check-layers.ts';
import { lossOf } from './losses.ts';
import { placeOrder, requireParameters } from './network.ts';
import { ANYTHING, planTraining } from './plan.ts';
import { checkSamples, checkTargets, copyAllSamples } from './samples.ts';
import type { Layer, TrainParameters } from './types.ts';

const MAX_EPOCHS = 10_000;
/** Samples of a minibatch. */
export const MAX_BATCH = 4_096;
/** Adam's customary values (Kingma and Ba). */
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Throws CORE_BAD_LAYERS where the core cannot train these layers with minibatches of so many samples, or take their
 * gradient of so many at once.
 */
export function requireTrainable(layers: Layer[], batchSize: number): void {
  planTraining(checkLayers(layers), requireInteger('batchSize', batchSize, 1, MAX_BATCH), ANYTHING);
}

/**
 * Minibatches, SGD with momentum or Adam. Samples are shuffled anew each epoch by a generator seeded once; the last
 * minibatch of an epoch may be smaller. Moments start at zero.
 */
export function train(core: CoreInstance, a: TrainParameters): Float32Array {
  const { exports, arena } = core;
  requireObject('train', a);
  requireF32Arithmetic(a);
  const network = checkLayers(a.layers);
  const loss = lossOf(network, a.loss);
  const samples = checkSamples(network, a.inputs);
  const { count } = samples;
  const targets = checkTargets(network, a.labels, loss.targets, count);
  const total = network.parameterCount;
  requireParameters(network, a.parameters);
  const epochs = requireInteger('epochs', a.epochs, 1, MAX_EPOCHS);
  const batchSize = Math.min(requireInteger('batchSize', a.batchSize, 1, MAX_BATCH), count);
  const steps = Math.ceil(count / batchSize) * epochs;
  const rateAt = readSchedule(a, steps);
  const optimizer = readOptimizer(a);
  const seed = requireInteger('seed', a.seed, 0, Number.MAX_SAFE_INTEGER);
  if (a.onProgress !== undefined && typeof a.onProgress !== 'function') {
    throw coreError('CORE_BAD_ARGUMENT', '`onProgress` has the wrong type', {
      expected: 'a function',
      got: describe(a.onProgress),
    });
  }

  return arena.scope(() => {
    const given = { loss: loss.code, inputs: samples.type, targets: (targets ?? samples).type };
    const { program, workspace: bytes } = planTraining(network, batchSize, given);
    const programAt = arena.copyIn(program);
    const parameters = copyFinite(arena, exports, 'parameters', a.parameters);
    const inputs = copyAllSamples(core, samples, count);
    const targetsAt = targets ? copyAllSamples(core, targets, count) : inputs;
    const gradient = arena.allocate(total * 4);
    const moments = Array.from({ length: optimizer.moments }, () => arena.allocate(total * 4));
    const index = placeOrder(arena, count);
    const state = arena.allocate(8);
    const workspace = arena.allocate(bytes);
    for (const moment of moments) arena.f32(moment, total).fill(0);
    arena.u64(state, 1)[0] = BigInt(seed);

    let done = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      exports.shuffle(state, index, count);
      for (let start = 0; start < count; start += batchSize) {
        throwIfAborted(a.signal);
        const batch = Math.min(batchSize, count - start);
        const at = index + start * 4;
        if (exports.gradients(programAt, parameters, gradient, inputs, targetsAt, at, batch, workspace)) {
          throw divergence();
        }
        optimizer.step(exports, parameters, gradient, moments, total, rateAt(done));
        a.onProgress?.(++done, steps);
      }
    }
    if (exports.notFiniteSimd(parameters, total)) throw divergence();
    return arena.copyOut(parameters, total);
  });
}

/** Learning rate of each step: only +, −, × and ÷ of doubles, which are the same everywhere. */
function readSchedule(a: TrainParameters, steps: number): (step: number) => number {
  const rate = requireNumber('learningRate', a.learningRate, 0, 1e6);
  if (a.schedule === undefined) return () => rate;
  requireObject('schedule', a.schedule);
  const warmup = requireInteger('schedule.warmup', a.schedule.warmup, 0, 2 ** 31);
  const final = requireNumber('schedule.final', a.schedule.final, 0, 1 + Number.EPSILON);
  const rest = Math.max(1, steps - warmup);
  return (step) => {
    if (step < warmup) return (rate * (step + 1)) / warmup;
    return rate * (1 - ((1 - final) * (step - warmup)) / rest);
  };
}

interface Optimizer {
  moments: number;
  step(exports: CoreExports, w: Pointer, g: Pointer, moments: Pointer[], n: number, rate: number): void;
}

function readOptimizer(a: TrainParameters): Optimizer {
  const momentum = requireNumber('momentum', a.momentum, 0, 1);
  if (a.optimizer === undefined || a.optimizer === 'sgd') {
    return { moments: 1, step: (exports, w, g, [v], n, rate) => exports.sgdSimd(w, v!, g, n, rate, momentum) };
  }
  if (a.optimizer !== 'adam') {
    throw coreError('CORE_BAD_ARGUMENT', '`optimizer` is unknown', {
      expected: "'sgd' or 'adam'",
      got: describe(a.optimizer),
    });
  }
  let [power1, power2] = [1, 1];
  return {
    moments: 2,
    step: (exports, w, g, [m, v], n, rate) => {
      power1 *= momentum;
      power2 *= BETA2;
      exports.adamSimd(w, m!, v!, g, n, rate, momentum, BETA2, EPSILON, 1 / (1 - power1), 1 / (1 - power2));
    },
  };
}

function divergence(): CoveyError {
  return coreError('CORE_DIVERGED', 'Training left the finite numbers', { hint: 'Lower the learning rate.' });
}
