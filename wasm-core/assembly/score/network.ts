import { addSimd } from '../vector/elementwise-f32-simd';
import { keptF64 } from '../vector/faint';
import { activationSimd } from './activation-f32-simd';
import { attend } from './attention';
import { scaleShiftSimd } from './bias-f32-simd';
import { convolve } from './convolution';
import { dense } from './dense';
import { denseInt } from './dense-int';
import { embed } from './embedding';
import { embedInt } from './embedding-int';
import { encoderAttend } from './encoder-attention';
import { features } from './features';
import { gate } from './glu';
import { normaliseHeads } from './head-norm';
import { lossOfRows, probabilities, totalLoss } from './loss';
import { normaliseRowsSimd } from './norm-f32-simd';
import { averagePool, maxPool } from './pool';
import { normaliseLength, poolText } from './pooling';
import {
  ADD,
  ATTENTION,
  AVERAGE_POOL,
  BATCH_NORM,
  CLASSES,
  CONV,
  DENSE,
  DENSE_INT,
  dimension,
  EMBED,
  EMBED_INT,
  ENCODER_ATTENTION,
  FEATURES,
  flagsOf,
  GLU,
  HAS_BIAS,
  HEAD_NORM,
  L2_NORM,
  LAYER_NORM,
  MAX_POOL,
  opOf,
  operationAt,
  OPERATIONS,
  OUTPUT,
  POOLING,
  POSITIONS,
  RMS_NORM,
  ROTARY,
  ROWS,
  SCRATCH,
  SOFTMAX,
  word,
} from './program';
import { rotate } from './rotary';
import { softmaxRowSimd } from './softmax-f32-simd';

/**
 * Runs the program over the samples at index (u32); returns the outputs f32[samples · rows][classes]. Parameters and inputs
 * are above the floor or 0 (vector/faint.ts), and so is what each operation writes.
 */
export function forward(
  program: usize,
  parameters: usize,
  inputs: usize,
  index: usize,
  samples: u32,
  workspace: usize,
): usize {
  const scratch = workspace + word(program, SCRATCH);
  for (let l: u32 = 0; l < word(program, OPERATIONS); ++l) {
    runOperation(operationAt(program, l), parameters, inputs, index, samples, workspace, scratch);
  }
  return workspace + word(program, OUTPUT);
}

export function runOperation(
  record: usize,
  parameters: usize,
  inputs: usize,
  index: usize,
  samples: u32,
  workspace: usize,
  scratch: usize,
): void {
  const op = opOf(record);
  const from = workspace + word(record, 1);
  const out = workspace + word(record, 2);
  const own = parameters + ((<usize>word(record, 3)) << 2);
  const size = word(record, 5);
  if (op == FEATURES) {
    features(dimension(record, 0), inputs, size, index, samples, out);
  } else if (op == EMBED) {
    embed(record, inputs, index, samples, own, out);
  } else if (op == POSITIONS) {
    for (let s: u32 = 0; s < samples; ++s) {
      const at = (<usize>s * size) << 2;
      addSimd(from + at, own, out + at, size);
    }
  } else if (op == DENSE) {
    const inputsWidth = dimension(record, 1);
    const outputsWidth = dimension(record, 2);
    const rows = samples * dimension(record, 0);
    dense(from, out, rows, inputsWidth, outputsWidth, own, flagsOf(record) & HAS_BIAS, scratch);
  } else if (op == DENSE_INT) {
    denseInt(record, from, out, samples, own, scratch);
  } else if (op == EMBED_INT) {
    embedInt(record, inputs, index, samples, own, out);
  } else if (op == CONV) {
    convolve(record, from, out, samples, own, scratch);
  } else if (op == MAX_POOL) {
    maxPool(record, from, out, samples);
  } else if (op == AVERAGE_POOL) {
    averagePool(record, from, out, samples);
  } else if (op == BATCH_NORM) {
    batchNorm(record, from, out, samples, own);
  } else if (op == LAYER_NORM || op == RMS_NORM) {
    const rows = samples * dimension(record, 0);
    const width = dimension(record, 1);
    const epsilon = <f64>reinterpret<f32>(dimension(record, 2));
    const bias = op == LAYER_NORM ? own + ((<usize>width) << 2) : 0;
    normaliseRowsSimd(from, out, rows, width, op == LAYER_NORM ? 1 : 0, epsilon, own, bias);
  } else if (op == HEAD_NORM) {
    normaliseHeads(record, from, out, samples, own);
  } else if (op == ROTARY) {
    rotate(record, from, out, samples, 1, scratch);
  } else if (op == ATTENTION) {
    attend(record, from, out, samples, scratch);
  } else if (op == ENCODER_ATTENTION) {
    encoderAttend(record, inputs, index, from, out, samples, scratch);
  } else if (op == POOLING) {
    poolText(record, inputs, index, from, out, samples);
  } else if (op == L2_NORM) {
    normaliseLength(from, out, samples * dimension(record, 0), dimension(record, 1));
  } else if (op == GLU) {
    gate(record, from, out, samples);
  } else if (op == SOFTMAX) {
    const width = dimension(record, 1);
    for (let r: u32 = 0; r < samples * dimension(record, 0); ++r) {
      const at = (<usize>r * width) << 2;
      softmaxRowSimd(from + at, out + at, width, 1);
    }
  } else if (op == ADD) {
    addSimd(from, workspace + word(record, 7), out, samples * size);
  } else {
    activationSimd(op, from, out, samples * size);
  }
}

