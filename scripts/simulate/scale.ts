import { honest, honestValidator, initialPolicy, mix, play, trainer, validator } from '@covey/nodes/simulation';
import type { Core } from '@covey/wasm-core';
import { referenceSetting } from './setting.ts';
import { worldOf, type Source } from './world.ts';

export interface ScaleRow {
  trainers: number;
  validators: number;
  rounds: number;
  trainerSeats: number;
  seconds: number;
  /** Most memory of the process so far, MiB. */
  memory: number;
}

/** Grows in trainers, smallest first, so that the process's most memory is each row's own. */
export async function scale(
  core: Core,
  source: Source,
  sizes: readonly number[],
  heard: (done: string) => void,
): Promise<ScaleRow[]> {
  const rows: ScaleRow[] = [];
  const [validators, rounds, trainerSeats] = [200, 3, 1024];
  for (const trainers of sizes) {
    const setting = {
      ...referenceSetting,
      network: 'tiny' as const,
      rounds,
      nodes: trainers,
      samplesPerNode: 10,
      shardSamples: 200,
    };
    const began = performance.now();
    const world = worldOf(core, setting, source);
    await play({
      world,
      trainers: mix(trainers, 0, [honest, honest], trainer),
      validators: mix(validators, 0, [honestValidator, honestValidator], (one) => validator(one)),
      policy: { ...initialPolicy(), trainerSeats: BigInt(trainerSeats) },
    });
    const seconds = (performance.now() - began) / 1000;
    rows.push({ trainers, validators, rounds, trainerSeats, seconds, memory: process.resourceUsage().maxRSS / 1024 });
    heard(`${trainers} trainers: ${seconds.toFixed(1)} s`);
  }
  return rows;
}
