import type { CoreExports } from '../exports.ts';
import type { RowProducts } from './row-products.ts';
import { lowerQuantile } from './quantile.ts';

// What of each update is used, judged and paid, as numbers:
//   used_i   = scale_i · u_i − excess_i · descent
//   judged_i = used_i less the public directions
//   paid_i   = judged_i less its component along the descent
// The directions are orthonormal, so lengths and slopes of all of them follow from inner products of the updates with the
// directions (`RowProducts.others`: those of the basis, then of the descent where there is one) and with a gradient.

/** Updates fainter than this part of the median length are left out; so are judged parts from their median. */
const FAINT = 0.1;

export interface Step {
  /** False: too faint, and left out. */
  live: boolean;
  scale: number;
  excess: number;
  /** Component of the judged part along the descent. */
  ahead: number;
}

export interface Lengths {
  /** ν: the lower median, by seats, of the positive lengths; 0 where there is none. */
  median: number;
  live: boolean[];
  /** Of each update, so that all live ones have length ν. */
  scales: number[];
  /** Upper quartile of the positive lengths over ν. */
  spread: number;
}

/** Equal steps: boosting does nothing. */
export function equalSteps(exports: CoreExports, squares: readonly number[], seats: readonly number[]): Lengths {
  const lengths = squares.map((square) => exports.squareRoot(square));
  const positive = lengths.flatMap((length, i) => (length > 0 ? [i] : []));
  const of = (part: number) => quantileOf(positive, lengths, seats, part);
  const median = positive.length > 0 ? of(0.5) : 0;
  const live = lengths.map((length) => median > 0 && length >= FAINT * median);
  return {
    median,
    live,
    scales: lengths.map((length, i) => (live[i] ? median / length : 0)),
    spread: median > 0 ? of(0.75) / median : 0,
  };
}

/** Novelty: public parts cut off, or opened data followed further than the median update does, gain nothing. */
export function novelSteps(
  exports: CoreExports,
  { median, live, scales, spread }: Lengths,
  products: readonly RowProducts[],
  basis: number,
  seats: readonly number[],
): { steps: Step[]; spread: number } {
  const sizes = products.map(({ square, others }, i) => {
    const known = others.slice(0, basis).reduce((sum, along) => sum + along * along, 0);
    // Rounding may carry what is wholly public below 0.
    return scales[i]! * exports.squareRoot(Math.max(0, square - known));
  });
  const fresh = sizes.flatMap((size, i) => (live[i] && size >= FAINT * median ? [i] : []));
  const middle = fresh.length > 0 ? quantileOf(fresh, sizes, seats, 0.5) : 0;
  const steps = products.map(({ others }, i): Step => {
    const scale = scales[i]! * (middle > 0 && sizes[i]! > middle ? middle / sizes[i]! : 1);
    return { live: live[i]!, scale, excess: 0, ahead: scale * (others[basis] ?? 0) };
  });
  const aheads = steps.map(({ ahead }) => ahead);
  const ahead = steps.flatMap((step, i) => (step.live && step.ahead > 0 ? [i] : []));
  const most = ahead.length > 0 ? quantileOf(ahead, aheads, seats, 0.5) : 0;
  for (const i of ahead) steps[i]!.excess = Math.max(0, aheads[i]! - most);
  const wide = fresh.length > 0 ? quantileOf(fresh, sizes, seats, 0.75) / middle : 0;
  return { steps, spread: Math.max(spread, wide) };
}

export interface Slopes {
  /** ⟨judged, gradient⟩ of each update. */
  judged: number[];
  /** ⟨paid, gradient⟩. */
  paid: number[];
}

/** updates: inner products of the updates with a gradient; directions: of the basis, then of the descent, with it. */
export function slopesOf(
  steps: readonly Step[],
  products: readonly RowProducts[],
  basis: number,
  updates: readonly number[],
  directions: readonly number[],
): Slopes {
  const fall = directions[basis] ?? 0;
  const fresh = steps.map(({ scale }, i) => {
    const along = products[i]!.others.slice(0, basis);
    return scale * (updates[i]! - along.reduce((sum, part, j) => sum + part * directions[j]!, 0));
  });
  return {
    judged: fresh.map((slope, i) => slope - steps[i]!.excess * fall),
    paid: fresh.map((slope, i) => slope - steps[i]!.ahead * fall),
  };
}

function quantileOf(of: readonly number[], values: readonly number[], seats: readonly number[], part: number): number {
  return lowerQuantile(
    of.map((i) => values[i]!),
    of.map((i) => seats[i]!),
    part,
  );
}