/** Scale of a channel's values: weight / √(variance + ε). */
export function batchScale(record: usize, own: usize, channel: u32): f64 {
  const channels = dimension(record, 0);
  const at = own + ((<usize>channel) << 2);
  const variance = <f64>load<f32>(at + ((<usize>channels * 3) << 2));
  return <f64>load<f32>(at) / sqrt(variance + <f64>reinterpret<f32>(dimension(record, 2)));
}

/**
 * Batch norm with frozen statistics (Ioffe and Szegedy, 2015): y = x · scale + (bias − mean · scale).
 * dimensions: channels, values a channel, ε.  parameters: weight, bias, running mean, running variance, f32[channels] each
 */
function batchNorm(record: usize, from: usize, out: usize, samples: u32, own: usize): void {
  const channels = dimension(record, 0);
  const values = dimension(record, 1);
  const step = (<usize>values) << 2;
  for (let s: u32 = 0; s < samples; ++s) {
    for (let c: u32 = 0; c < channels; ++c) {
      const at = own + ((<usize>c) << 2);
      const scale = batchScale(record, own, c);
      const bias = <f64>load<f32>(at + ((<usize>channels) << 2));
      const mean = <f64>load<f32>(at + ((<usize>channels * 2) << 2));
      scaleShiftSimd(from, out, values, <f32>keptF64(scale), <f32>keptF64(bias - mean * scale));
      from += step;
      out += step;
    }
  }
}

/**
 * What `totalLoss` finds of the samples at index, at score. targets: labels, one real target an output, or the tokens
 * themselves.
 */
export function evaluate(
  program: usize,
  parameters: usize,
  inputs: usize,
  targets: usize,
  index: usize,
  samples: u32,
  top: u32,
  score: usize,
  workspace: usize,
): void {
  const outputs = forward(program, parameters, inputs, index, samples, workspace);
  totalLoss(program, outputs, targets, index, samples, top, score);
}

/** out u64[samples · rows]: the loss of each row of the samples at index (`lossOfRows`). targets: as in `evaluate`. */
export function rowLosses(
  program: usize,
  parameters: usize,
  inputs: usize,
  targets: usize,
  index: usize,
  samples: u32,
  out: usize,
  workspace: usize,
): void {
  const outputs = forward(program, parameters, inputs, index, samples, workspace);
  lossOfRows(program, outputs, targets, index, samples, out);
}

/** out f32[samples · rows][classes]: probabilities, or the raw outputs; returns 1 when outputs are not finite. */
export function predict(
  program: usize,
  parameters: usize,
  inputs: usize,
  index: usize,
  samples: u32,
  raw: u32,
  out: usize,
  workspace: usize,
): u32 {
  const outputs = forward(program, parameters, inputs, index, samples, workspace);
  const rows = samples * word(program, ROWS);
  if (!raw) return probabilities(outputs, rows, word(program, CLASSES), out);
  memory.copy(out, outputs, (<usize>rows * word(program, CLASSES)) << 2);
  return 0;
}
