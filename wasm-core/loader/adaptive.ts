import { copyFinite, copyFiniteOut, requireF32, requireLength, requireNumber, requireObject } from './arguments.ts';
import { describe, coreError } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { problemOf } from './parameters.ts';
import { checkRows } from './row-source.ts';
import { serverOptimisers, type AdaptiveParameters } from './server-optimisers.ts';

/** Columns at a time: x, m and v are f64, 24 bytes a column. */
const TILE = 65_536;

export function adaptive({ exports, arena }: CoreInstance, a: AdaptiveParameters): Float32Array {
  requireObject('adaptive', a);
  const optimiser = serverOptimisers.find(({ name }) => name === a.rule);
  if (!optimiser) {
    throw coreError('CORE_BAD_RULE', 'Unknown server optimiser', {
      expected: serverOptimisers.map(({ name }) => `'${name}'`).join(' or '),
      got: describe(a.rule),
    });
  }
  const d = checkRows('deltas', a.deltas, 100_000);
  requireLength('start', requireF32('start', a.start).length, d, 'as many values as the deltas');
  requireNumber('learningRate', a.learningRate, 0, 1e6);
  const values = a as unknown as Record<string, number>;
  for (const [key, parameter] of Object.entries(optimiser.parameters)) {
    const problem = problemOf(parameter, values[key], a.deltas.length);
    if (problem) throw coreError('CORE_BAD_ARGUMENT', `\`${key}\` is out of bounds`, { ...problem });
  }
  const { beta1, beta2, tau } = optimiser.step(values);
  const result = new Float32Array(d);
  for (let from = 0; from < d; from += TILE) {
    const to = Math.min(from + TILE, d);
    const columns = to - from;
    arena.scope(() => {
      const x = arena.allocate(columns * 8);
      const moments = arena.allocate(columns * 16);
      const out = arena.allocate(columns * 4);
      arena.scope(() => exports.widen(copyFinite(arena, exports, 'start', a.start.subarray(from, to)), x, columns));
      arena.f64(moments, columns * 2).fill(0);
      for (let round = 0; round < a.deltas.length; round++) {
        arena.scope(() => {
          const delta = copyFinite(arena, exports, `deltas[${round}]`, a.deltas[round]!.subarray(from, to));
          const v = moments + columns * 8;
          exports.serverStep(x, moments, v, delta, 0, columns, optimiser.code, a.learningRate, beta1, beta2, tau);
        });
      }
      exports.narrow(x, out, columns);
      result.set(copyFiniteOut(arena, exports, out, columns), from);
    });
  }
  return result;
}
