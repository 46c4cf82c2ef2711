import type { CoreInstance } from '../loader/instantiate.ts';
import { parts } from '../loader/parts.ts';
import type { Call } from '../loader/threads.ts';
import { fillF32 } from './fill.ts';
import type { Prepared } from './prepared.ts';

/** Rows of activations that are quantised and multiplied at a time, as `assembly/score/dense-int.ts` does at this depth. */
const ROWS = 112;

/**
 * Activations f32[n][d] times packed weights [n][d]. Quantising the activations is part of a run; packing the weights, which is
 * done once for a model, is not.
 */
export function prepareIntegerProduct(
  { exports, arena, threads }: CoreInstance,
  n: number,
  d: number,
  bits: number,
  group: number,
): Prepared {
  const a = arena.allocate(n * d * 4);
  const b = arena.allocate(n * d * 4);
  fillF32(arena.f32(a, n * d), 1);
  fillF32(arena.f32(b, n * d), 2);
  const panel = 32 * (1 + Math.ceil(d / group)) + d * bits;
  const panels = arena.allocate((n / 8) * panel);
  const one = arena.allocate(2 * d);
  for (let p = 0; p < n / 8; p++)
    exports.packPanelSimd(b + p * 8 * d * 4, 8, 0, d, group, bits, panels + p * panel, one);
  const quanta = arena.allocate(n * d * 2);
  const scales = arena.allocate(n * 4);
  const out = arena.allocate(n * n * 4);
  const multiply = parts(threads.count, n, 8, ROWS).flatMap(({ from, to }): Call[] => {
    const scratch = arena.allocate(16 * d + 128);
    const rows = quanta + from * d * 2;
    return [
      [
        ...(['matmulIntSimd', rows, d * 2, scales + from * 4, panels, out + from * n * 4, n * 4] as const),
        ...([to - from, d, n, group, bits, scratch] as const),
      ],
    ];
  });
  return {
    run: () => {
      const found = arena.f32(scales, n);
      for (let row = 0; row < n; row++) {
        const from = a + row * d * 4;
        found[row] = exports.rowScaleSimd(from, d, 127, 3.4028234663852886e38);
        exports.quantiseI16Simd(from, d, found[row]!, quanta + row * d * 2);
      }
      threads.run(multiply);
    },
  };
}
