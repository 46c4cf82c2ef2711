import { DENSE, inputsOf, kindOf, LAYER_BYTES, outputsOf } from '../score/network';
import { nextRandom } from './random';

// He et al., "Delving Deep into Rectifiers", ICCV 2015, uniform: weight ~ U(−b, b), b = √(6 / inputs); bias 0.
// u = 24 random bits / 2^24 + 2^-25, symmetric about ½, never 0 or 1.

export function initialise(layers: usize, count: u32, state: usize, parameters: usize): void {
  for (let l: u32 = 0; l < count; ++l) {
    const layer = layers + <usize>l * LAYER_BYTES;
    if (kindOf(layer) != DENSE) continue;
    const outputs = outputsOf(layer);
    const weights = inputsOf(layer) * outputs;
    const bound = sqrt(6.0 / <f64>inputsOf(layer));
    for (let i: u32 = 0; i < weights; ++i) {
      const u = (<f64>(nextRandom(state) >> 40) + 0.5) / 16777216.0;
      store<f32>(parameters, <f32>((2.0 * u - 1.0) * bound));
      parameters += 4;
    }
    memory.fill(parameters, 0, (<usize>outputs) << 2);
    parameters += (<usize>outputs) << 2;
  }
}
