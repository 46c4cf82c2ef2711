/** Smallest normal f32: smaller scales would lose their bits, and 0 cannot divide. */
export const SMALLEST_SCALE: f32 = 1.1754943508222875e-38;
/** 2^-58: 127 times less is below the floor (vector/faint.ts), and all values of such a scale are 0. */
export const LEAST_SCALE: f32 = 3.469446951953614e-18;
/** Largest f32 whose 127-fold is finite. */
export const LARGEST_SCALE: f32 = 2.6793883890187504e36;
