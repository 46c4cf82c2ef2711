import {
  copyFinite,
  copyFiniteOut,
  requireBytes,
  requireF32,
  requireInteger,
  requireLength,
  requireObject,
  throwIfAborted,
} from './arguments.ts';
import type { Arena } from './arena.ts';
import { coreError } from './errors.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import type { Arithmetic } from './arithmetic.ts';
import { checkLayers } from './check-layers.ts';
import { integersOf, placeParameters } from './integer-network.ts';
import { lossOf } from './losses.ts';
import { limits, type Network } from './network-parts.ts';
import { planScoring, slotCount, type Plan } from './plan.ts';
import { checkSamples, checkTargets, copySamples } from './samples.ts';
import type { Call, Threads } from './threads.ts';
import type {
  Auroc,
  Evaluation,
  EvaluateParameters,
  Layer,
  Measurement,
  MeasureParameters,
  NetworkLayout,
  PredictParameters,
} from './types.ts';

/** What layers take and give, and where their tensors stand. Throws CORE_BAD_LAYERS. */
export function networkLayout(layers: Layer[], arithmetic?: Arithmetic): NetworkLayout {
  const network = checkLayers(layers);
  const { input, rows, classes, tensors, parameterCount } = network;
  const integer = integersOf(network, arithmetic);
  const { work } = integer?.network ?? network;
  return {
    input,
    rows,
    classes,
    parameterCount,
    bytes: integer?.bytes ?? 4 * parameterCount,
    work,
    tensors: tensors.map(({ name, shape, offset, length }) => ({ name, shape, offset, length })),
  };
}

export function initialise({ exports, arena }: CoreInstance, layers: Layer[], seed: number): Float32Array {
  const network = checkLayers(layers);
  requireInteger('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  return arena.scope(() => {
    const state = arena.allocate(8);
    const parameters = arena.allocate(network.parameterCount * 4);
    arena.u64(state, 1)[0] = BigInt(seed);
    for (const { initial, offset, length } of network.tensors) {
      const at = parameters + offset * 4;
      if ('value' in initial) arena.f32(at, length).fill(initial.value);
      else exports.uniform(state, initial.boundSquared, length, at);
    }
    return copyFiniteOut(arena, exports, parameters, network.parameterCount);
  });
}

export function evaluate(core: CoreInstance, a: EvaluateParameters): Evaluation {
  requireObject('evaluate', a);
  const { loss, correct, count } = score(core, a, 1);
  return { loss, correct, count };
}

export function measure(core: CoreInstance, a: MeasureParameters): Measurement {
  requireObject('measure', a);
  return score(core, a, requireInteger('top', a.top, 1, limits.classes));
}

/** u64 low | u64 high | u32 right | u32 near (`totalLoss`). */
const SCORE_BYTES = 24;

function score(core: CoreInstance, a: EvaluateParameters, top: number): Measurement {
  const { arena, threads } = core;
  const network = checkLayers(a.layers);
  const integer = integersOf(network, a.arithmetic, a.lora);
  const loss = lossOf(network, a.loss);
  const samples = checkSamples(network, a.inputs);
  const targets = checkTargets(network, a.labels, loss.targets, samples.count);
  requireParameters(network, a.parameters);
  return arena.scope(() => {
    const given = { loss: loss.code, inputs: samples.type, targets: (targets ?? samples).type };
    const plan = planScoring(integer?.network ?? network, Math.ceil(samples.count / threads.count), given);
    const program = arena.copyIn(plan.program);
    const parameters = placeParameters(core, integer, a.parameters);
    const index = placeOrder(arena, plan.samples);
    const bytes = plan.workspace + plan.samples * (samples.each + (targets?.each ?? 0));
    const slots = slotsOf(threads, plan, samples.count, bytes).map(() => {
      const inputs = arena.allocate(plan.samples * samples.each);
      return {
        inputs,
        targets: targets ? arena.allocate(plan.samples * targets.each) : inputs,
        score: arena.allocate(SCORE_BYTES),
        workspace: arena.allocate(plan.workspace),
      };
    });
    // Rows of a call: at most 256 samples of 2^16 each. Rows of all: 2^24 samples of 2^16 each, so that counts stay below
    // 2^53; the loss is a BigInt.
    let [total, correct, withinTop] = [0n, 0, 0];
    for (const wave of waves(slots, plan, samples.count)) {
      throwIfAborted(a.signal);
      const calls = wave.map(({ slot, start, end }): Call => {
        copySamples(core, samples, slot.inputs, start, end);
        if (targets) copySamples(core, targets, slot.targets, start, end);
        return [
          'evaluate',
          program,
          parameters,
          slot.inputs,
          slot.targets,
          index,
          end - start,
          top,
          slot.score,
          slot.workspace,
        ];
      });
      threads.run(calls);
      for (const { slot } of wave) {
        const [low, high] = arena.u64(slot.score, 2);
        const [right, near] = arena.u32(slot.score + 16, 2);
        total += (high! << 32n) + low!;
        correct += right!;
        withinTop += near!;
      }
      a.onProgress?.(wave.at(-1)!.end, samples.count);
    }
    return { loss: total, correct, withinTop, count: samples.count * network.rows };
  });
}

