import { SCALE } from './bytes-f32-scalar';
import { VALUE_F32, VALUE_U16, VALUE_U8 } from './program';

/** Element `place` of an array of tokens or labels: u8, u16 or u32. The loader has checked that it is in bounds. */
export function integerAt(array: usize, place: usize, type: u32): u32 {
  if (type == VALUE_U8) return <u32>load<u8>(array + place);
  if (type == VALUE_U16) return <u32>load<u16>(array + (place << 1));
  return load<u32>(array + (place << 2));
}

/** Element `place` of an array of real targets: f32, or bytes · f32(1/255). */
export function realAt(array: usize, place: usize, type: u32): f32 {
  return type == VALUE_F32 ? load<f32>(array + (place << 2)) : <f32>load<u8>(array + place) * SCALE;
}
