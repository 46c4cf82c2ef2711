import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { timed } from '../measure.ts';

/** TensorFlow.js's matrix product, m × k times k × n, on its WebAssembly backend (one thread, SIMD). */
export async function tfjsMatmul(a: Float32Array, b: Float32Array, m: number, k: number, n: number) {
  // The file with its kernels lies beside its JavaScript.
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${join(dirname(main), '..', 'dist')}/`);
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js has no WebAssembly backend on this host');
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('TensorFlow.js found no SIMD');
  const left = tf.tensor2d(a, [m, k]);
  const right = tf.tensor2d(b, [k, n]);
  return {
    run: () => timed(() => tf.matMul(left, right).dispose()),
    result: () => tf.matMul(left, right).dataSync() as Float32Array,
  };
}
