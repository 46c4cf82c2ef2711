import { cell } from './gram-f32-simd';
import { fillOrder } from './neighbours';

// MDA, minimum-diameter averaging: El Mhamdi, Guerraoui, Guirguis, Rouault, "SGD: Decentralized Byzantine Resilience",
// 2019 (after Rousseeuw's minimum-volume estimators, 1985).
//   the mean of the n − f rows whose two farthest are nearest to each other
// Tolerates f < n / 2. Exact search takes up to C(n, f) subsets, so:
//   exact: at most 100,000 subsets; branch and bound over ascending rows, the first of equal subsets in lexical order.
//   else: of the n sets "row i and its n − f − 1 nearest" the one of least diameter, ties to the lower i. Its diameter is
//     at most twice the least (the best set lies within its diameter around each of its rows), so the rule keeps its
//     guarantee with twice the constant, in O(n · (n − f)²).

const EXACT: f64 = 100000;

/** 1 when the exact search is within its bound. */
export function minimumDiameterIsExact(n: u32, byzantine: u32): u32 {
  let subsets: f64 = 1;
  for (let k: u32 = 1; k <= byzantine; ++k) {
    subsets = (subsets * <f64>(n - byzantine + k)) / <f64>k;
    if (subsets > EXACT + 0.5) return 0;
  }
  return 1;
}

/** workspace: u32[n][n] order, u32[n] chosen, u32[n] best, f64[n] diameters. */
export function minimumDiameterWorkspace(n: f64): f64 {
  return 4 * n * n + 16 * n + 16;
}

/** shares f64[n]: 1/(n − f) for the rows of the set. */
export function minimumDiameter(distances: usize, n: u32, byzantine: u32, shares: usize, workspace: usize): void {
  const kept = n - byzantine;
  const diameters = workspace;
  const order = diameters + ((<usize>n) << 3);
  const chosen = order + ((<usize>n * n) << 2);
  const best = chosen + ((<usize>n) << 2);
  if (minimumDiameterIsExact(n, byzantine)) search(distances, n, kept, chosen, best, diameters);
  else nearestSet(distances, n, kept, order, best);
  memory.fill(shares, 0, (<usize>n) << 3);
  for (let k: u32 = 0; k < kept; ++k) {
    store<f64>(shares + ((<usize>load<u32>(best + ((<usize>k) << 2))) << 3), 1.0 / <f64>kept);
  }
}

function search(distances: usize, n: u32, kept: u32, chosen: usize, best: usize, diameters: usize): void {
  let least: f64 = Infinity;
  let found = false;
  let depth: u32 = 0;
  let next: u32 = 0;
  while (true) {
    // Row `next` at place `depth`: enough rows must be left behind it.
    if (next + (kept - depth) > n) {
      if (depth == 0) break;
      --depth;
      next = load<u32>(chosen + ((<usize>depth) << 2)) + 1;
      continue;
    }
    let diameter: f64 = depth ? load<f64>(diameters + ((<usize>(depth - 1)) << 3)) : 0;
    for (let k: u32 = 0; k < depth; ++k) {
      diameter = max(diameter, load<f64>(cell(distances, n, load<u32>(chosen + ((<usize>k) << 2)), next)));
    }
    if (found && diameter >= least) {
      ++next;
      continue;
    }
    store<u32>(chosen + ((<usize>depth) << 2), next);
    store<f64>(diameters + ((<usize>depth) << 3), diameter);
    ++next;
    if (depth + 1 < kept) {
      ++depth;
      continue;
    }
    found = true;
    least = diameter;
    memory.copy(best, chosen, (<usize>kept) << 2);
  }
}

function nearestSet(distances: usize, n: u32, kept: u32, order: usize, best: usize): void {
  let least: f64 = Infinity;
  fillOrder(distances, n, order);
  for (let i: u32 = 0; i < n; ++i) {
    const list = order + ((<usize>i * n) << 2);
    let diameter: f64 = 0;
    for (let a: u32 = 0; a < kept && diameter < least; ++a) {
      const row = load<u32>(list + ((<usize>a) << 2));
      for (let b: u32 = 0; b < a; ++b) {
        diameter = max(diameter, load<f64>(cell(distances, n, row, load<u32>(list + ((<usize>b) << 2)))));
      }
    }
    if (i == 0 || diameter < least) {
      least = diameter;
      memory.copy(best, list, (<usize>kept) << 2);
    }
  }
}
