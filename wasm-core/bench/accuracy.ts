// Largest errors of the core's f32 functions, in units of the result's last place (ulp), against f64.
//
//   node wasm-core/bench/accuracy.ts [stride]     stride 1 (unless given): every f32
import { fileURLToPath } from 'node:url';
import { instantiate, type CoreInstance } from '../loader/instantiate.ts';
import { readCoreWasm } from '../loader/node.ts';

const CHUNK = 1 << 18;

interface FunctionUnderTest {
  name: 'exp' | 'tanh' | 'erf';
  /** As `functionSimd` numbers them. */
  which: number;
  reference: (x: number) => number;
}

const functions: FunctionUnderTest[] = [
  // Below the floor (assembly/vector/faint.ts) it is 0.
  { name: 'exp', which: 0, reference: (x) => (x < Math.log(2 ** -51) ? 0 : Math.exp(x)) },
  { name: 'tanh', which: 1, reference: Math.tanh },
  { name: 'erf', which: 2, reference: erf },
];

export interface Accuracy {
  name: FunctionUnderTest['name'];
  /** f32 looked at. */
  count: number;
  ulp: number;
  /** Where the largest error is. */
  at: number;
}

/** Every `stride`th of all finite f32 by its bits. Hosts' own Math is within an ulp of f64: nothing at this scale. */
export function measureAccuracy({ exports, arena }: CoreInstance, stride: number): Accuracy[] {
  return functions.map(({ name, which, reference }) =>
    arena.scope(() => {
      const from = arena.allocate(CHUNK * 4);
      const out = arena.allocate(CHUNK * 4);
      const result: Accuracy = { name, count: 0, ulp: 0, at: 0 };
      for (const sign of [0, 0x8000_0000]) {
        for (let start = 0; start < 0x7f80_0000; start += CHUNK * stride) {
          const n = Math.min(CHUNK, Math.ceil((0x7f80_0000 - start) / stride));
          const bits = arena.u32(from, n);
          for (let i = 0; i < n; i++) bits[i] = start + i * stride + sign;
          exports.functionSimd(which, from, out, n);
          compare(arena.f32(from, n), arena.f32(out, n), reference, result);
        }
      }
      return result;
    }),
  );
}

function compare(x: Float32Array, y: Float32Array, reference: (x: number) => number, result: Accuracy): void {
  result.count += x.length;
  for (let i = 0; i < x.length; i++) {
    const exact = reference(x[i]!);
    // Beyond f32's range both must overflow.
    const error =
      Math.fround(exact) === y[i]
        ? Math.min(0.5, Math.abs(y[i]! - exact) / ulpOf(exact))
        : Math.abs(y[i]! - exact) / ulpOf(exact);
    if (!(error <= result.ulp)) {
      result.ulp = error;
      result.at = x[i]!;
    }
  }
}

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** Distance of f32 numbers around x. */
function ulpOf(x: number): number {
  word[0] = Math.min(Math.abs(x), 3.4028234663852886e38);
  return 2 ** (Math.max(bits[0]! >>> 23, 1) - 150);
}

/** 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (2n+1)!!: all terms have one sign, so the sum is good to a few f64 ulp. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17 && n < 300; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stride = Number(process.argv[2] ?? 1);
  for (const { name, count, ulp, at } of measureAccuracy(await instantiate(await readCoreWasm()), stride)) {
    console.log(`${name}: at most ${ulp.toFixed(3)} ulp (at ${at}), ${count} values`);
  }
}
