import { requireObject, throwIfAborted } from './arguments.ts';
import { checkLayers } from './check-layers.ts';
import { coreError } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { integersOf, placeParameters } from './integer-network.ts';
import { lossOf } from './losses.ts';
import { placeOrder, requireParameters, slotsOf, waves } from './network.ts';
import { planScoring } from './plan.ts';
import { checkSamples, checkTargets, copySamples } from './samples.ts';
import type { Call } from './threads.ts';
import type { EvaluateParameters } from './types.ts';

/** Numbers that are given back at once: 128 MiB. */
const MAX_ROWS = 2 ** 24;

/** The loss of each prediction alone, unit 2^-32: `evaluate` gives their sum. */
export function rowLosses(core: CoreInstance, a: EvaluateParameters): BigUint64Array {
  requireObject('rowLosses', a);
  const { arena, threads } = core;
  const network = checkLayers(a.layers);
  const integer = integersOf(network, a.arithmetic, a.lora);
  const loss = lossOf(network, a.loss);
  const samples = checkSamples(network, a.inputs);
  const targets = checkTargets(network, a.labels, loss.targets, samples.count);
  requireParameters(network, a.parameters);
  const { rows } = network;
  if (samples.count * rows > MAX_ROWS) {
    throw coreError('CORE_OUT_OF_MEMORY', 'These are too many predictions to give the loss of each', {
      expected: `at most ${MAX_ROWS}`,
      got: `${samples.count * rows}`,
      hint: 'Give fewer samples a call.',
    });
  }
  return arena.scope(() => {
    const given = { loss: loss.code, inputs: samples.type, targets: (targets ?? samples).type };
    const plan = planScoring(integer?.network ?? network, Math.ceil(samples.count / threads.count), given);
    const program = arena.copyIn(plan.program);
    const parameters = placeParameters(core, integer, a.parameters);
    const index = placeOrder(arena, plan.samples);
    const bytes = plan.workspace + plan.samples * (samples.each + (targets?.each ?? 0) + rows * 8);
    const slots = slotsOf(threads, plan, samples.count, bytes).map(() => {
      const inputs = arena.allocate(plan.samples * samples.each);
      return {
        inputs,
        targets: targets ? arena.allocate(plan.samples * targets.each) : inputs,
        out: arena.allocate(plan.samples * rows * 8),
        workspace: arena.allocate(plan.workspace),
      };
    });
    const all = new BigUint64Array(samples.count * rows);
    for (const wave of waves(slots, plan, samples.count)) {
      throwIfAborted(a.signal);
      const calls = wave.map(({ slot, start, end }): Call => {
        copySamples(core, samples, slot.inputs, start, end);
        if (targets) copySamples(core, targets, slot.targets, start, end);
        const { inputs, targets: wanted, out, workspace } = slot;
        return ['rowLosses', program, parameters, inputs, wanted, index, end - start, out, workspace];
      });
      threads.run(calls);
      for (const { slot, start, end } of wave) all.set(arena.u64(slot.out, (end - start) * rows), start * rows);
      a.onProgress?.(wave.at(-1)!.end, samples.count);
    }
    return all;
  });
}
