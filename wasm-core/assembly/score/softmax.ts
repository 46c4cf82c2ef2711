import { exp, log } from './exp-log';

// Softmax cross-entropy over logits f32[classes][ld], one sample a column; all in f64, classes in ascending order:
//   z* = max_j z_j;  S = Σ_j e^(z_j − z*);  p_j = e^(z_j − z*) / S;  loss = ln S − (z_y − z*)  nat
// A sample's loss is rounded to i64 units of 2^-32 nat, so sums do not depend on order or sharding. It is capped at
// 2^20 nat, which is also the loss of a sample whose logits are not finite (it then counts as wrong).

const UNIT: f64 = 4294967296.0;
const LOSS_CAP: f64 = 1048576.0;
const CAP_UNITS: i64 = 1 << 52;

/** Largest logit of column `at`, or NaN when any is not finite. */
function largest(at: usize, classes: u32, stride: usize): f64 {
  let best = <f64>load<f32>(at);
  let sound = best - best;
  for (let j: u32 = 1; j < classes; ++j) {
    const z = <f64>load<f32>(at + <usize>j * stride);
    sound += z - z;
    if (z > best) best = z;
  }
  return sound == 0 ? best : NaN;
}

/** Fixed-point loss of the `count` samples; their correct predictions (ties go to the lowest class) at `correct` u32. */
export function softmaxLoss(logits: usize, classes: u32, ld: u32, labels: usize, count: u32, correct: usize): i64 {
  const stride = (<usize>ld) << 2;
  let total: i64 = 0;
  let right: u32 = 0;
  for (let i: u32 = 0; i < count; ++i) {
    const at = logits + ((<usize>i) << 2);
    const label = <u32>load<u8>(labels + i);
    const top = largest(at, classes, stride);
    if (top != top) {
      total += CAP_UNITS;
      continue;
    }
    let sum: f64 = 0;
    let first: u32 = classes;
    for (let j: u32 = 0; j < classes; ++j) {
      const z = <f64>load<f32>(at + <usize>j * stride);
      sum += exp(z - top);
      if (first == classes && z == top) first = j;
    }
    if (first == label) ++right;
    const loss = log(sum) - (<f64>load<f32>(at + <usize>label * stride) - top);
    total += <i64>nearest(min(loss, LOSS_CAP) * UNIT);
  }
  store<u32>(correct, right);
  return total;
}

/** out f32[count][classes] = p; returns 1 when some logits are not finite. */
export function softmaxProbabilities(logits: usize, classes: u32, ld: u32, count: u32, out: usize): u32 {
  const stride = (<usize>ld) << 2;
  for (let i: u32 = 0; i < count; ++i) {
    const at = logits + ((<usize>i) << 2);
    const top = largest(at, classes, stride);
    if (top != top) return 1;
    let sum: f64 = 0;
    for (let j: u32 = 0; j < classes; ++j) sum += exp(<f64>load<f32>(at + <usize>j * stride) - top);
    for (let j: u32 = 0; j < classes; ++j) {
      store<f32>(out, <f32>(exp(<f64>load<f32>(at + <usize>j * stride) - top) / sum));
      out += 4;
    }
  }
  return 0;
}

/**
 * delta f32[classes][ld] = (p_j − [j = y]) / count; columns past count are zero. index u32[count] picks the labels.
 * Returns 1 when some logits are not finite: training has diverged.
 */
export function softmaxGradient(
  logits: usize,
  classes: u32,
  ld: u32,
  labels: usize,
  index: usize,
  count: u32,
  delta: usize,
): u32 {
  const stride = (<usize>ld) << 2;
  const share = 1.0 / <f64>count;
  for (let i: u32 = 0; i < count; ++i) {
    const at = logits + ((<usize>i) << 2);
    const to = delta + ((<usize>i) << 2);
    const label = <u32>load<u8>(labels + load<u32>(index + ((<usize>i) << 2)));
    const top = largest(at, classes, stride);
    if (top != top) return 1;
    let sum: f64 = 0;
    for (let j: u32 = 0; j < classes; ++j) sum += exp(<f64>load<f32>(at + <usize>j * stride) - top);
    for (let j: u32 = 0; j < classes; ++j) {
      const p = exp(<f64>load<f32>(at + <usize>j * stride) - top) / sum;
      store<f32>(to + <usize>j * stride, <f32>((p - (j == label ? 1.0 : 0.0)) * share));
    }
  }
  for (let j: u32 = 0; j < classes; ++j) {
    const row = delta + <usize>j * stride;
    for (let i = count; i < ld; ++i) store<f32>(row + ((<usize>i) << 2), 0);
  }
  return 0;
}
