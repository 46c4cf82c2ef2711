import type { Pointer } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { zeros, type Need, type Rows } from './rows.ts';
import { SegmentTotals } from './segment-totals.ts';
import type { TileReader } from './tiles.ts';

/**
 * Rows with larger exponents are scaled by a power of two first. The rest have values below 2^49, and an f32 sum of a block
 * has 256 products: below 2^106, where f32 ends at 2^128. None is lost below, as values are 0 or at least 2^-51
 * (assembly/vector/faint.ts). Totals are f64: below 2^284 with every scale undone (2^28 columns, values below 2^128), where
 * f64 ends at 2^1024.
 */
const SAFE_EXPONENT = 48;

/** The updates as they come, measured as far as is needed: at most three passes over them. */
export function measure(instance: CoreInstance, need: Need, reader: TileReader): Rows {
  const { arena } = instance;
  const { n } = reader.source;
  const gram = zeros(instance, n * n);
  const distances = zeros(instance, n * n);
  if (need !== 'nothing') arena.scope(() => fillGram(instance, need, reader, gram));
  if (need === 'distances') arena.scope(() => fillDistances(instance, reader, gram, distances));
  return { count: n, weights: undefined, gram, distances };
}

function fillGram(instance: CoreInstance, need: Need, reader: TileReader, gram: Pointer): void {
  const { arena, exports } = instance;
  const { n } = reader.source;
  const all = Array.from({ length: n }, (_, row) => row);
  const kernel = need === 'norms' ? 'squaredNormsSimd' : 'gramSimd';
  const totals = new SegmentTotals(instance, reader, n * n, gram);
  const largest = new Array<number>(n).fill(0);
  const pass = (scales?: number[]): void => {
    arena.f64(gram, n * n).fill(0);
    reader.pass(
      all,
      (tile) => {
        tile.magnitudes().forEach((magnitude, row) => (largest[row] = Math.max(largest[row]!, magnitude)));
        totals.add(tile, (from, to, partial) => [kernel, tile.rows, n, from, to, partial]);
      },
      scales,
    );
  };
  pass();
  const exponents = largest
    .map((bits) => (bits >>> 23) - 127)
    .map((exponent) => (exponent > SAFE_EXPONENT ? exponent : 0));
  if (exponents.every((exponent) => exponent === 0)) return;
  pass(exponents.map((exponent) => 2 ** -exponent));
  exports.rescaleGram(gram, arena.copyIn(Float64Array.from(exponents, (exponent) => 2 ** exponent)), n);
}

function fillDistances(instance: CoreInstance, reader: TileReader, gram: Pointer, distances: Pointer): void {
  const { arena, exports } = instance;
  const { n } = reader.source;
  const pairs = arena.allocate(n * n * 4);
  const count = exports.distancesFromGram(gram, n, distances, pairs);
  if (count === 0) return;
  // Only the rows of close pairs are read again, under their places among those.
  const table = arena.u32(pairs, count * 2).slice();
  const wanted = [...new Set(table)].sort((a, b) => a - b);
  const places = arena.copyIn(table.map((row) => wanted.indexOf(row)));
  const sums = zeros(instance, count);
  const totals = new SegmentTotals(instance, reader, count, sums);
  reader.pass(wanted, (tile) =>
    totals.add(tile, (from, to, partial) => ['squaredDistancesSimd', tile.rows, places, count, from, to, partial]),
  );
  exports.correctDistances(distances, n, pairs, count, sums);
}
