import { rowsOf, shifted } from '../samples.ts';
import type { TrainerContext, TrainerStrategy } from '../strategy.ts';
import { mean, scaled } from '../vectors.ts';
import { distinct } from './direction.ts';

const nothing = ({ base }: TrainerContext) => new Float32Array(base.length);

/** So many of the opened samples, without repeats. */
export function someOpened({ opened, random }: TrainerContext, count: number) {
  if (!opened) return undefined;
  const order = random.shuffle(Uint32Array.from({ length: opened.samples }, (_, i) => i));
  return rowsOf(opened, order.subarray(0, Math.min(count, opened.samples)));
}

export const openedShards: TrainerStrategy = {
  name: 'opened shards',
  about: 'trains two epochs on the opened shards and on nothing of its own',
  update: (context) => (context.opened ? context.train(context.opened, { epochs: 2 }) : nothing(context)),
};

export const openedSubset: TrainerStrategy = {
  name: 'opened subset',
  about: 'trains on 150 of the opened samples',
  update: (context) => {
    const some = someOpened(context, 150);
    return some ? context.train(some) : nothing(context);
  },
};

export const openedShifted: TrainerStrategy = {
  name: 'opened shifted',
  about: 'trains on 600 opened images, each moved by up to a pixel',
  needs: 'grey images',
  update: (context) => {
    const some = someOpened(context, 600);
    const step = () => context.random.integer(3) - 1;
    return some ? context.train(shifted(some, () => [step(), step()])) : nothing(context);
  },
};

export const openedGradient: TrainerStrategy = {
  name: 'opened gradient',
  about: 'the descent of the opened shards, less what is public',
  update: (context) =>
    context.open.known ? distinct(context, context.rest(scaled(context.open.known, -1))) : nothing(context),
};

export const lazy: TrainerStrategy = {
  name: 'lazy, 10 % of data',
  about: 'trains on a tenth of its data',
  update: ({ data, train }) =>
    train(
      rowsOf(
        data,
        Uint32Array.from({ length: Math.max(1, Math.floor(data.samples / 10)) }, (_, i) => i),
      ),
    ),
};

export const replayOne: TrainerStrategy = {
  name: 'replay of one',
  about: 'an honest update of the last round',
  update: (context) => {
    const { previous, place } = context;
    return previous.length ? distinct(context, previous[place % previous.length]!) : nothing(context);
  },
};

export const replayThree: TrainerStrategy = {
  name: 'replay of three',
  about: 'the mean of three honest updates of the last round',
  update: (context) => {
    const { previous, random, base } = context;
    const order = random.shuffle(previous.map((_, i) => i));
    const three = order.slice(0, 3).map((i) => previous[i]!);
    return three.length ? distinct(context, mean(three, base.length)) : nothing(context);
  },
};

export const oldAgreeing: TrainerStrategy = {
  name: 'old, agreeing',
  about: 'of the last round’s mean the values that lead down the opened shards’ loss, less what is public',
  update: (context) => {
    const { previous, base, open, rest } = context;
    if (!previous.length || !open.known) return nothing(context);
    const masked = mean(previous, base.length).map((value, c) => (value * open.known![c]! < 0 ? value : 0));
    return distinct(context, rest(masked));
  },
};
