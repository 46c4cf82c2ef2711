import { mean, norm, scaled } from '../vectors.ts';
import type { TrainerContext, TrainerStrategy } from '../strategy.ts';

/** N(0, σ²) in every coordinate. */
export function noise({ base, random }: Pick<TrainerContext, 'base' | 'random'>, sigma: number): Float32Array {
  return Float32Array.from(base, () => random.normal() * sigma);
}

/** So little that nothing but the content's hash changes: identical content would be a duplicate. */
export function distinct(context: Pick<TrainerContext, 'base' | 'random'>, update: ArrayLike<number>): Float32Array {
  return Float32Array.from(update, (value) => value + context.random.normal() * 1e-6);
}

const times = (name: string, factor: number, about: string): TrainerStrategy => ({
  name,
  about,
  update: ({ own }) => scaled(own(), factor),
});

export const signFlip = times('sign flip', -1, 'the opposite of its work');
export const signFlip4 = times('sign flip ×4', -4, 'four times the opposite of its work');
export const boost = times('boost ×3', 3, 'three times its work');

export const gaussian: TrainerStrategy = {
  name: 'Gaussian',
  about: 'noise as long as its work',
  update: (context) => noise(context, norm(context.own()) / Math.sqrt(context.base.length)),
};

export const zeros: TrainerStrategy = {
  name: 'zeros',
  about: 'nothing, as an update',
  update: ({ base }) => new Float32Array(base.length),
};

export const largeValue: TrainerStrategy = {
  name: 'value 1e30',
  about: 'every value 1e30',
  update: ({ base }) => new Float32Array(base.length).fill(1e30),
};

/** Baruch and others, NeurIPS 2019, with z = 1. */
export const littleIsEnough: TrainerStrategy = {
  name: 'ALIE',
  about: 'mean of the honest less their deviation in each value',
  update: ({ honest, base }) => {
    const middle = mean(honest, base.length);
    const square = new Float64Array(base.length);
    for (const update of honest)
      for (let c = 0; c < square.length; c++) square[c]! += (update[c]! - middle[c]!) ** 2 / honest.length;
    return Float32Array.from(middle, (value, c) => value - Math.sqrt(square[c]!));
  },
};

/** Xie and others, UAI 2019. */
const innerProduct = (name: string, epsilon: number): TrainerStrategy => ({
  name,
  about: `−${epsilon} times the mean of the honest`,
  update: ({ honest, base }) => scaled(mean(honest, base.length), -epsilon),
});

export const innerProductHalf = innerProduct('IPM 0.5', 0.5);
export const innerProductTen = innerProduct('IPM 10', 10);

/** Karimireddy and others, ICLR 2022; commitments prevent it. */
export const mimic: TrainerStrategy = {
  name: 'mimic',
  about: 'copies the first honest update of the same round, which commitments prevent',
  update: (context) => distinct(context, context.honest[0] ?? new Float32Array(context.base.length)),
};

export const lastDelta: TrainerStrategy = {
  name: 'last delta',
  about: 'sends the aggregate that was accepted last',
  update: (context) => distinct(context, context.last ?? new Float32Array(context.base.length)),
};

export const baseAsDelta: TrainerStrategy = {
  name: 'base as delta',
  about: 'sends the base model itself',
  update: (context) => distinct(context, context.base),
};

export const lessPublic: TrainerStrategy = {
  name: 'work less public',
  about: 'its work less what is public: all of it is novel',
  update: ({ own, rest }) => Float32Array.from(rest(own())),
};

export const ownGradient: TrainerStrategy = {
  name: 'own gradient',
  about: 'one gradient of its own data, less what is public',
  update: ({ data, gradient, rest }) => scaled(rest(gradient(data)), -1),
};
