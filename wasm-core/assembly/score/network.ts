import { addBiasSimd, reluSimd } from './bias-relu-f32-simd';
import { matmulSimd } from './matmul-f32-simd';
import { packSampleColumnsSimd } from './pack-bytes-simd';
import { packRowsSimd } from './pack-f32-simd';
import { softmaxLoss, softmaxProbabilities } from './softmax';

// A network is a table u32[layers][3]: kind (0 dense, 1 ReLU), inputs, outputs. The host has checked that it starts with
// a dense layer and that shapes chain. Parameters f32, per dense layer: weight[outputs][inputs], bias[outputs].
// Activations are f32[features][ld], ld = the chunk's samples rounded up to 8, so that samples fill the vector lanes
// and weights are read in place, without packing. ReLU works in place on the dense output before it.

export const DENSE: u32 = 0;
export const LAYER_BYTES: usize = 12;

export function kindOf(layer: usize): u32 {
  return load<u32>(layer);
}

export function inputsOf(layer: usize): u32 {
  return load<u32>(layer, 4);
}

export function outputsOf(layer: usize): u32 {
  return load<u32>(layer, 8);
}

export function parametersOf(layer: usize): usize {
  return <usize>(inputsOf(layer) + 1) * outputsOf(layer);
}

/** Bytes of all dense outputs for ld samples. */
export function activationBytes(layers: usize, count: u32, ld: f64): f64 {
  let total: f64 = 0;
  for (let l: u32 = 0; l < count; ++l) {
    const layer = layers + <usize>l * LAYER_BYTES;
    if (kindOf(layer) == DENSE) total += <f64>outputsOf(layer) * ld * 4;
  }
  return total;
}

/** Bytes of the largest packed operand of a forward pass, without the first layer's. */
export function packBytes(layers: usize, count: u32, ld: f64): f64 {
  let most: f64 = 0;
  for (let l: u32 = 1; l < count; ++l) {
    const layer = layers + <usize>l * LAYER_BYTES;
    if (kindOf(layer) == DENSE) most = max(most, <f64>inputsOf(layer) * ld * 4);
  }
  return most;
}

/** Runs all layers; `packed` holds the first layer's samples; returns the logits, f32[classes][ld]. */
export function forward(
  layers: usize,
  count: u32,
  parameters: usize,
  packed: usize,
  ld: u32,
  activations: usize,
  pack: usize,
): usize {
  const rowBytes = (<usize>ld) << 2;
  let current: usize = 0;
  let next = activations;
  let operand = packed;
  for (let l: u32 = 0; l < count; ++l) {
    const layer = layers + <usize>l * LAYER_BYTES;
    const inputs = inputsOf(layer);
    const outputs = outputsOf(layer);
    if (kindOf(layer) == DENSE) {
      if (current) {
        packRowsSimd(current, rowBytes, inputs, ld, pack);
        operand = pack;
      }
      matmulSimd(parameters, (<usize>inputs) << 2, 4, operand, next, rowBytes, outputs, inputs, ld);
      addBiasSimd(next, parameters + ((<usize>inputs * outputs) << 2), outputs, ld);
      parameters += parametersOf(layer) << 2;
      current = next;
      next += <usize>outputs * rowBytes;
    } else {
      reluSimd(current, outputs * ld);
    }
  }
  return current;
}

/** Workspace of evaluate and predict for `samples` samples: index, packed samples, pack, activations. */
export function forwardWorkspace(layers: usize, count: u32, samples: f64): f64 {
  const ld = ceil(samples / 8) * 8;
  return (
    4 * samples +
    <f64>inputsOf(layers) * ld * 4 +
    packBytes(layers, count, ld) +
    activationBytes(layers, count, ld) +
    64
  );
}

function run(layers: usize, count: u32, parameters: usize, inputs: usize, samples: u32, workspace: usize): usize {
  const ld = (samples + 7) & ~7;
  const features = inputsOf(layers);
  const packed = workspace + ((<usize>samples) << 2);
  const pack = packed + ((<usize>features * ld) << 2);
  for (let i: u32 = 0; i < samples; ++i) store<u32>(workspace + ((<usize>i) << 2), i);
  packSampleColumnsSimd(inputs, features, workspace, samples, packed);
  return forward(layers, count, parameters, packed, ld, pack + <usize>packBytes(layers, count, <f64>ld), pack);
}

/** Loss in units of 2^-32 nat; correct predictions at `correct` (u32). inputs u8[samples][features], labels u8. */
export function evaluate(
  layers: usize,
  count: u32,
  parameters: usize,
  inputs: usize,
  labels: usize,
  samples: u32,
  correct: usize,
  workspace: usize,
): i64 {
  const logits = run(layers, count, parameters, inputs, samples, workspace);
  const classes = outputsOf(layers + <usize>(count - 1) * LAYER_BYTES);
  return softmaxLoss(logits, classes, (samples + 7) & ~7, labels, samples, correct);
}

/** out f32[samples][classes]; returns 1 when logits are not finite. */
export function predict(
  layers: usize,
  count: u32,
  parameters: usize,
  inputs: usize,
  samples: u32,
  out: usize,
  workspace: usize,
): u32 {
  const logits = run(layers, count, parameters, inputs, samples, workspace);
  const classes = outputsOf(layers + <usize>(count - 1) * LAYER_BYTES);
  return softmaxProbabilities(logits, classes, (samples + 7) & ~7, samples, out);
}