export function predict(core: CoreInstance, a: PredictParameters): Float32Array {
  requireObject('predict', a);
  return run(core, a, false);
}

export function outputs(core: CoreInstance, a: PredictParameters): Float32Array {
  requireObject('outputs', a);
  return run(core, a, true);
}

function run(core: CoreInstance, a: PredictParameters, raw: boolean): Float32Array {
  const { exports, arena, threads } = core;
  const network = checkLayers(a.layers);
  const integer = integersOf(network, a.arithmetic, a.lora);
  const samples = checkSamples(network, a.inputs);
  requireParameters(network, a.parameters);
  return arena.scope(() => {
    // Nothing is scored: what the program says of loss and targets is not read.
    const given = { loss: 0, inputs: samples.type, targets: samples.type };
    const plan = planScoring(integer?.network ?? network, Math.ceil(samples.count / threads.count), given);
    const program = arena.copyIn(plan.program);
    const parameters = placeParameters(core, integer, a.parameters);
    const size = network.rows * network.classes;
    const index = placeOrder(arena, plan.samples);
    const bytes = plan.workspace + plan.samples * (samples.each + size * 4);
    const slots = slotsOf(threads, plan, samples.count, bytes).map(() => ({
      inputs: arena.allocate(plan.samples * samples.each),
      out: arena.allocate(plan.samples * size * 4),
      workspace: arena.allocate(plan.workspace),
    }));
    const all = allOutputs(samples.count * size);
    for (const wave of waves(slots, plan, samples.count)) {
      const calls = wave.map(({ slot: { inputs, out, workspace }, start, end }): Call => {
        copySamples(core, samples, inputs, start, end);
        return ['predict', program, parameters, inputs, index, end - start, Number(raw), out, workspace];
      });
      const overflows = threads.run(calls);
      wave.forEach(({ slot: { out }, start, end }, i) => {
        if (overflows[i] || exports.notFiniteSimd(out, (end - start) * size)) {
          throw coreError('CORE_OVERFLOW', 'The outputs are too large for f32', {
            hint: 'The parameters are finite but of absurd size; refuse the model.',
          });
        }
        all.set(arena.f32(out, (end - start) * size), start * size);
      });
    }
    return all;
  });
}

/** Area under the ROC curve of scores of binary labels, as exact integers. */
export function auroc({ exports, arena }: CoreInstance, scores: Float32Array, labels: Uint8Array): Auroc {
  const count = requireF32('scores', scores).length;
  requireInteger('scores.length', count, 1, 2 ** 24 - 1);
  const copy = Uint8Array.from(requireBytes('labels', labels));
  requireLength('labels', copy.length, count, 'one a score');
  const bad = copy.findIndex((label) => label > 1);
  if (bad >= 0) {
    throw coreError('CORE_BAD_LABEL', 'A label is not binary', { expected: '0 or 1', got: `${copy[bad]}` });
  }
  return arena.scope(() => {
    const at = copyFinite(arena, exports, 'scores', scores);
    const halfPairs = exports.aurocHalfPairs(at, arena.copyIn(copy), count, arena.allocate(count * 8));
    const positives = copy.reduce((sum, label) => sum + label, 0);
    return { halfPairs: BigInt.asUintN(64, halfPairs), pairs: BigInt(positives) * BigInt(count - positives) };
  });
}

/** 2^24 samples of 2^26 outputs each are more than any host gives. */
function allOutputs(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw coreError('CORE_OUT_OF_MEMORY', 'The outputs do not fit the memory of this host', {
      got: `${length} numbers`,
      hint: 'Use fewer samples a call.',
      cause,
    });
  }
}

export function requireParameters(network: Network, parameters: unknown): void {
  const { length } = requireF32('parameters', parameters);
  requireLength('parameters', length, network.parameterCount, 'from the layers');
}

/** u32: 0, 1, … count − 1. */
export function placeOrder(arena: Arena, count: number): Pointer {
  return arena.copyIn(Uint32Array.from({ length: count }, (_, i) => i));
}

/** Memory for a chunk of samples each: as many as there are threads, or chunks, or as fit. */
export function slotsOf(threads: Threads, { samples }: Plan, count: number, bytes: number): undefined[] {
  return new Array<undefined>(slotCount(threads.count, Math.ceil(count / samples), bytes)).fill(undefined);
}

/** Chunks of samples, as many at the same time as there are slots. */
export function* waves<Slot>(slots: readonly Slot[], { samples }: Plan, count: number) {
  for (let first = 0; first < count; first += samples * slots.length) {
    yield slots
      .map((slot, i) => ({ slot, start: first + i * samples, end: Math.min(first + (i + 1) * samples, count) }))
      .filter(({ start }) => start < count);
  }
}
