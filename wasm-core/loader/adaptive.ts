import type { AdaptiveParameters } from './aggregate-types.ts';
import { copyFinite, copyFiniteOut, requireF32, requireLength, requireNumber, requireObject } from './arguments.ts';
import { describe, coreError } from './errors.ts';
import type { CoreInstance } from './instantiate.ts';
import { checkRows } from './row-source.ts';

/** As serverStep (assembly/aggregate/server-optimiser.ts) numbers them. */
const KINDS = ['fedavgm', 'fedadagrad', 'fedadam', 'fedyogi'] as const;
/** Columns at a time: x, m and v are f64, 24 bytes a column. */
const TILE = 65_536;

export function adaptive({ exports, arena }: CoreInstance, a: AdaptiveParameters): Float32Array {
  requireObject('adaptive', a);
  const kind = KINDS.indexOf(a.rule);
  if (kind < 0) {
    throw coreError('CORE_BAD_RULE', 'Unknown server optimiser', {
      expected: KINDS.map((name) => `'${name}'`).join(' or '),
      got: describe(a.rule),
    });
  }
  const d = checkRows('deltas', a.deltas, 100_000);
  requireLength('start', requireF32('start', a.start).length, d, 'as many values as the deltas');
  requireNumber('learningRate', a.learningRate, 0, 1e6);
  const averages = a.rule === 'fedavgm' ? { beta1: a.momentum } : { beta1: a.beta1 };
  requireNumber(a.rule === 'fedavgm' ? 'momentum' : 'beta1', averages.beta1, 0, 1);
  const beta2 = a.rule === 'fedadam' || a.rule === 'fedyogi' ? requireNumber('beta2', a.beta2, 0, 1) : 0;
  const tau = a.rule === 'fedavgm' ? 0 : requireNumber('tau', a.tau, Number.MIN_VALUE, 1e6);
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
          exports.serverStep(x, moments, v, delta, 0, columns, kind, a.learningRate, averages.beta1, beta2, tau);
        });
      }
      exports.narrow(x, out, columns);
      result.set(copyFiniteOut(arena, exports, out, columns), from);
    });
  }
  return result;
}
