import type { Pointer } from '../loader/exports.ts';
import type { CoreInstance } from '../loader/instantiate.ts';
import { parts } from '../loader/parts.ts';
import type { Call } from '../loader/threads.ts';
import { fillF32, fillI8 } from './fill.ts';
import { prepareIntegerProduct } from './integer-product.ts';
import type { Prepared } from './prepared.ts';

export interface Kernel {
  name: 'weighted-mean' | 'median' | 'trimmed-mean' | 'gram' | 'matmul' | IntegerProduct | 'int8-sum';
  /** Rows and their columns; for matmul the columns of the result and the inner dimension. */
  n: number;
  d: number;
  unit: 'GB/s' | 'GFLOP/s' | 'GOP/s' | 'Gvalue/s';
  /** Units of one run: rate = work / seconds. */
  work: number;
  prepare(core: CoreInstance, n: number, d: number): Prepared;
}

/** Weights of 8 bits by channel and in groups of 64, and of 4 bits in groups of 32. */
export type IntegerProduct = 'matmul-int8' | 'matmul-int8:64' | 'matmul-int4:32';

const [n, d, side] = [32, 2 ** 20, 1152];
const bytes = (n * d * 4) / 1e9;

const values = (n * d) / 1e9;

export const weightedMeanKernel: Kernel = {
  name: 'weighted-mean',
  n,
  d,
  unit: 'GB/s',
  work: bytes,
  prepare: weightedMean,
};

export const matmulKernel: Kernel = {
  name: 'matmul',
  n: side,
  d: side,
  unit: 'GFLOP/s',
  work: (2 * side ** 3) / 1e9,
  prepare: matmul,
};

const integerProduct = (name: IntegerProduct, bits: number, group: number): Kernel => ({
  ...matmulKernel,
  name,
  unit: 'GOP/s',
  prepare: (core, n, d) => prepareIntegerProduct(core, n, d, bits, group),
});

export const kernels: Kernel[] = [
  weightedMeanKernel,
  { name: 'median', n, d, unit: 'GB/s', work: bytes, prepare: orderStatistic((n) => [(n - 1) >> 1, (n >> 1) + 1]) },
  { name: 'trimmed-mean', n, d, unit: 'GB/s', work: bytes, prepare: orderStatistic((n) => [n >> 2, n - (n >> 2)]) },
  { name: 'gram', n, d, unit: 'GFLOP/s', work: (n * (n + 1) * d) / 1e9, prepare: gram },
  matmulKernel,
  integerProduct('matmul-int8', 8, 65_536),
  integerProduct('matmul-int8:64', 8, 64),
  integerProduct('matmul-int4:32', 4, 32),
  { name: 'int8-sum', n, d, unit: 'Gvalue/s', work: values, prepare: int8Sum },
];

function weightedMean({ arena, threads }: CoreInstance, n: number, d: number): Prepared {
  const rows = placeRows(arena, n, d);
  const out = arena.allocate(d * 4);
  const shares = arena.copyIn(new Float64Array(n).fill(1 / n));
  const calls = parts(threads.count, d).map(({ from, to }): Call => {
    return ['weightedMeanSimd', rows, shares, n, from, to, out];
  });
  return { run: () => threads.run(calls), result: () => arena.u8(out, d * 4) };
}

function orderStatistic(range: (n: number) => [low: number, high: number]): Kernel['prepare'] {
  return ({ exports, arena, threads }, n, d) => {
    const rows = placeRows(arena, n, d);
    const out = arena.allocate(d * 4);
    const [low, high] = range(n);
    const calls = parts(threads.count, d).map(({ from, to }): Call => {
      const workspace = arena.allocate(exports.orderStatisticWorkspace(n));
      return ['orderStatisticSimd', rows, n, from, to, low, high, out, workspace];
    });
    return { run: () => threads.run(calls), result: () => arena.u8(out, d * 4) };
  };
}

/** Useful operations only: a product and a sum for each column of each pair i ≤ j. */
function gram({ exports, arena, threads }: CoreInstance, n: number, d: number): Prepared {
  const rows = placeRows(arena, n, d);
  const totals = arena.allocate(n * n * 8);
  const segments = parts(Infinity, d, exports.segmentColumns(), exports.segmentColumns());
  const partials = segments.map(() => arena.allocate(n * n * 8));
  const calls = segments.map(({ from, to }, i): Call => ['gramSimd', rows, n, from, to, partials[i]!]);
  return {
    run: () => {
      arena.f64(totals, n * n).fill(0);
      for (const partial of partials) arena.f64(partial, n * n).fill(0);
      threads.run(calls);
      for (const partial of partials) exports.addTotals(totals, partial, n * n);
    },
  };
}

function matmul({ arena, threads }: CoreInstance, n: number, d: number): Prepared {
  const a = arena.allocate(n * d * 4);
  const b = arena.allocate(d * n * 4);
  const c = arena.allocate(n * n * 4);
  const panels = arena.allocate(n * d * 4);
  fillF32(arena.f32(a, n * d), 1);
  fillF32(arena.f32(b, d * n), 2);
  const each = parts(threads.count, n, 8, 8);
  const pack = each.map(({ from, to }): Call => [
    'packRowsSimd',
    b + from * 4,
    n * 4,
    d,
    to - from,
    panels + from * d * 4,
  ]);
  const multiply = each.map(({ from, to }): Call => {
    return ['matmulSimd', a + from * d * 4, d * 4, 4, panels, c + from * n * 4, n * 4, to - from, d, n, 0, 0];
  });
  return {
    run: () => {
      threads.run(pack);
      threads.run(multiply);
    },
    result: () => arena.u8(c, n * n * 4),
  };
}

function int8Sum({ arena, threads }: CoreInstance, n: number, d: number): Prepared {
  const pointers = Uint32Array.from({ length: n }, () => arena.allocate(d));
  pointers.forEach((at, i) => fillI8(new Int8Array(arena.u8(at, d).buffer, at, d), i));
  const rows = arena.copyIn(pointers);
  const weights = arena.copyIn(new Uint8Array(Int16Array.from({ length: n }, (_, i) => i + 1).buffer));
  const out = arena.allocate(d * 4);
  const calls = parts(threads.count, d).map(({ from, to }): Call => {
    return ['int8SumSimd', rows, weights, n, from, to - from, out + from * 4];
  });
  return { run: () => threads.run(calls), result: () => arena.u8(out, d * 4) };
}

function placeRows(arena: CoreInstance['arena'], n: number, d: number): Pointer {
  const pointers = Uint32Array.from({ length: n }, () => arena.allocate(d * 4));
  pointers.forEach((at, i) => fillF32(arena.f32(at, d), i));
  return arena.copyIn(pointers);
}
