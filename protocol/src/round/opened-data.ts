import { MAX_SAMPLES, isCoreError } from '@covey/wasm-core';
import type { Core } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import type { Samples } from '../samples.ts';
import type { ShardKey } from '../shard.ts';
import type { TaskDocument } from '../task.ts';
import { DIRECTION_EPOCHS, OPENED_SHARDS } from '../open-data-limits.ts';
import type { FetchContent } from './content.ts';
import { openShard } from './shard.ts';

/** A shard whose key is public: its samples are anybody's. */
export interface OpenedShard {
  round: number;
  key: ShardKey;
}

export interface OpenShardsParameters {
  task: TaskDocument;
  opened: readonly OpenedShard[];
  fetch: FetchContent;
  signal?: AbortSignal | undefined;
}

/** The latest opened shards that are what was promised, in their order; a broken one is nobody's data. */
export async function openShards({ task, opened, fetch, signal }: OpenShardsParameters): Promise<Samples[]> {
  const samples: Samples[] = [];
  for (const { round, key } of opened.slice(-OPENED_SHARDS)) {
    const shard = task.validation.shards[round];
    const found = shard && (await openShard({ task, shard, key, fetch, signal }));
    if (found) samples.push(found);
  }
  return samples;
}

/** The latest shards together, as many whole ones as the core takes at once; undefined where there are none. */
export function together(shards: readonly Samples[]): Samples | undefined {
  const taken: Samples[] = [];
  let count = 0;
  for (const shard of shards.slice(-OPENED_SHARDS).reverse()) {
    count += shard.samples;
    if (count > MAX_SAMPLES) break;
    taken.unshift(shard);
  }
  const [first] = taken;
  if (!first) return undefined;
  const sum = (part: (shard: Samples) => number) => taken.reduce((total, shard) => total + part(shard), 0);
  return {
    inputs: joined(taken.map(({ inputs }) => inputs)),
    labels: first.labels && joined(taken.flatMap(({ labels }) => labels ?? [])),
    samples: sum((shard) => shard.samples),
    predictions: sum((shard) => shard.predictions),
  };
}

/** All are of the architecture's own type. */
function joined<T extends { length: number; set(values: T, at: number): void }>(parts: readonly T[]): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const Type = parts[0]!.constructor as new (length: number) => T;
  const all = new Type(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export interface TrainOnParameters {
  core: Core;
  task: Pick<TaskDocument, 'architecture' | 'training'>;
  parameters: Float32Array;
  samples: Samples;
  epochs: number;
  /** Orders the samples. */
  seed: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the core's own training by the task's parameters makes of a model; undefined where it leaves the numbers. */
export function trainOn({ core, task, samples, ...rest }: TrainOnParameters): Float32Array | undefined {
  const { layers, loss } = task.architecture;
  const { inputs, labels } = samples;
  try {
    return core.train({ ...task.training, layers, loss, inputs, labels, ...rest });
  } catch (error) {
    if (isCoreError(error) && error.code === 'CORE_DIVERGED') return undefined;
    throw error;
  }
}

/**
 * What anybody could have sent, in the order in which it is taken out: the base itself, the last accepted delta, and what
 * the core's own training on open data makes of the base.
 */
export function publicDirections(
  p: Omit<TrainOnParameters, 'epochs' | 'samples'> & { samples: Samples | undefined; last: Float32Array | undefined },
): Float32Array[] {
  const { core, parameters: base, samples, last } = p;
  const directions = last ? [base, last] : [base];
  if (!samples) return directions;
  let parameters = base;
  let trained = 0;
  for (const epochs of DIRECTION_EPOCHS) {
    const model = trainOn({ ...p, samples, parameters, epochs: epochs - trained, seed: p.seed + trained });
    const delta = model && differenceOf(core, model, base);
    if (!model || !delta) break;
    directions.push(delta);
    parameters = model;
    trained = epochs;
  }
  return directions;
}

/** Undefined where it is beyond f32, as it can be of two models that are not. */
function differenceOf(core: Core, a: Float32Array, b: Float32Array): Float32Array | undefined {
  try {
    return core.subtract(a, b);
  } catch (error) {
    if (isCoreError(error) && error.code === 'CORE_OVERFLOW') return undefined;
    throw error;
  }
}

/** Undefined where the model's outputs leave the numbers. */
export function gradientAt(
  core: Core,
  { layers, loss }: Architecture,
  parameters: Float32Array,
  { inputs, labels }: Samples,
): Float32Array | undefined {
  try {
    return core.gradient({ layers, loss, parameters, inputs, labels });
  } catch (error) {
    if (isCoreError(error) && (error.code === 'CORE_DIVERGED' || error.code === 'CORE_OVERFLOW')) return undefined;
    throw error;
  }
}
