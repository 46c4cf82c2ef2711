import { keptF64 } from '../vector/faint';
import { exp, log } from './exp-log';
import { CLASSES, LOSS, NEXT_TOKEN, ROWS, SQUARED_ERROR, TARGET_TYPE, word } from './program';
import { integerAt, realAt } from './value-at';

// Losses of the outputs f32[samples · rows][classes]; all in f64, classes in ascending order.
//   cross-entropy, z* = max_j z_j:  S = Σ_j e^(z_j − z*);  p_j = e^(z_j − z*) / S;  loss = ln S − (z_y − z*)  nat
//   squared error, targets f32 or byte · f32(1/255):  loss = Σ_j (z_j − t_j)² / classes
// The loss of each row is rounded to units of 2^-32, so sums do not depend on order or sharding. It is capped at 2^20, 2^52
// units, which is also the loss of a row whose outputs are not finite (it then counts as wrong).
//
// 4,096 capped rows would be 2^64, so units are summed in two parts, each u64: their low 32 bits, below 2^32 a row, and
// what is above, at most 2^20 a row. Rows of a call are counted in u32, so they are fewer than 2^32: low < 2^64,
// high < 2^52, right and near < 2^32, whatever outputs hold.

const UNIT: f64 = 4294967296.0;
const LOSS_CAP: f64 = 1048576.0;
const CAP_UNITS: u64 = 1 << 52;

/** Class that row r of the sample should have: its label, or for next tokens the token at r + 1. */
export function targetOf(program: usize, targets: usize, sample: u32, row: u32): u32 {
  let place = <usize>sample;
  if (word(program, LOSS) == NEXT_TOKEN) place = place * (word(program, ROWS) + 1) + row + 1;
  return integerAt(targets, place, word(program, TARGET_TYPE));
}

/** Largest of f32[n], or NaN when any is not finite. */
function largest(at: usize, n: u32): f64 {
  let best = <f64>load<f32>(at);
  let sound = best - best;
  for (let j: u32 = 1; j < n; ++j) {
    const z = <f64>load<f32>(at + ((<usize>j) << 2));
    sound += z - z;
    if (z > best) best = z;
  }
  return sound == 0 ? best : NaN;
}

/** A loss ≥ 0 in units, at most the cap. */
function unitsOf(loss: f64): u64 {
  return <u64>nearest(min(loss, LOSS_CAP) * UNIT);
}

/** How many classes come before the label: larger outputs, and of equal ones the lower classes. */
function rankOf(at: usize, classes: u32, label: u32): u32 {
  const own = load<f32>(at + ((<usize>label) << 2));
  let before: u32 = 0;
  for (let j: u32 = 0; j < classes; ++j) {
    const z = load<f32>(at + ((<usize>j) << 2));
    if (z > own || (z == own && j < label)) ++before;
  }
  return before;
}

function crossEntropy(at: usize, classes: u32, label: u32, top: f64): f64 {
  let sum: f64 = 0;
  for (let j: u32 = 0; j < classes; ++j) sum += exp(<f64>load<f32>(at + ((<usize>j) << 2)) - top);
  return log(sum) - (<f64>load<f32>(at + ((<usize>label) << 2)) - top);
}

/** z and t are finite f32, so a square is below 2^258, and a sum of 2^18 of them far inside f64. */
function squaredError(at: usize, classes: u32, targets: usize, first: usize, type: u32): f64 {
  let sum: f64 = 0;
  for (let j: u32 = 0; j < classes; ++j) {
    const e = <f64>load<f32>(at + ((<usize>j) << 2)) - <f64>realAt(targets, first + j, type);
    sum += e * e;
  }
  return sum / <f64>classes;
}

/** Loss in units of one row of outputs; where they are not finite, the cap. */
function unitsOfRow(program: usize, outputs: usize, targets: usize, sample: u32, row: u32, most: f64): u64 {
  if (most != most) return CAP_UNITS;
  const classes = word(program, CLASSES);
  if (word(program, LOSS) != SQUARED_ERROR) {
    return unitsOf(crossEntropy(outputs, classes, targetOf(program, targets, sample, row), most));
  }
  return unitsOf(squaredError(outputs, classes, targets, <usize>sample * classes, word(program, TARGET_TYPE)));
}

