// How fast the kernels run beside what the machine's memory and arithmetic give one thread.
//
//   node wasm-core/bench/bench.ts [--json]
//
// value is the kernel's best rate; kernel and yardstick take turns, so that a busy machine slows both; ratio = value / the yardstick's rate in the same unit, so 1 means as
// fast as native. `native-read` is a C loop that only reads the same input; for matmul (GFLOP/s) the two inputs' bytes
// over the kernel's time are compared with it, which shows how far from memory-bound the product is.
import { fileURLToPath } from 'node:url';
import { instantiate, type CoreInstance } from '../loader/instantiate.ts';
import { readCoreWasm } from '../loader/node.ts';
import { compileNative, type Native } from './native.ts';

export interface BenchRow {
  kernel: string;
  /** Updates (rows), or for matmul the columns of the result. */
  n: number;
  /** Parameters of an update, or for matmul the inner dimension. */
  d: number;
  threads: number;
  value: number;
  unit: 'GB/s' | 'GFLOP/s';
  against: { name: string; ratio: number }[];
}

/** Turns of kernel and yardstick, and seconds of each. */
const TURNS = 3;
const SLICE = 0.3;

export async function bench(): Promise<BenchRow[]> {
  const core = await instantiate(await readCoreWasm());
  const native = compileNative();
  try {
    return [
      ...aggregation(core, native, 8, 1_000_000),
      ...aggregation(core, native, 32, 1_000_000),
      product(core, native),
    ];
  } finally {
    native?.close();
  }
}

function aggregation({ exports, arena }: CoreInstance, native: Native | undefined, n: number, d: number): BenchRow[] {
  return arena.scope(() => {
    const pointers = Uint32Array.from({ length: n }, () => arena.allocate(d * 4));
    pointers.forEach((at, i) => fill(arena.f32(at, d), i));
    const rows = arena.copyIn(pointers);
    const out = arena.allocate(d * 4);
    const shares = arena.allocate(n * 8);
    const tile = arena.allocate(2050 * 8);
    const workspace = arena.allocate(exports.orderStatisticWorkspace(n));
    const trim = n >> 2;
    exports.equalShares(shares, n);
    const kernels: [string, () => void][] = [
      ['weighted-mean', () => exports.weightedMeanSimd(rows, shares, n, d, out, tile)],
      ['median', () => exports.orderStatisticSimd(rows, n, d, (n - 1) >> 1, (n >> 1) + 1, out, workspace)],
      ['trimmed-mean', () => exports.orderStatisticSimd(rows, n, d, trim, n - trim, out, workspace)],
    ];
    const bytes = n * d * 4;
    const [name, read] = readYardstick(native, n, d);
    const [readRate, ...rates] = takeTurns([
      read,
      ...kernels.map(
        ([, run]) =>
          () =>
            bytes / fastest(run) / 1e9,
      ),
    ]);
    return kernels.map(([kernel], i) => {
      const value = rates[i]!;
      return { kernel, n, d, threads: 1, value, unit: 'GB/s', against: [{ name, ratio: value / readRate! }] };
    });
  });
}

function product({ exports, arena }: CoreInstance, native: Native | undefined): BenchRow {
  const [m, k, n] = [512, 512, 512];
  return arena.scope(() => {
    const a = arena.allocate(m * k * 4);
    const b = arena.allocate(k * n * 4);
    const c = arena.allocate(m * n * 4);
    fill(arena.f32(a, m * k), 1);
    fill(arena.f32(b, k * n), 2);
    const operations = 2 * m * k * n;
    const run = (): void => exports.matmulSimd(a, k * 4, 4, b, c, n * 4, m, k, n);
    const [name, read] = readYardstick(native, m + n, k);
    const [value, readRate, nativeRate] = takeTurns([
      () => operations / fastest(run) / 1e9,
      read,
      ...(native ? [() => native.matmul(m, k, n, SLICE)] : []),
    ]);
    const bytesRate = (value! / operations) * (m + n) * k * 4;
    const against = [{ name, ratio: bytesRate / readRate! }];
    if (nativeRate) against.push({ name: 'native-matmul', ratio: value! / nativeRate });
    return { kernel: 'matmul', n, d: k, threads: 1, value: value!, unit: 'GFLOP/s', against };
  });
}

/** Best rate of each, over several turns. */
function takeTurns(measures: (() => number)[]): number[] {
  const best = measures.map(() => 0);
  for (let turn = 0; turn < TURNS; turn++) {
    measures.forEach((measure, i) => (best[i] = Math.max(best[i]!, measure())));
  }
  return best;
}

/** GB/s of only reading n × d f32. */
function readYardstick(native: Native | undefined, n: number, d: number): [name: string, measure: () => number] {
  if (native) return ['native-read', () => native.read(n, d, SLICE)];
  const values = fill(new Float32Array(n * d), 3);
  return ['javascript-read', () => (values.length * 4) / fastest(() => sum(values)) / 1e9];
}

/** Without a C compiler the yardstick is this loop, slower than memory: ratios against it flatter. */
function sum(values: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i + 4 <= values.length; i += 4) {
    s0 += values[i]!;
    s1 += values[i + 1]!;
    s2 += values[i + 2]!;
    s3 += values[i + 3]!;
  }
  return s0 + s1 + s2 + s3;
}

/** Seconds of the fastest run; the first runs warm up, as V8 swaps in optimised code between calls only. */
function fastest(run: () => void): number {
  run();
  run();
  let best = Infinity;
  const until = performance.now() + SLICE * 1000;
  do {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < until);
  return best / 1000;
}

/** Values that differ between rows and columns, so that sorting has work to do. */
function fill(values: Float32Array, seed: number): Float32Array {
  let state = seed * 2_654_435_761 + 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    values[i] = state / 2 ** 31;
  }
  return values;
}

export function formatBench(rows: BenchRow[]): string {
  const cells = [
    ['kernel', 'n', 'd', 'threads', 'rate', 'against'],
    ...rows.map((row) => [
      row.kernel,
      String(row.n),
      String(row.d),
      String(row.threads),
      `${row.value.toFixed(2)} ${row.unit}`,
      row.against.map(({ name, ratio }) => `${ratio.toFixed(3)} of ${name}`).join(', '),
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await bench();
  if (process.argv.includes('--json')) console.log(JSON.stringify({ schema: 'covey.bench/1', rows }));
  else console.log(formatBench(rows));
}
