import type { Pointer } from '../loader/exports.ts';
import type { CoreInstance } from '../loader/instantiate.ts';
import { fillF32 } from './fill.ts';

/** A kernel of the core, set up in its memory. */
export interface Prepared {
  run(): void;
  /** What the last run wrote, where C computes the same bits. */
  result?(): Uint8Array;
}

export interface Kernel {
  name: 'weighted-mean' | 'median' | 'trimmed-mean' | 'gram' | 'matmul' | 'int8-sum';
  /** Rows and their columns; for matmul the columns of the result and the inner dimension. */
  n: number;
  d: number;
  unit: 'GB/s' | 'GFLOP/s' | 'Gvalue/s';
  /** Units of one run: rate = work / seconds. */
  work: number;
  prepare(core: CoreInstance, n: number, d: number): Prepared;
}

const [n, d, side] = [32, 2 ** 20, 1152];
const bytes = (n * d * 4) / 1e9;

export const kernels: Kernel[] = [
  { name: 'weighted-mean', n, d, unit: 'GB/s', work: bytes, prepare: weightedMean },
  { name: 'median', n, d, unit: 'GB/s', work: bytes, prepare: orderStatistic((n) => [(n - 1) >> 1, (n >> 1) + 1]) },
  { name: 'trimmed-mean', n, d, unit: 'GB/s', work: bytes, prepare: orderStatistic((n) => [n >> 2, n - (n >> 2)]) },
  { name: 'gram', n, d, unit: 'GFLOP/s', work: (n * (n + 1) * d) / 1e9, prepare: gram },
  { name: 'matmul', n: side, d: side, unit: 'GFLOP/s', work: (2 * side ** 3) / 1e9, prepare: matmul },
];

function weightedMean({ exports, arena }: CoreInstance, n: number, d: number): Prepared {
  const rows = placeRows(arena, n, d);
  const out = arena.allocate(d * 4);
  const shares = arena.copyIn(new Float64Array(n).fill(1 / n));
  return {
    run: () => exports.weightedMeanSimd(rows, shares, n, 0, d, out),
    result: () => arena.u8(out, d * 4),
  };
}

function orderStatistic(range: (n: number) => [low: number, high: number]): Kernel['prepare'] {
  return ({ exports, arena }, n, d) => {
    const rows = placeRows(arena, n, d);
    const out = arena.allocate(d * 4);
    const workspace = arena.allocate(exports.orderStatisticWorkspace(n));
    const [low, high] = range(n);
    return {
      run: () => exports.orderStatisticSimd(rows, n, 0, d, low, high, out, workspace),
      result: () => arena.u8(out, d * 4),
    };
  };
}

/** Useful operations only: a product and a sum for each column of each pair i ≤ j. */
function gram({ exports, arena }: CoreInstance, n: number, d: number): Prepared {
  const rows = placeRows(arena, n, d);
  const totals = arena.allocate(n * n * 8);
  return {
    run: () => {
      arena.f64(totals, n * n).fill(0);
      exports.gramSimd(rows, n, 0, d, totals);
    },
  };
}

function matmul({ exports, arena }: CoreInstance, n: number, d: number): Prepared {
  const a = arena.allocate(n * d * 4);
  const b = arena.allocate(d * n * 4);
  const c = arena.allocate(n * n * 4);
  const panels = arena.allocate(n * d * 4);
  fillF32(arena.f32(a, n * d), 1);
  fillF32(arena.f32(b, d * n), 2);
  return {
    run: () => {
      exports.packRowsSimd(b, n * 4, d, n, panels);
      exports.matmulSimd(a, d * 4, 4, panels, c, n * 4, n, d, n, 0, 0);
    },
    result: () => arena.u8(c, n * n * 4),
  };
}

function placeRows(arena: CoreInstance['arena'], n: number, d: number): Pointer {
  const pointers = Uint32Array.from({ length: n }, () => arena.allocate(d * 4));
  pointers.forEach((at, i) => fillF32(arena.f32(at, d), i));
  return arena.copyIn(pointers);
}
