// How fast the kernels run beside C, the machine's limits, other WebAssembly libraries and other federated ones.
//
//   node wasm-core/bench/bench.ts [--json]
//
// All contenders of a kernel take turns in one run and the medians are compared, so that a busy machine slows all of
// them. `ratio` is the core's rate over the peer's: 1 is as fast, 2 twice as fast.
//   native-read  C that only reads the input, with the widest vectors      peak-128  independent 128-bit mul and add
//   c-native, c-128  the same algorithm in C, with all vectors and with 128-bit ones (-O3)
//   one-thread   the core on one thread        f32  the core's f32 weighted mean, or product, of as many values
//   whole text   the core's outputs of all tokens so far, for the last one
//   ort-uint8  ONNX Runtime's product of bytes (MatMulInteger), without scales
//   tfjs-wasm, ort-web, flower, byzfl  see peers/
import { fileURLToPath } from 'node:url';
import { instantiate } from '../loader/instantiate.ts';
import { readCoreWasm } from '../loader/node.ts';
import { Field, type Rival } from './contenders.ts';
import { fingerprint } from './fill.ts';
import { generationRows } from './generation.ts';
import { kernels, matmulKernel, weightedMeanKernel, type Kernel } from './kernels.ts';
import { alternate, timed } from './measure.ts';
import type { Prepared } from './prepared.ts';
import type { BenchRow } from './row.ts';
import { formatBench } from './table.ts';
import { transformerRow } from './transformer.ts';

async function bench(tell: (line: string) => void): Promise<BenchRow[]> {
  const field = new Field();
  try {
    const rows: BenchRow[] = [];
    for (const kernel of kernels) {
      tell(`${kernel.name} …`);
      for (const threads of [1, 2]) rows.push(await measure(kernel, threads, field));
    }
    tell('transformer …');
    rows.push(await transformerRow());
    tell('generation …');
    rows.push(...(await generationRows()));
    for (const line of field.missing) tell(`left out: ${line}`);
    return rows;
  } finally {
    field.close();
  }
}

async function measure(kernel: Kernel, threads: number, field: Field): Promise<BenchRow> {
  const { name: kernelName, n, d, work, unit } = kernel;
  const wasm = await readCoreWasm();
  const core = await instantiate(wasm, { threads });
  const prepared = kernel.prepare(core, n, d);
  const rivals = await field.rivals(kernel, threads);
  const own = async (name: string, other: Kernel, otherWork: number): Promise<void> => {
    const { run } = other.prepare(await instantiate(wasm), n, d);
    rivals.push({ name, work: otherWork, run: () => timed(run), close: () => undefined });
  };
  if (threads > 1) await own('one-thread', kernel, work);
  if (threads === 1 && kernelName === 'int8-sum') await own('f32', weightedMeanKernel, work);
  if (threads === 1 && kernelName.startsWith('matmul-')) await own('f32', matmulKernel, work);
  try {
    const seconds = await alternate([{ name: 'covey', run: () => timed(() => prepared.run()) }, ...rivals]);
    await compareBits(kernel, prepared, rivals);
    const value = work / seconds.get('covey')!;
    const against = rivals.map((rival) => ({
      name: rival.name,
      ratio: value / (rival.work / seconds.get(rival.name)!),
    }));
    return { kernel: kernelName, n, d, threads, value, unit, against };
  } finally {
    for (const rival of rivals) rival.close();
    core.threads.close();
  }
}

/** A race between programs that compute different things would say nothing. */
async function compareBits(kernel: Kernel, prepared: Prepared, rivals: Rival[]): Promise<void> {
  if (!prepared.result) return;
  const expected = fingerprint(prepared.result());
  for (const { name, fingerprint } of rivals) {
    const got = await fingerprint?.();
    if (got !== undefined && got !== expected) throw new Error(`${name} and the core differ in ${kernel.name}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await bench((line) => process.stderr.write(`${line}\n`));
  // c-native is for readers: what the same algorithm gains from vectors that WebAssembly does not have.
  const peers = rows.map((row) => ({ ...row, against: row.against.filter(({ name }) => name !== 'c-native') }));
  if (process.argv.includes('--json')) console.log(JSON.stringify({ schema: 'covey.bench/1', rows: peers }));
  else console.log(formatBench(rows));
}
