import type { OpenData } from '@covey/protocol';
import type { Trainer } from './participants.ts';
import { measure } from './measure.ts';
import { trainRound } from './train-round.ts';
import type { World } from './world.ts';

const NOTHING: OpenData = { shards: [], publicDirections: [], known: undefined };

/** Federated averaging of these trainers, whatever they send: no shard, no selection, no public training. In per cent. */
export function plainMean(world: World, trainers: readonly Trainer[]): number {
  const { core, shards, holdout } = world;
  let base = world.start;
  for (let round = 0; round < shards.length; round++) {
    const past = { base, last: undefined, previous: [], memory: new Map() };
    const sent = trainRound(
      world,
      trainers,
      trainers.map(() => 1),
      { round, past, open: NOTHING },
    );
    const updates = sent.flatMap(({ update }) => (update ? [update] : []));
    base = core.add(base, core.aggregate({ rule: 'fedavg' }, updates).result);
  }
  return measure(world, base, holdout).accuracy;
}
