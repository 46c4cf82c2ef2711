import { finiteFloats } from '../foreign-model.ts';
import type { ForeignTensor } from '../foreign-safetensors.ts';
import { protocolError } from '../errors.ts';

/** PyTorch's, which these models do not change. */
const EPSILON = 1e-5;

const parts = ['weight', 'bias', 'running_mean', 'running_var'] as const;

/** Names of a batch norm's tensors. */
export const batchNormNames = (stem: string): string[] => parts.map((part) => `${stem}.${part}`);

interface Affine {
  scale: Float64Array;
  shift: Float64Array;
}

/** What a batch norm with its running statistics does to each channel: scale · x + shift. */
export function affineOf(stem: string, channels: number, tensors: ReadonlyMap<string, ForeignTensor>): Affine {
  const [weight, bias, mean, variance] = parts.map((part) => {
    const name = `${stem}.${part}`;
    const tensor = tensors.get(name);
    if (tensor?.shape.join() !== `${channels}`)
      throw protocolError('PROTOCOL_WRONG_TENSORS', `tensor ${name} is not as config.json says`, {
        expected: `[${channels}]`,
        got: tensor ? `[${tensor.shape.join(', ')}]` : 'none',
      });
    return finiteFloats(tensor, name);
  });
  const bad = variance!.findIndex((value) => value < 0);
  if (bad >= 0)
    throw protocolError('PROTOCOL_WRONG_TENSORS', `tensor ${stem}.running_var holds no variances`, {
      expected: 'numbers from 0',
      got: `${variance![bad]} at element ${bad}`,
    });
  // Every engine rounds a root as IEEE 754 says.
  // eslint-disable-next-line no-restricted-properties
  const scale = Float64Array.from(weight!, (value, i) => value / Math.sqrt(variance![i]! + EPSILON));
  return { scale, shift: Float64Array.from(bias!, (value, i) => value - mean![i]! * scale[i]!) };
}

/**
 * The batch norm that adds `bias` alone. Its variance is the f32 nearest to 1 − 10^-5: its scale is then 1 within 2^-26, so
 * that weights that are folded again keep their bits.
 */
export function identityOf(stem: string, bias: Float32Array): [string, Float32Array][] {
  const filled = (value: number) => new Float32Array(bias.length).fill(value);
  const values = [filled(1), bias, filled(0), filled(1 - EPSILON)];
  return batchNormNames(stem).map((name, i) => [name, values[i]!]);
}