/** out u64[samples][rows]: the loss of each row of the samples at index, in units. */
export function lossOfRows(
  program: usize,
  outputs: usize,
  targets: usize,
  index: usize,
  samples: u32,
  out: usize,
): void {
  const rows = word(program, ROWS);
  const step = (<usize>word(program, CLASSES)) << 2;
  for (let i: u32 = 0; i < samples; ++i) {
    const sample = load<u32>(index + ((<usize>i) << 2));
    for (let r: u32 = 0; r < rows; ++r) {
      const most = largest(outputs, word(program, CLASSES));
      store<u64>(out, unitsOfRow(program, outputs, targets, sample, r, most));
      outputs += step;
      out += 8;
    }
  }
}

/**
 * Of the samples at index, fewer than 2^32 rows: score = u64 low | u64 high | u32 right | u32 near. Their loss is
 * high · 2^32 + low units; `right` rows are right, `near` are within the first `top`.
 */
export function totalLoss(
  program: usize,
  outputs: usize,
  targets: usize,
  index: usize,
  samples: u32,
  top: u32,
  score: usize,
): void {
  const classes = word(program, CLASSES);
  const rows = word(program, ROWS);
  const hasClasses = word(program, LOSS) != SQUARED_ERROR;
  let low: u64 = 0;
  let high: u64 = 0;
  let right: u32 = 0;
  let near: u32 = 0;
  for (let i: u32 = 0; i < samples; ++i) {
    const sample = load<u32>(index + ((<usize>i) << 2));
    for (let r: u32 = 0; r < rows; ++r) {
      const most = largest(outputs, classes);
      const units = unitsOfRow(program, outputs, targets, sample, r, most);
      if (hasClasses && most == most) {
        const rank = rankOf(outputs, classes, targetOf(program, targets, sample, r));
        if (rank == 0) ++right;
        if (rank < top) ++near;
      }
      low += units & 0xffffffff;
      high += units >> 32;
      outputs += (<usize>classes) << 2;
    }
  }
  store<u64>(score, low);
  store<u64>(score, high, 8);
  store<u32>(score, right, 16);
  store<u32>(score, near, 20);
}

/** out f32[rows][classes] = p; returns 1 when some outputs are not finite. */
export function probabilities(outputs: usize, rows: u32, classes: u32, out: usize): u32 {
  for (let i: u32 = 0; i < rows; ++i) {
    const top = largest(outputs, classes);
    if (top != top) return 1;
    let sum: f64 = 0;
    for (let j: u32 = 0; j < classes; ++j) sum += exp(<f64>load<f32>(outputs + ((<usize>j) << 2)) - top);
    for (let j: u32 = 0; j < classes; ++j) {
      store<f32>(out, <f32>keptF64(exp(<f64>load<f32>(outputs + ((<usize>j) << 2)) - top) / sum));
      out += 4;
    }
    outputs += (<usize>classes) << 2;
  }
  return 0;
}

/**
 * delta = the gradient of the batch's mean loss a row: (p_j − [j = y]) / rows, or 2 (z_j − t_j) / (classes · rows).
 * What is below the floor is 0. Returns 1 when some outputs are not finite: training has diverged.
 */
export function lossGradient(
  program: usize,
  outputs: usize,
  targets: usize,
  index: usize,
  samples: u32,
  delta: usize,
): u32 {
  const classes = word(program, CLASSES);
  const rows = word(program, ROWS);
  const squared = word(program, LOSS) == SQUARED_ERROR;
  const type = word(program, TARGET_TYPE);
  const share = 1.0 / <f64>(samples * rows);
  for (let i: u32 = 0; i < samples; ++i) {
    const sample = load<u32>(index + ((<usize>i) << 2));
    for (let r: u32 = 0; r < rows; ++r) {
      const top = largest(outputs, classes);
      if (top != top) return 1;
      if (squared) {
        const first = <usize>sample * classes;
        const scale = 2.0 / <f64>classes;
        for (let j: u32 = 0; j < classes; ++j) {
          const o = (<usize>j) << 2;
          const e = <f64>load<f32>(outputs + o) - <f64>realAt(targets, first + j, type);
          store<f32>(delta + o, <f32>keptF64(e * scale * share));
        }
      } else {
        const label = targetOf(program, targets, sample, r);
        let sum: f64 = 0;
        for (let j: u32 = 0; j < classes; ++j) sum += exp(<f64>load<f32>(outputs + ((<usize>j) << 2)) - top);
        for (let j: u32 = 0; j < classes; ++j) {
          const o = (<usize>j) << 2;
          const p = exp(<f64>load<f32>(outputs + o) - top) / sum;
          store<f32>(delta + o, <f32>keptF64((p - (j == label ? 1.0 : 0.0)) * share));
        }
      }
      outputs += (<usize>classes) << 2;
      delta += (<usize>classes) << 2;
    }
  }
  return 0;
}
