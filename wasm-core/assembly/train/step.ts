import { matmulSimd } from '../score/matmul-f32-simd';
import {
  activationBytes,
  DENSE,
  forward,
  inputsOf,
  kindOf,
  LAYER_BYTES,
  outputsOf,
  packBytes,
  parametersOf,
} from '../score/network';
import { packSampleColumnsSimd, packSampleRowsSimd } from '../score/pack-bytes-simd';
import { packColumns, packRowsSimd } from '../score/pack-f32-simd';
import { softmaxGradient } from '../score/softmax';
import { reluBackwardSimd, rowSumsSimd } from './backward-f32-simd';
import { sgdSimd } from './sgd-f32-simd';

// One minibatch: forward, backward, update. Gradients of the batch's mean loss.
//   Z = W X + b   ⇒   ∂W = δ Xᵀ,  ∂b = Σ δ,  ∂X = Wᵀ δ        X, Z, δ: f32[features][ld], one column a sample
// workspace: packed samples | pack | activations | two deltas

/** Largest packed operand of the backward pass: Xᵀ in panels of 8 features, or δ in panels of 8 samples. */
function backwardPackBytes(layers: usize, count: u32, ld: f64): f64 {
  let most: f64 = 0;
  for (let l: u32 = 0; l < count; ++l) {
    const layer = layers + <usize>l * LAYER_BYTES;
    most = max(most, ceil(<f64>inputsOf(layer) / 8) * 32 * ld);
    most = max(most, <f64>outputsOf(layer) * 4 * ld);
  }
  return max(most, packBytes(layers, count, ld));
}

function widest(layers: usize, count: u32): f64 {
  let most: f64 = 0;
  for (let l: u32 = 0; l < count; ++l) most = max(most, <f64>outputsOf(layers + <usize>l * LAYER_BYTES));
  return most;
}

export function trainWorkspace(layers: usize, count: u32, batch: f64): f64 {
  const ld = ceil(batch / 8) * 8;
  return (
    <f64>inputsOf(layers) * ld * 4 +
    backwardPackBytes(layers, count, ld) +
    activationBytes(layers, count, ld) +
    widest(layers, count) * ld * 8 +
    64
  );
}

/** One step over the `batch` samples at index (u32). Returns 1 when the logits are not finite; nothing is updated then. */
export function trainStep(
  layers: usize,
  count: u32,
  parameters: usize,
  velocity: usize,
  gradient: usize,
  total: u32,
  inputs: usize,
  labels: usize,
  index: usize,
  batch: u32,
  rate: f32,
  momentum: f32,
  workspace: usize,
): u32 {
  const ld = (batch + 7) & ~7;
  const rowBytes = (<usize>ld) << 2;
  const features = inputsOf(layers);
  const packed = workspace;
  const pack = packed + <usize>features * rowBytes;
  const activations = pack + <usize>backwardPackBytes(layers, count, <f64>ld);
  const deltas = activations + <usize>activationBytes(layers, count, <f64>ld);
  let delta = deltas;
  let other = deltas + <usize>widest(layers, count) * rowBytes;

  packSampleColumnsSimd(inputs, features, index, batch, packed);
  let output = forward(layers, count, parameters, packed, ld, activations, pack);
  const classes = outputsOf(layers + <usize>(count - 1) * LAYER_BYTES);
  if (softmaxGradient(output, classes, ld, labels, index, batch, delta)) return 1;

  let offset = (<usize>total) << 2;
  for (let l = count; l > 0; --l) {
    const layer = layers + <usize>(l - 1) * LAYER_BYTES;
    const ins = inputsOf(layer);
    const outs = outputsOf(layer);
    if (kindOf(layer) != DENSE) {
      reluBackwardSimd(delta, output, outs * ld);
      continue;
    }
    offset -= parametersOf(layer) << 2;
    const weightGradient = gradient + offset;
    const biasGradient = weightGradient + ((<usize>ins * outs) << 2);
    const first = l == 1;
    const before = output - <usize>ins * rowBytes;
    if (first) packSampleRowsSimd(inputs, features, index, batch, pack);
    else packColumns(before, rowBytes, batch, ins, pack);
    matmulSimd(delta, rowBytes, 4, pack, weightGradient, (<usize>ins) << 2, outs, batch, ins);
    rowSumsSimd(delta, outs, ld, biasGradient);
    if (!first) {
      packRowsSimd(delta, rowBytes, outs, ld, pack);
      matmulSimd(parameters + offset, 4, (<usize>ins) << 2, pack, other, rowBytes, ins, outs, ld);
      const held = delta;
      delta = other;
      other = held;
      output = before;
    }
  }
  sgdSimd(parameters, velocity, gradient, total, rate, momentum);
  return 0;
}
