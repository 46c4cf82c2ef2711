// How fast the kernels run beside what the machine's memory and arithmetic give one thread.
//
//   node wasm-core/bench/bench.ts [--json]
//
// value is the kernel's best rate over a second; ratio = value / the yardstick's rate in the same unit, so 1 means as
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

export async function bench(): Promise<BenchRow[]> {
  const core = await instantiate(await readCoreWasm());
  const native = compileNative();
  try {
    const rows: BenchRow[] = [];
    for (const [n, d] of [
      [8, 1_000_000],
      [32, 1_000_000],
    ] as const) {
      const read = native ? { name: 'native-read', rate: native.read(n, d) } : javascriptRead(n, d);
      rows.push(...aggregation(core, n, d, read));
    }
    rows.push(product(core, native));
    return rows;
  } finally {
    native?.close();
  }
}

interface Yardstick {
  name: string;
  /** GB/s. */
  rate: number;
}

function aggregation({ exports, arena }: CoreInstance, n: number, d: number, read: Yardstick): BenchRow[] {
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
    return kernels.map(([kernel, run]) => {
      const value = (n * d * 4) / fastest(run) / 1e9;
      return {
        kernel,
        n,
        d,
        threads: 1,
        value,
        unit: 'GB/s',
        against: [{ name: read.name, ratio: value / read.rate }],
      };
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
    const seconds = fastest(() => exports.matmulSimd(a, k * 4, 4, b, c, n * 4, m, k, n));
    const value = (2 * m * k * n) / seconds / 1e9;
    const bytes = ((m + n) * k * 4) / seconds / 1e9;
    const read = native ? { name: 'native-read', rate: native.read(m + n, k) } : javascriptRead(m + n, k);
    const against = [{ name: read.name, ratio: bytes / read.rate }];
    if (native) against.push({ name: 'native-matmul', ratio: value / native.matmul(m, k, n) });
    return { kernel: 'matmul', n, d: k, threads: 1, value, unit: 'GFLOP/s', against };
  });
}

/** Without a C compiler: the same sum in JavaScript, slower than memory, so its ratios flatter. */
function javascriptRead(n: number, d: number): Yardstick {
  const values = fill(new Float32Array(n * d), 3);
  let sink = 0;
  const seconds = fastest(() => {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = 0; i + 4 <= values.length; i += 4) {
      s0 += values[i]!;
      s1 += values[i + 1]!;
      s2 += values[i + 2]!;
      s3 += values[i + 3]!;
    }
    sink += s0 + s1 + s2 + s3;
  });
  if (Number.isNaN(sink)) throw new Error('unreachable: finite values were summed');
  return { name: 'javascript-read', rate: (values.length * 4) / seconds / 1e9 };
}

/** Seconds of the fastest run within a second; the first runs warm up, as V8 swaps in optimised code between calls. */
function fastest(run: () => void): number {
  for (let i = 0; i < 3; i++) run();
  let best = Infinity;
  const until = performance.now() + 1000;
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
