import { kept } from '../vector/faint';
import { dimension, word } from './program';

// dimensions: channels, height, width, kh, kw, stride y, x, padding y, x, out height, out width
// Maximum: the first largest value of the window in row order; padding never wins. Average: the sum in row order, then
// ÷ (kh · kw), padding counted as zeros (PyTorch's default).

/** Place (index in the plane) of the window's maximum. A NaN wins only where it comes first. */
export function windowMaximum(record: usize, plane: usize, oy: u32, ox: u32): u32 {
  const height = <i32>dimension(record, 1);
  const width = <i32>dimension(record, 2);
  const top = <i32>(oy * dimension(record, 5)) - <i32>dimension(record, 7);
  const left = <i32>(ox * dimension(record, 6)) - <i32>dimension(record, 8);
  const bottom = min<i32>(height, top + <i32>dimension(record, 3));
  const right = min<i32>(width, left + <i32>dimension(record, 4));
  const firstX = max<i32>(0, left);
  let y = max<i32>(0, top);
  let best = <u32>(y * width + firstX);
  let most = load<f32>(plane + ((<usize>best) << 2));
  for (; y < bottom; ++y) {
    for (let x = firstX; x < right; ++x) {
      const at = <u32>(y * width + x);
      const value = load<f32>(plane + ((<usize>at) << 2));
      if (value > most) {
        most = value;
        best = at;
      }
    }
  }
  return best;
}

export function maxPool(record: usize, from: usize, out: usize, samples: u32): void {
  const planes = samples * dimension(record, 0);
  const outHeight = dimension(record, 9);
  const outWidth = dimension(record, 10);
  const planeBytes = (<usize>dimension(record, 1) * dimension(record, 2)) << 2;
  for (let p: u32 = 0; p < planes; ++p) {
    for (let oy: u32 = 0; oy < outHeight; ++oy) {
      for (let ox: u32 = 0; ox < outWidth; ++ox) {
        store<f32>(out, load<f32>(from + ((<usize>windowMaximum(record, from, oy, ox)) << 2)));
        out += 4;
      }
    }
    from += planeBytes;
  }
}

export function averagePool(record: usize, from: usize, out: usize, samples: u32): void {
  const planes = samples * dimension(record, 0);
  const height = <i32>dimension(record, 1);
  const width = <i32>dimension(record, 2);
  const kh = <i32>dimension(record, 3);
  const kw = <i32>dimension(record, 4);
  const outHeight = dimension(record, 9);
  const outWidth = dimension(record, 10);
  const area: f32 = <f32>(kh * kw);
  for (let p: u32 = 0; p < planes; ++p) {
    for (let oy: u32 = 0; oy < outHeight; ++oy) {
      for (let ox: u32 = 0; ox < outWidth; ++ox) {
        const top = <i32>(oy * dimension(record, 5)) - <i32>dimension(record, 7);
        const left = <i32>(ox * dimension(record, 6)) - <i32>dimension(record, 8);
        let sum: f32 = 0;
        for (let y = max<i32>(0, top); y < min<i32>(height, top + kh); ++y) {
          for (let x = max<i32>(0, left); x < min<i32>(width, left + kw); ++x) {
            sum += load<f32>(from + ((<usize>(y * width + x)) << 2));
          }
        }
        store<f32>(out, kept(sum / area));
        out += 4;
      }
    }
    from += (<usize>word(record, 4) / dimension(record, 0)) << 2;
  }
}
