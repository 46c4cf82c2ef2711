import { copyFinite, copyFiniteOut, requireF32, requireLength, requireNumber, requireObject } from './arguments.ts';
import { CoreError, describe } from './errors.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { checkRule, MAX_UPDATES } from './rules.ts';
import type { AdaptiveParameters, Aggregation, Rule } from './types.ts';

/** Bytes of weightedMean's tile of sums. */
const TILE_BYTES = 2048 * 8 + 64;
/** Coordinates a call: keeps byte counts of one row inside 32 bits. */
const MAX_COLUMNS = 2 ** 28;

export function aggregate(instance: CoreInstance, rule: Rule, updates: Float32Array[]): Aggregation {
  const { exports, arena } = instance;
  const d = checkUpdates('updates', updates, MAX_UPDATES);
  const n = updates.length;
  checkRule(rule, n);
  return arena.scope(() => {
    const out = arena.allocate(d * 4);
    const pointers = Uint32Array.from(updates, (values, i) => copyFinite(arena, exports, `updates[${i}]`, values));
    const rows = arena.copyIn(pointers);
    const selected = arena.allocate(n * 4);
    const selectedCount = run(instance, rule, rows, n, d, out, selected);
    const result = copyFiniteOut(arena, exports, out, d);
    if (selectedCount === undefined) return { result };
    return { result, selected: Array.from(arena.u32(selected, selectedCount)) };
  });
}

/** Returns how many rows were selected, for the rules that select. */
function run(
  { exports, arena }: CoreInstance,
  rule: Rule,
  rows: Pointer,
  n: number,
  d: number,
  out: Pointer,
  selected: Pointer,
): number | undefined {
  switch (rule.rule) {
    case 'fedavg': {
      const shares = arena.copyIn(Float64Array.from(rule.weights ?? new Float64Array(n)));
      if (rule.weights) exports.normaliseShares(shares, n);
      else exports.equalShares(shares, n);
      exports.weightedMeanSimd(rows, shares, n, d, out, arena.allocate(TILE_BYTES));
      return undefined;
    }
    case 'median':
    case 'trimmed-mean': {
      const low = rule.rule === 'median' ? (n - 1) >> 1 : rule.trim;
      const high = rule.rule === 'median' ? (n >> 1) + 1 : n - rule.trim;
      exports.orderStatisticSimd(rows, n, d, low, high, out, arena.allocate(exports.orderStatisticWorkspace(n)));
      return undefined;
    }
    case 'krum':
    case 'multi-krum': {
      const select = rule.rule === 'krum' ? 1 : rule.select;
      const workspace = arena.allocate(exports.krumWorkspace(n));
      exports.krum(rows, n, d, rule.byzantine, select, out, selected, workspace);
      return select;
    }
    case 'bulyan':
      exports.bulyan(rows, n, d, rule.byzantine, out, selected, arena.allocate(exports.bulyanWorkspace(n)));
      return n - 2 * rule.byzantine;
    case 'geometric-median':
      exports.geometricMedian(rows, n, d, out, arena.allocate(exports.geometricMedianWorkspace(n, d)));
      return undefined;
    case 'norm-clip':
      exports.normClip(rows, n, d, rule.clip, out, arena.allocate(exports.normClipWorkspace(n)));
      return undefined;
    case 'nnm+trimmed-mean': {
      const workspace = arena.allocate(exports.mixedTrimmedMeanWorkspace(n, d));
      exports.mixedTrimmedMean(rows, n, d, rule.byzantine, rule.trim, out, workspace);
      return undefined;
    }
  }
}

export function adaptive({ exports, arena }: CoreInstance, a: AdaptiveParameters): Float32Array {
  requireObject('adaptive', a);
  if (a.rule !== 'fedadam' && a.rule !== 'fedyogi') {
    throw new CoreError('CORE_BAD_RULE', 'Unknown adaptive rule', {
      expected: "'fedadam' or 'fedyogi'",
      got: describe(a.rule),
    });
  }
  const d = checkUpdates('start', [a.start], 1);
  requireLength('deltas', checkUpdates('deltas', a.deltas, 100_000), d, 'as many values as `start`');
  requireNumber('learningRate', a.learningRate, 0, 1e6);
  requireNumber('beta1', a.beta1, 0, 1);
  requireNumber('beta2', a.beta2, 0, 1);
  requireNumber('tau', a.tau, Number.MIN_VALUE, 1e6);
  return arena.scope(() => {
    const x = arena.allocate(d * 8);
    const moments = arena.allocate(d * 16);
    const out = arena.allocate(d * 4);
    arena.scope(() => exports.widen(copyFinite(arena, exports, 'start', a.start), x, d));
    arena.f64(moments, d * 2).fill(0);
    a.deltas.forEach((delta, i) =>
      arena.scope(() =>
        exports.adaptiveStep(
          x,
          moments,
          moments + d * 8,
          copyFinite(arena, exports, `deltas[${i}]`, delta),
          d,
          a.rule === 'fedyogi' ? 1 : 0,
          a.learningRate,
          a.beta1,
          a.beta2,
          a.tau,
        ),
      ),
    );
    exports.narrow(x, out, d);
    return copyFiniteOut(arena, exports, out, d);
  });
}

export function combine(
  { exports, arena }: CoreInstance,
  operation: 'addSimd' | 'subtractSimd',
  a: Float32Array,
  b: Float32Array,
): Float32Array {
  requireLength('b', requireF32('b', b).length, requireF32('a', a).length, 'as many values as `a`');
  if (a.length === 0) return new Float32Array(0);
  return arena.scope(() => {
    const left = copyFinite(arena, exports, 'a', a);
    const right = copyFinite(arena, exports, 'b', b);
    exports[operation](left, right, left, a.length);
    return copyFiniteOut(arena, exports, left, a.length);
  });
}

/** Number of columns, the same in all. */
function checkUpdates(name: string, updates: Float32Array[], most: number): number {
  if (!Array.isArray(updates) || updates.length < 1 || updates.length > most) {
    throw new CoreError('CORE_BAD_ARGUMENT', `\`${name}\` has the wrong number of arrays`, {
      expected: `1 to ${most}`,
      got: describe(updates),
    });
  }
  const d = requireF32(`${name}[0]`, updates[0]).length;
  if (d < 1 || d > MAX_COLUMNS) {
    throw new CoreError('CORE_BAD_SHAPE', `\`${name}\` has the wrong length`, {
      expected: `1 to ${MAX_COLUMNS} values`,
      got: String(d),
    });
  }
  // Not forEach, which skips holes.
  for (let i = 0; i < updates.length; i++) {
    requireLength(`${name}[${i}]`, requireF32(`${name}[${i}]`, updates[i]).length, d, `as in ${name}[0]`);
  }
  return d;
}
