import { requireF32Arithmetic } from './arithmetic.ts';
import { copyFinite, copyFiniteOut, requireObject, throwIfAborted } from './arguments.ts';
import { checkLayers } from './check-layers.ts';
import { coreError } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { lossOf } from './losses.ts';
import { placeOrder, requireParameters } from './network.ts';
import { planTraining, slotCount } from './plan.ts';
import { checkSamples, checkTargets, copyAllSamples } from './samples.ts';
import type { Call } from './threads.ts';
import type { EvaluateParameters } from './types.ts';

/** Samples whose gradient is one f32 sum; part of the result, so never a matter of the host or of threads. */
export const GRADIENT_SAMPLES = 32;

/**
 * Gradient of the mean loss of all predictions at the parameters. Each chunk of 32 samples gives the gradient of its own
 * mean in f32; chunks are weighed by their samples and added in f64, in their order, whatever thread made them. Throws
 * CORE_DIVERGED where outputs are not finite, as there is no gradient then.
 */
export function gradient(core: CoreInstance, a: EvaluateParameters): Float32Array {
  const { exports, arena, threads } = core;
  requireObject('gradient', a);
  requireF32Arithmetic(a);
  const network = checkLayers(a.layers);
  const loss = lossOf(network, a.loss);
  const samples = checkSamples(network, a.inputs);
  const targets = checkTargets(network, a.labels, loss.targets, samples.count);
  requireParameters(network, a.parameters);
  const total = network.parameterCount;
  const { count } = samples;
  const chunks = Math.ceil(count / GRADIENT_SAMPLES);
  return arena.scope(() => {
    const given = { loss: loss.code, inputs: samples.type, targets: (targets ?? samples).type };
    const { program, workspace } = planTraining(network, Math.min(GRADIENT_SAMPLES, count), given);
    const programAt = arena.copyIn(program);
    const parameters = copyFinite(arena, exports, 'parameters', a.parameters);
    const inputs = copyAllSamples(core, samples, count);
    const targetsAt = targets ? copyAllSamples(core, targets, count) : inputs;
    const index = placeOrder(arena, count);
    const sum = arena.allocate(total * 8);
    const slots = Array.from({ length: slotCount(threads.count, chunks, total * 4 + workspace) }, () => ({
      gradient: arena.allocate(total * 4),
      workspace: arena.allocate(workspace),
    }));
    arena.f64(sum, total).fill(0);
    for (let first = 0; first < chunks; first += slots.length) {
      throwIfAborted(a.signal);
      const wave = slots.slice(0, chunks - first).map((slot, i) => {
        const start = (first + i) * GRADIENT_SAMPLES;
        return { ...slot, start, size: Math.min(GRADIENT_SAMPLES, count - start) };
      });
      const calls = wave.map(({ gradient, workspace, start, size }): Call => {
        return ['gradients', programAt, parameters, gradient, inputs, targetsAt, index + start * 4, size, workspace];
      });
      if (threads.run(calls).some((overflowed) => overflowed !== 0)) {
        throw coreError('CORE_DIVERGED', 'The model has no gradient: its outputs leave the finite numbers');
      }
      for (const { gradient, size } of wave) exports.accumulateSimd(sum, gradient, total, size / count);
      a.onProgress?.(Math.min(count, (first + slots.length) * GRADIENT_SAMPLES), count);
    }
    const out = slots[0]!.gradient;
    exports.narrow(sum, out, total);
    return copyFiniteOut(arena, exports, out, total);
  });
}
