import { copyFinite, requireF32, requireInteger, requireLength, requireNumber, requireObject } from './arguments.ts';
import { coreError } from './errors.ts';
import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { adaptedMatrices, MAX_RANK } from './lora-places.ts';
import { panels, type Network } from './network-parts.ts';
import type { Lora } from './types.ts';

/** Where in the flat adapters those of a matrix stand: A [rank][inputs], then B [outputs][rank]. */
interface AdapterPlace {
  a: number;
  b: number;
}

/** Low-rank adapters beside matrices of integers. */
export interface Adapters {
  values: Float32Array;
  rank: number;
  /** Bits of α / rank as f32. */
  scale: number;
  /** By the index of a matrix in the flat parameters. */
  places: ReadonlyMap<number, AdapterPlace>;
}

/** Of an argument that may be anything. Throws CORE_BAD_ARGUMENT or CORE_BAD_SHAPE. */
export function readAdapters(network: Network, lora: Lora | undefined): Adapters | undefined {
  if (lora === undefined) return undefined;
  requireObject('lora', lora);
  const rank = requireInteger('lora.rank', lora.rank, 1, MAX_RANK);
  const alpha = requireNumber('lora.alpha', lora.alpha, 0, 1e6);
  const values = requireF32('lora.adapters', lora.adapters);
  let length = 0;
  const places = new Map(
    adaptedMatrices(network).map(({ offset, shape: [outputs = 0, inputs = 0] }) => {
      const a = length;
      length += rank * (inputs + outputs);
      return [offset, { a, b: a + rank * inputs }] as const;
    }),
  );
  requireLength('lora.adapters', values.length, length, 'from the layers and the rank');
  const [scale = 0] = new Uint32Array(Float32Array.of(alpha / rank).buffer);
  return { values, rank, scale, places };
}

/** In f32 adapters become part of the matrices. */
export function requireIntegers(lora: unknown): void {
  if (lora === undefined) return;
  throw coreError('CORE_BAD_ARGUMENT', '`lora` stands beside integers alone', {
    expected: 'an `arithmetic` of integers, or no `lora`',
    got: 'f32',
    hint: 'Make one model of base and adapters with `applyLora`.',
  });
}

/** Bytes behind a packed matrix: A in panels of 8 of its rows, B in panels of 8 outputs (`assembly/score/adapter.ts`). */
export function adapterBytes(inputs: number, outputs: number, rank: number): number {
  return 4 * (panels(rank) * inputs + panels(outputs) * rank);
}

/** Bytes of scratch: what 16 rows make of A, and of B. */
export function adapterScratch(outputs: number, rank: number): number {
  return 4 * 16 * (rank + outputs);
}

/** Packs the adapters of a matrix at `at`. Throws CORE_NOT_FINITE. */
export function placeAdapter(
  { arena, exports }: CoreInstance,
  { values, rank }: Adapters,
  { a, b }: AdapterPlace,
  inputs: number,
  outputs: number,
  at: Pointer,
): void {
  const given = copyFinite(arena, exports, 'lora.adapters', values.subarray(a, b + outputs * rank));
  exports.packColumnsSimd(given, inputs * 4, inputs, rank, at);
  exports.packColumnsSimd(given + (b - a) * 4, rank * 4, rank, outputs, at + panels(rank) * inputs * 4);
}
