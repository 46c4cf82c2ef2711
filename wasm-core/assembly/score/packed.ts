// A matrix of weights W[n][k] in integers, as `matmulIntSimd` reads it: panels of 8 outputs, one behind the other,
//
//   bias f32[8] | scales f32[groups][8] | quanta [pairs][8 outputs][2 inputs]
//
// quanta are i8 of −127 … 127, or of 4 bits: one byte an output and pair, quantum + 8 of the first input in the low bits and of
// the second in the high ones, −7 … 7. Inputs are padded with zeros to a multiple of 4, outputs to a multiple of 8. A group is
// `group` inputs (even), the last one may be shorter.

/** Largest f32 whose 7-fold is finite. */
const MOST_OF_7: f32 = 4.861176380550412e37;
/** Largest f32 whose 127-fold is finite. */
const MOST_OF_127: f32 = 2.6793883890187504e36;

export function levelsOf(bits: u32): f32 {
  return bits == 8 ? 127 : 7;
}

export function mostOf(bits: u32): f32 {
  return bits == 8 ? MOST_OF_127 : MOST_OF_7;
}

export function paddedInputs(k: u32): u32 {
  return (k + 3) & ~3;
}

export function groupsOf(k: u32, group: u32): u32 {
  return (k + group - 1) / group;
}

/** Bytes of bias and scales. */
export function headBytes(k: u32, group: u32): usize {
  return (<usize>(groupsOf(k, group) + 1)) << 5;
}

export function panelBytes(k: u32, group: u32, bits: u32): usize {
  return headBytes(k, group) + <usize>paddedInputs(k) * bits;
}
