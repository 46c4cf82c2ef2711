import type { Samples } from '@covey/protocol';
import { networkLayout } from '@covey/wasm-core';
import { joined, rowsOf, shifted } from '../samples.ts';
import type { TrainerContext, TrainerStrategy } from '../strategy.ts';
import { combined, mean, norm, scaled, type Vector } from '../vectors.ts';
import { gradientOf } from '../gradient.ts';
import { distinct } from './direction.ts';
import { classesOf, type Need } from './needs.ts';

// Free riders that know the rule: they look for what is novel, not along the opened shards' descent, and yet lowers the
// loss of a shard that they have not seen.

const nothing = ({ base }: TrainerContext) => new Float32Array(base.length);

/** Opened images moved by up to two pixels and dimmed a little, so many of each: they stand for data that nobody opened. */
function augmented({ opened, random }: TrainerContext, each: number): Samples | undefined {
  if (!opened) return undefined;
  const step = () => random.integer(5) - 2;
  const copies = Array.from({ length: each }, () => {
    const moved = shifted(opened, () => [step(), step()]);
    const light = 0.8 + 0.2 * random.uniform();
    return { ...moved, inputs: moved.inputs.map((value) => Math.min(255, Math.round(value * light))) } as Samples;
  });
  return joined(copies);
}

/** Of unit length; zeros stay. */
function unit(vector: Vector): Float32Array {
  const size = norm(vector);
  return scaled(vector, size > 0 ? 1 / size : 0);
}

export const augmentedShards: TrainerStrategy = {
  name: 'augmented',
  about: 'trains on three altered copies of every opened image, less what is public',
  needs: 'grey images',
  update: (context) => {
    const data = augmented(context, 3);
    return data ? distinct(context, context.rest(context.train(data))) : nothing(context);
  },
};

export const gradientAhead: TrainerStrategy = {
  name: 'gradient ahead',
  about: 'the descent of altered opened images half a step ahead, where the rule will look, less what is public',
  needs: 'grey images',
  update: (context) => {
    const data = augmented(context, 2);
    if (!data) return nothing(context);
    const { core, base, task } = context;
    const ahead = core.add(base, scaled(context.train(data), 0.5));
    const gradient = gradientOf(core, task, ahead, data);
    return distinct(context, context.rest(scaled(gradient, -1)));
  },
};

export const oldAndAugmented: TrainerStrategy = {
  name: 'old and augmented',
  about: 'the mean of the last round’s updates and training on altered opened images, both less what is public',
  needs: 'grey images',
  update: (context) => {
    const data = augmented(context, 2);
    const { base, previous, rest } = context;
    if (!data || !previous.length) return nothing(context);
    const parts = [unit(rest(context.train(data))), unit(rest(mean(previous, base.length)))];
    return distinct(
      context,
      combined(
        parts.map((part) => [1, part] as const),
        base.length,
      ),
    );
  },
};

export const ownAndOld: TrainerStrategy = {
  name: 'own and old',
  about: 'its work and a third as much of the last round’s mean',
  update: (context) => {
    const { own, previous, base, rest } = context;
    const work = own();
    if (!previous.length) return work;
    const old = unit(rest(mean(previous, base.length)));
    return Float32Array.from(
      combined(
        [
          [1, work],
          [norm(work) / 3, old],
        ],
        base.length,
      ),
    );
  },
};

export const ownAndOpened: TrainerStrategy = {
  name: 'own and opened',
  about: 'trains on its data and as many opened samples together',
  update: ({ data, opened, random, train, own }) => {
    if (!opened) return own();
    const order = random.shuffle(Uint32Array.from({ length: opened.samples }, (_, i) => i));
    return train(joined([data, rowsOf(opened, order.subarray(0, data.samples))]));
  },
};

export const threeEpochs: TrainerStrategy = {
  name: 'three epochs',
  about: 'trains three times as long on its own data, which is work',
  update: ({ data, train }) => train(data, { epochs: 3 }),
};

export const pooledData: TrainerStrategy = {
  name: 'pooled data',
  about: 'its group trains on all of their data together, which is work',
  update: (context) => distinct(context, context.train(joined(context.friends))),
};

/** One of each two sends the opposite of the other: whichever sign lowers the loss is paid, the other costs nothing. */
const pairs = (
  name: string,
  about: string,
  direction: (context: TrainerContext, pair: number) => Vector,
  needs?: Need,
): TrainerStrategy => ({
  name,
  about,
  ...(needs && { needs }),
  update: (context) => {
    const along = direction(context, Math.floor(context.place / 2));
    return distinct(context, scaled(along, context.place % 2 ? -1 : 1));
  },
});

export const pairsOfOld = pairs(
  '± pairs of old',
  'in pairs, plus and minus an honest update of the last round, less what is public',
  ({ previous, rest, base }, pair) =>
    previous.length ? rest(previous[pair % previous.length]!) : new Float64Array(base.length),
);

export const pairsOfBiases = pairs(
  '± pairs of labels',
  'in pairs, plus and minus training on one label’s opened images, less what is public',
  ({ task, opened, rest, train, base }, pair) => {
    if (!opened) return new Float64Array(base.length);
    const rows = Uint32Array.from({ length: opened.samples }, (_, i) => i).filter(
      (i) => opened.labels?.[i] === pair % classesOf(task),
    );
    return rows.length ? rest(train(rowsOf(opened, rows))) : new Float64Array(base.length);
  },
  'labels',
);

export const pairsOfLayers = pairs(
  '± pairs of layers',
  'in pairs, plus and minus one tensor of the base, less what is public: it makes outputs more or less sure',
  ({ task, base, rest }, pair) => {
    const { tensors } = networkLayout(task.architecture.layers);
    const { offset, length } = tensors[pair % tensors.length]!;
    return rest(base.map((value, c) => (c >= offset && c < offset + length ? value : 0)));
  },
);

export const oneLabel: TrainerStrategy = {
  name: 'one label',
  about: 'trains on one label’s opened images, less what is public',
  needs: 'labels',
  update: (context) => {
    const { task, opened, rest, train, random } = context;
    const label = random.integer(classesOf(task));
    const rows = Array.from({ length: opened?.samples ?? 0 }, (_, i) => i).filter((i) => opened?.labels?.[i] === label);
    return opened && rows.length ? distinct(context, rest(train(rowsOf(opened, rows)))) : nothing(context);
  },
};

export const tenEpochs: TrainerStrategy = {
  name: 'ten epochs',
  about: 'trains ten times as long on its own data, which is work',
  update: ({ data, train }) => train(data, { epochs: 10 }),
};

export const tenthLonger: TrainerStrategy = {
  name: 'lazy, but longer',
  about: 'trains ten epochs on a tenth of its data',
  update: ({ data, train }) =>
    train(
      rowsOf(
        data,
        Uint32Array.from({ length: Math.max(1, Math.floor(data.samples / 10)) }, (_, i) => i),
      ),
      { epochs: 10 },
    ),
};
