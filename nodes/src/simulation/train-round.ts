import { sha256Hex, together, trainOn, type OpenData } from '@covey/protocol';
import { hexToBytes } from 'viem';
import { randomOf, seedFrom, streams } from './seeds.ts';
import type { Trainer } from './participants.ts';
import type { TrainerContext } from './strategy.ts';
import { groupBy } from './group-by.ts';
import { orthonormal, without, type Vector } from './vectors.ts';
import { gradientOf } from './gradient.ts';
import type { World } from './world.ts';

/** What goes on from round to round. */
export interface Past {
  base: Float32Array;
  last: Float32Array | undefined;
  previous: readonly Float32Array[];
  /** One a strategy. */
  memory: Map<string, Map<string, unknown>>;
}

export interface Trained {
  /** Place in the list of trainers. */
  node: number;
  seats: number;
  /** Null: committed and not revealed; undefined: silent. */
  update: Float32Array | null | undefined;
  cost: number;
}

export interface RoundToTrain {
  round: number;
  past: Past;
  open: OpenData;
  onTrained?: (done: number, total: number) => void;
}

/** What all seated trainers send, honest ones first, since attackers may know what those send. */
export function trainRound(
  world: World,
  trainers: readonly Trainer[],
  seats: readonly number[],
  { round, past, open, onTrained }: RoundToTrain,
): Trained[] {
  const seated = trainers.flatMap((_, node) => (seats[node]! > 0 ? [node] : []));
  const isHonest = (node: number) => trainers[node]!.strategy.name === 'honest';
  const opened = together(open.shards);
  let basis: Float64Array[] | undefined;
  const rest = (vector: Vector) => without(vector, (basis ??= orthonormal(open.publicDirections)));
  const places = new Map<string, number>();
  const dataOf = (node: number) => world.parts[trainers[node]!.part % world.parts.length]!;
  const groups = groupBy(seated, (node) => trainers[node]!.strategy.name);
  const honest: Float32Array[] = [];
  let done = 0;
  const send = (node: number): Trained => {
    const { strategy, part } = trainers[node]!;
    const { name } = strategy;
    const place = places.get(name) ?? 0;
    places.set(name, place + 1);
    if (!past.memory.has(name)) past.memory.set(name, new Map());
    const work = worker(world, past.base, seedFrom(world.seed, streams.train, round, part));
    const data = dataOf(node);
    const group = groups.get(name)!;
    let own: Float32Array | undefined;
    const context: TrainerContext = {
      core: world.core,
      task: world.task,
      round,
      node,
      place,
      group: group.length,
      base: past.base,
      data,
      friends: group.map(dataOf),
      open,
      opened,
      last: past.last,
      previous: past.previous,
      honest,
      random: randomOf(world.seed, streams.strategy, round, node),
      shared: randomOf(world.seed, streams.group, round),
      memory: past.memory.get(name)!,
      train: work.train,
      gradient: work.gradient,
      own: () => (own ??= work.train(data)),
      rest,
    };
    const update = noised(world, trainers[node]!, strategy.update(context), `${round} ${node}`);
    onTrained?.(++done, seated.length);
    return { node, seats: seats[node]!, update, cost: work.cost() };
  };
  const sent = seated.filter(isHonest).map(send);
  honest.push(...sent.flatMap(({ update }) => (update ? [update] : [])));
  sent.push(...seated.filter((node) => !isHonest(node)).map(send));
  return sent.sort((a, b) => a.node - b.node);
}

/** Clipped, and with the core's own Gaussian noise, where its node wants its data to stay private. */
function noised({ core, seed }: World, { privacy }: Trainer, values: Trained['update'], at: string): Trained['update'] {
  if (!privacy || !values) return values;
  const key = hexToBytes(sha256Hex(new TextEncoder().encode(`noise ${seed} ${at}`)));
  return core.codec.privatise({ values, ...privacy, key });
}

/** Training and gradients from the base, and what they cost. */
function worker({ core, task }: World, base: Float32Array, seed: number) {
  let cost = 0;
  const train: TrainerContext['train'] = (samples, { epochs = task.training.epochs, from = base } = {}) => {
    cost += samples.samples * epochs;
    // Where training leaves the numbers, nothing is sent.
    const trained = trainOn({ core, task, parameters: from, samples, epochs, seed }) ?? base;
    return core.subtract(trained, base);
  };
  const gradient: TrainerContext['gradient'] = (samples) => {
    cost += samples.samples;
    return gradientOf(core, task, base, samples);
  };
  return { train, gradient, cost: () => cost };
}
