// A network arrives as a program, which `loader/plan.ts` writes and has checked: u32 records of 24 words, one an
// operation, in the order of the forward pass. Record 0 is the header.
//
//   header:     operations | scratch | output | rows | classes | loss | type of targets | gradients
//   operation:  op | in | out | parameters | in size | out size | flags | second in | 16 dimensions
//
// The last dimension of every operation is where its spare gradient stands, in bytes from the scratch.
//
// in, out, scratch: bytes from the workspace, which holds `capacity` samples of every activation. parameters: index of
// the operation's first f32. Sizes: f32 a sample. An activation is f32[samples][size], row-major: images are
// [channels][height][width], sequences [tokens][width]. While training, the gradient of an activation stands `gradients`
// bytes behind it.

export const RECORD_BYTES: usize = 96;

// Codes of operations; those of activations stand with their formulas.
export const FEATURES: u32 = 1;
export const EMBED: u32 = 2;
export const POSITIONS: u32 = 3;
export const DENSE: u32 = 4;
export const CONV: u32 = 5;
export const MAX_POOL: u32 = 6;
export const AVERAGE_POOL: u32 = 7;
export const BATCH_NORM: u32 = 8;
export const LAYER_NORM: u32 = 9;
export const RMS_NORM: u32 = 10;
export const ROTARY: u32 = 11;
export const ATTENTION: u32 = 12;
export const SOFTMAX: u32 = 18;
export const ADD: u32 = 19;
export const HEAD_NORM: u32 = 20;
export const GLU: u32 = 21;
export const ENCODER_ATTENTION: u32 = 22;
export const POOLING: u32 = 23;
export const L2_NORM: u32 = 24;
// Of networks in integers (loader/integer-network.ts).
export const DENSE_INT: u32 = 64;
export const EMBED_INT: u32 = 65;

export const HAS_BIAS: u32 = 1;
/** The gradient of `in` has been written by a later operation: add to it. */
export const ADD_GRADIENT: u32 = 2;
/** The same for `second in`. */
export const ADD_SECOND_GRADIENT: u32 = 4;
/** Nothing before this operation learns. */
export const NO_INPUT_GRADIENT: u32 = 8;
/** The gradient of the parameters has been written by a later operation that shares them: add to it. */
export const ADD_PARAMETER_GRADIENT: u32 = 16;

// Types of the values of samples and targets.
export const VALUE_U8: u32 = 0;
export const VALUE_U16: u32 = 1;
export const VALUE_U32: u32 = 2;
export const VALUE_I32: u32 = 3;
export const VALUE_F32: u32 = 4;

export const CROSS_ENTROPY: u32 = 0;
export const NEXT_TOKEN: u32 = 1;
export const SQUARED_ERROR: u32 = 2;

export function word(record: usize, index: usize): u32 {
  return load<u32>(record + (index << 2));
}

export function dimension(record: usize, index: usize): u32 {
  return load<u32>(record + ((index + 8) << 2));
}

export function operationAt(program: usize, index: u32): usize {
  return program + <usize>(index + 1) * RECORD_BYTES;
}

export function opOf(record: usize): u32 {
  return load<u32>(record);
}

export function flagsOf(record: usize): u32 {
  return load<u32>(record, 24);
}

// The header's words.
export const OPERATIONS: usize = 0;
export const SCRATCH: usize = 1;
export const OUTPUT: usize = 2;
/** Rows of `classes` outputs a sample: 1, or the tokens of a sequence. */
export const ROWS: usize = 3;
export const CLASSES: usize = 4;
export const LOSS: usize = 5;
/** Of labels, tokens or real targets. */
export const TARGET_TYPE: usize = 6;
/** Bytes from an activation to its gradient. */
export const GRADIENTS: usize = 7;
