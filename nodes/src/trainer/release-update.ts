import type { EncodingChoice } from '@covey/protocol';
import type { FinishOptions, TrainedUpdate } from './finish-update.ts';
import { roundKey, type PrivacyOptions } from './privacy.ts';
import type { RoundToTrain } from './produce.ts';
import { Residual } from './residual.ts';

/** How a node lets its updates go. */
export interface Release {
  /** How federated updates are written; plain unless given. */
  encoding?: EncodingChoice;
  /** Clips and noises federated updates. */
  privacy?: PrivacyOptions;
}

/** Has a round's update finished as the node lets updates go, and keeps what its encoding left for the next one. */
export async function releaseUpdate(
  at: Pick<RoundToTrain, 'taskId' | 'round' | 'node' | 'deployment' | 'folder' | 'onEvent'>,
  { encoding, privacy }: Release,
  finish: (options: FinishOptions) => Promise<TrainedUpdate>,
): Promise<Uint8Array> {
  const { taskId, round, folder, onEvent } = at;
  const residual = new Residual(folder, taskId);
  const update = await finish({
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
}
