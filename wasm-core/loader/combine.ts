import { copyFinite, copyFiniteOut, requireF32, requireLength } from './arguments.ts';
import type { CoreInstance } from './instantiate.ts';

/** Elementwise sum or difference of two arrays. */
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
