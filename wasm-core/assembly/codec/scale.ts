/** Smallest normal f32: smaller scales would lose their bits, and 0 cannot divide. */
export const SMALLEST_SCALE: f32 = 1.1754943508222875e-38;
/** Largest f32 whose 127-fold is finite. */
export const LARGEST_SCALE: f32 = 2.6793883890187504e36;
