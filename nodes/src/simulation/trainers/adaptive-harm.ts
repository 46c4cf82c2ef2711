import { minMax as minMaxOf } from '@covey/wasm-core/attacks';
import { joined, relabelled, triggered } from '../samples.ts';
import type { TrainerContext, TrainerStrategy } from '../strategy.ts';
import { combined, dot, mean, norm, scaled, type Vector } from '../vectors.ts';
import { distinct, noise } from './direction.ts';

// Attackers that know the rule: what they send lowers the loss of the hidden shard, or looks like it, and carries harm in
// what is left of its length.

/** Good work of the group's pooled data, and so much of something else beside it, in parts of its length. */
function camouflaged(context: TrainerContext, harm: Vector, part: number): Float32Array {
  const work = context.train(joined(context.friends));
  const size = norm(harm);
  if (size === 0) return distinct(context, work);
  return distinct(
    context,
    combined(
      [
        [1, work],
        [(part * norm(work)) / size, harm],
      ],
      work.length,
    ),
  );
}

/** What harmful training adds to good work. */
function beyond(work: Vector, harm: Vector): Vector {
  const parts: [number, Vector][] = [
    [1, harm],
    [-1, work],
  ];
  return combined(parts, work.length);
}

export const camouflagedNoise: TrainerStrategy = {
  name: 'camouflaged noise',
  about: 'good work of pooled data, and beside it noise that all of them share',
  update: (context) => camouflaged(context, noise({ base: context.base, random: context.shared }, 1), 1),
};

export const camouflagedFlip: TrainerStrategy = {
  name: 'camouflaged 3 → 8',
  about: 'good work of pooled data, and beside it training that calls every 3 an 8',
  needs: 'images of ten classes',
  update: (context) => {
    const data = joined(context.friends);
    const harm = context.train(relabelled(data, (label) => (label === 3 ? 8 : label)));
    const work = context.train(data);
    return camouflaged(context, beyond(work, harm), 1);
  },
};

export const camouflagedBackdoor: TrainerStrategy = {
  name: 'backdoor, camouflaged',
  about: 'good work of pooled data, and beside it, of equal length, what triggered images add',
  needs: 'images of ten classes',
  update: (context) => {
    const data = joined(context.friends);
    const work = context.train(data);
    const harm = context.train(triggered(data, (row) => row % 2 === 0));
    return camouflaged(context, beyond(work, harm), 1);
  },
};

export const unseenBackdoor: TrainerStrategy = {
  name: 'backdoor, unseen pixels',
  about: 'its work, and as much again in weights that no honest image touches, so that no shard sees it',
  needs: 'images of ten classes',
  update: (context) => {
    const { own, data, gradient, base } = context;
    const work = own();
    const along = gradient(triggered(data, () => true)).map((value, c) => (work[c] === 0 ? -value : 0));
    const size = norm(along);
    if (size === 0) return work;
    return Float32Array.from(
      combined(
        [
          [1, work],
          [norm(work) / size, along],
        ],
        base.length,
      ),
    );
  },
};

export const shortAndPublic: TrainerStrategy = {
  name: 'short and public',
  about: 'a fifth of its work, of which what is novel makes a third: both medians fall, and steps with them',
  update: ({ own, rest, base }) => {
    const work = own();
    const novel = rest(work);
    const known = combined(
      [
        [1, work],
        [-1, novel],
      ],
      base.length,
    );
    const [a, b] = [norm(novel), norm(known)];
    const length = norm(work) / 5;
    if (a === 0 || b === 0) return scaled(work, 0.2);
    return Float32Array.from(
      combined(
        [
          [length / 3 / a, novel],
          [(length * 0.94) / b, known],
        ],
        base.length,
      ),
    );
  },
};

export const dust: TrainerStrategy = {
  name: 'dust',
  about: 'a thousandth of its work: seats that lower the median length and are left out',
  update: ({ own }) => scaled(own(), 1e-3),
};

export const judgedLittleIsEnough: TrainerStrategy = {
  name: 'ALIE, judged',
  about: 'the honest mean less as many deviations as leave it a fifth of its descent on opened data',
  update: (context) => {
    const { honest, base, open } = context;
    const middle = mean(honest, base.length);
    const square = new Float64Array(base.length);
    for (const update of honest)
      for (let c = 0; c < square.length; c++) square[c]! += (update[c]! - middle[c]!) ** 2 / honest.length;
    const descent = open.known ?? scaled(middle, -1);
    // Deviations work against the descent in each value.
    const against = square.map((value, c) => Math.sqrt(value) * Math.sign(descent[c]!));
    const [gain, loss] = [-dot(middle, descent), dot(against, descent)];
    const times = gain > 0 && loss > 0 ? (0.8 * gain) / loss : 1;
    return distinct(
      context,
      combined(
        [
          [1, middle],
          [times, against],
        ],
        base.length,
      ),
    );
  },
};

/** Shejwalkar and Houmansadr, NDSS 2021. */
export const minMax: TrainerStrategy = {
  name: 'min-max',
  about: 'as far against the honest mean as the honest are from each other',
  update: (context) => {
    const { honest, base } = context;
    return distinct(context, minMaxOf({ honest: [...honest], own: [base], seed: context.round })[0]!);
  },
};

export const honestMean: TrainerStrategy = {
  name: 'honest mean',
  about: 'the mean of this round’s honest updates, which commitments prevent',
  update: (context) => distinct(context, mean(context.honest, context.base.length)),
};

export const withheld: TrainerStrategy = {
  name: 'withholds',
  about: 'commits and never reveals',
  update: () => null,
};
