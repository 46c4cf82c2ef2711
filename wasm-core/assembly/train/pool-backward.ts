import { windowMaximum } from '../score/pool';
import { dimension, word } from '../score/program';

/** The window's maximum takes the gradient. */
export function maxPoolBackward(record: usize, from: usize, delta: usize, out: usize, samples: u32): void {
  const planes = samples * dimension(record, 0);
  const planeBytes = (<usize>dimension(record, 1) * dimension(record, 2)) << 2;
  memory.fill(out, 0, planeBytes * planes);
  for (let p: u32 = 0; p < planes; ++p) {
    for (let oy: u32 = 0; oy < dimension(record, 9); ++oy) {
      for (let ox: u32 = 0; ox < dimension(record, 10); ++ox) {
        const at = out + ((<usize>windowMaximum(record, from, oy, ox)) << 2);
        store<f32>(at, load<f32>(at) + load<f32>(delta));
        delta += 4;
      }
    }
    from += planeBytes;
    out += planeBytes;
  }
}

/** Every place of the window takes its share. */
export function averagePoolBackward(record: usize, delta: usize, out: usize, samples: u32): void {
  const planes = samples * dimension(record, 0);
  const height = <i32>dimension(record, 1);
  const width = <i32>dimension(record, 2);
  const kh = <i32>dimension(record, 3);
  const kw = <i32>dimension(record, 4);
  const area: f32 = <f32>(kh * kw);
  memory.fill(out, 0, ((<usize>word(record, 4)) << 2) * samples);
  for (let p: u32 = 0; p < planes; ++p) {
    for (let oy: u32 = 0; oy < dimension(record, 9); ++oy) {
      for (let ox: u32 = 0; ox < dimension(record, 10); ++ox) {
        const top = <i32>(oy * dimension(record, 5)) - <i32>dimension(record, 7);
        const left = <i32>(ox * dimension(record, 6)) - <i32>dimension(record, 8);
        const share: f32 = load<f32>(delta) / area;
        for (let y = max<i32>(0, top); y < min<i32>(height, top + kh); ++y) {
          for (let x = max<i32>(0, left); x < min<i32>(width, left + kw); ++x) {
            const at = out + ((<usize>(y * width + x)) << 2);
            store<f32>(at, load<f32>(at) + share);
          }
        }
        delta += 4;
      }
    }
    out += (<usize>height * width) << 2;
  }
}
