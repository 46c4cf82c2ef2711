import { lossGradient } from '../score/loss';
import { forward } from '../score/network';
import {
  ADD,
  ADD_GRADIENT,
  ADD_PARAMETER_GRADIENT,
  ADD_SECOND_GRADIENT,
  ATTENTION,
  AVERAGE_POOL,
  BATCH_NORM,
  CONV,
  DENSE,
  dimension,
  EMBED,
  ENCODER_ATTENTION,
  FEATURES,
  flagsOf,
  GLU,
  GRADIENTS,
  HAS_BIAS,
  HEAD_NORM,
  L2_NORM,
  LAYER_NORM,
  MAX_POOL,
  NO_INPUT_GRADIENT,
  opOf,
  operationAt,
  OPERATIONS,
  OUTPUT,
  POOLING,
  POSITIONS,
  RMS_NORM,
  ROTARY,
  SCRATCH,
  SOFTMAX,
  word,
} from '../score/program';
import { rotate } from '../score/rotary';
import { addSimd } from '../vector/elementwise-f32-simd';
import { floorSimd } from '../vector/floor-f32-simd';
import { activationBackwardSimd } from './activation-backward-f32-simd';
import { attendBackward } from './attention-backward';
import { convolutionBackward } from './convolution-backward';
import { denseBackward } from './dense-backward';
import { embedBackward } from './embedding-backward';
import { encoderAttendBackward } from './encoder-attention-backward';
import { gateBackward } from './glu-backward';
import { batchNormBackward, headNormBackward, normBackward } from './norm-backward';
import { averagePoolBackward, maxPoolBackward } from './pool-backward';
import { normaliseLengthBackward, poolTextBackward } from './pooling-backward';
import { softmaxBackwardSimd } from './softmax-backward-f32-simd';
import { columnSumsSimd } from './sums-f32-simd';

/**
 * Gradient of the mean loss of the samples at index, f32 like the parameters. The program keeps every activation.
 * Returns 1 when the outputs are not finite; the gradient is then undefined.
 */
export function gradients(
  program: usize,
  parameters: usize,
  gradient: usize,
  inputs: usize,
  targets: usize,
  index: usize,
  samples: u32,
  workspace: usize,
): u32 {
  const outputs = forward(program, parameters, inputs, index, samples, workspace);
  const behind = <usize>word(program, GRADIENTS);
  const delta = workspace + word(program, OUTPUT) + behind;
  if (lossGradient(program, outputs, targets, index, samples, delta)) return 1;
  const scratch = workspace + word(program, SCRATCH);
  for (let l = word(program, OPERATIONS); l > 0; --l) {
    reverse(operationAt(program, l - 1), parameters, gradient, inputs, index, samples, workspace, scratch, behind);
  }
  return 0;
}

function reverse(
  record: usize,
  parameters: usize,
  gradient: usize,
  inputs: usize,
  index: usize,
  samples: u32,
  workspace: usize,
  scratch: usize,
  behind: usize,
): void {
  const op = opOf(record);
  const flags = flagsOf(record);
  const from = workspace + word(record, 1);
  const delta = workspace + word(record, 2) + behind;
  const place = (<usize>word(record, 3)) << 2;
  const own = parameters + place;
  const slope = gradient + place;
  const total = samples * word(record, 4);
  if (op == FEATURES) return;
  if (op == EMBED) {
    embedBackward(record, inputs, index, samples, delta, slope);
    return;
  }
  // A gradient that is to be added to another is made behind the scratch of its operation first.
  const input = from + behind;
  const spare = scratch + dimension(record, 15);
  let out = flags & ADD_GRADIENT ? spare : input;
  if (flags & NO_INPUT_GRADIENT) out = 0;
  if (op == ADD) {
    const second = workspace + word(record, 7) + behind;
    if (flags & ADD_SECOND_GRADIENT) addSimd(second, delta, second, total);
    else memory.copy(second, delta, (<usize>total) << 2);
    if (flags & ADD_GRADIENT) addSimd(input, delta, input, total);
    else memory.copy(input, delta, (<usize>total) << 2);
    return;
  }
  if (op == POSITIONS) {
    const size = word(record, 5);
    columnSumsSimd(delta, samples, size, (<usize>size) << 2, slope);
    memory.copy(out, delta, (<usize>total) << 2);
  } else if (op == DENSE) {
    const rows = samples * dimension(record, 0);
    const biased = flags & HAS_BIAS;
    const onto = flags & ADD_PARAMETER_GRADIENT;
    const inputsWidth = dimension(record, 1);
    const outputsWidth = dimension(record, 2);
    denseBackward(from, delta, out, rows, inputsWidth, outputsWidth, own, slope, biased, onto, scratch);
  } else if (op == CONV) {
    convolutionBackward(record, from, delta, out, samples, own, slope, scratch);
  } else if (op == LAYER_NORM || op == RMS_NORM) {
    normBackward(record, from, delta, out ? out : spare, samples, own, slope);
  } else if (op == HEAD_NORM) {
    headNormBackward(record, from, delta, out ? out : spare, samples, own, slope);
  } else if (op == BATCH_NORM) {
    batchNormBackward(record, from, delta, out ? out : spare, samples, own, slope);
  } else if (!out) {
    return;
  } else if (op == MAX_POOL) {
    maxPoolBackward(record, from, delta, out, samples);
  } else if (op == AVERAGE_POOL) {
    averagePoolBackward(record, delta, out, samples);
  } else if (op == ROTARY) {
    rotate(record, delta, out, samples, -1, scratch);
  } else if (op == ATTENTION) {
    attendBackward(record, from, delta, out, samples, scratch);
  } else if (op == ENCODER_ATTENTION) {
    encoderAttendBackward(record, inputs, index, from, delta, out, samples, scratch);
  } else if (op == POOLING) {
    poolTextBackward(record, inputs, index, delta, out, samples);
  } else if (op == L2_NORM) {
    normaliseLengthBackward(from, delta, out, samples * dimension(record, 0), dimension(record, 1));
  } else if (op == GLU) {
    gateBackward(record, from, delta, out, samples);
  } else if (op == SOFTMAX) {
    const width = dimension(record, 1);
    const p = workspace + word(record, 2);
    for (let r: u32 = 0; r < samples * dimension(record, 0); ++r) {
      const at = (<usize>r * width) << 2;
      softmaxBackwardSimd(p + at, delta + at, out + at, width, 1);
    }
  } else {
    activationBackwardSimd(op, delta, from, out, total);
  }
  if (!out) return;
  // In one place for all: gradients of activations are above the floor or 0, as activations are (vector/faint.ts).
  floorSimd(out, total);
  if (flags & ADD_GRADIENT) addSimd(input, spare, input, total);
}
