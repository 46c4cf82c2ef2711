import type { Dataset, EncodingChoice, TaskDocument } from '@covey/protocol';
import { encodePacked, keccak256, type Address } from 'viem';
import type { OnEvent } from '../events.ts';
import { roundKey, type PrivacyOptions } from './privacy.ts';
import type { Produce } from './produce.ts';
import { Residual } from './residual.ts';
import type { Training } from './training.ts';

export interface OwnTraining {
  /** `trainInWorker`, or `trainHere` in this thread. */
  train: Training;
  /** The node's own samples; they never leave it. */
  data: Dataset;
  /** Where they differ from what the task suggests. */
  training?: Partial<TaskDocument['training']>;
  /** Seed of the order of samples; default: derived from node, task and round. */
  seed?: number;
  /** How federated updates are written; plain unless given. */
  encoding?: EncodingChoice;
  /** Clips and noises federated updates. */
  privacy?: PrivacyOptions;
}

/** Trains the round's model on the node's own data, in the core. */
export function trainOwnData({ train, data, training, seed, encoding, privacy }: OwnTraining): Produce {
  return async (at) => {
    const { taskId, round, node, task, base, folder, onEvent, signal, limits } = at;
    const residual = new Residual(folder, taskId);
    const update = await train({
      signal,
      limits,
      task,
      base: await base(),
      data,
      seed: seed ?? seedOf(node, taskId, round),
      onProgress: tenths(taskId, round, onEvent),
      ...(training ? { training } : {}),
      encoding,
      privacy: privacy && { clip: privacy.clip, noise: privacy.noise, key: roundKey(privacy.secret, at) },
      residual: encoding && encoding.encoding !== 'f32' ? await residual.load(round) : undefined,
    });
    if (update.residual) await residual.save(round, update.residual);
    if (privacy && update.signalToNoise !== null) {
      const { clip, noise } = privacy;
      onEvent({ event: 'noised', taskId, round, clip, noise, signalToNoise: update.signalToNoise });
    }
    return update.bytes;
  };
}

function seedOf(node: Address, taskId: bigint, round: number): number {
  const derived = keccak256(encodePacked(['address', 'uint256', 'uint32'], [node, taskId, round]));
  return Number.parseInt(derived.slice(2, 10), 16);
}

/** The core reports every minibatch: a tenth of the way is news. */
function tenths(taskId: bigint, round: number, onEvent: OnEvent) {
  return (done: number, total: number) => {
    const step = Math.max(1, Math.floor(total / 10));
    if (done % step === 0 || done === total) onEvent({ event: 'training', taskId, round, done, total });
  };
}
