import type { TaskRule } from '@covey/protocol';

/** What a play of the study is of: digits or characters, and how they are dealt out. */
export interface Setting {
  seed: number;
  rounds: number;
  /** Training nodes whose data the world holds; who of them plays is said by the mix. */
  nodes: number;
  samplesPerNode: number;
  /** Of the Dirichlet split of labels over nodes; 0: IID. */
  alpha: number;
  shardSamples: number;
  holdoutSamples: number;
  network: 'dense' | 'tiny' | 'convolution' | 'characters';
  rule: TaskRule;
  training: { epochs: number; batchSize: number; learningRate: number; momentum: number };
}

/** The reference's study: 20 nodes of 150 digits, shards of 1,000. */
export const referenceSetting: Setting = {
  seed: 1,
  rounds: 4,
  nodes: 20,
  samplesPerNode: 150,
  alpha: 0,
  shardSamples: 1000,
  holdoutSamples: 2000,
  network: 'dense',
  rule: { rule: 'attributed-mean', publicEpochs: 3, clip: 0 },
  training: { epochs: 1, batchSize: 32, learningRate: 0.1, momentum: 0 },
};

/** Little is opened, and the core trains on none of it: the nodes carry the model. */
export const littleSetting: Setting = {
  ...referenceSetting,
  samplesPerNode: 1000,
  shardSamples: 200,
  rule: { rule: 'attributed-mean', publicEpochs: 0, clip: 0 },
};

/** A study that cannot be. */
export class SettingError extends Error {
  constructor(message: string, got: string) {
    super(`The simulation cannot be: ${message}; got ${got}.`);
  }
}

export function checkSetting(setting: Setting): void {
  const whole: (keyof Setting)[] = ['rounds', 'nodes', 'samplesPerNode', 'shardSamples', 'holdoutSamples'];
  for (const field of whole) {
    const value = setting[field];
    if (Number.isInteger(value) && Number(value) >= 1) continue;
    throw new SettingError(`${field} must be a whole number of at least 1`, String(value));
  }
  if (!Number.isInteger(setting.seed) || setting.seed < 0)
    throw new SettingError('seed must be a whole number', `${setting.seed}`);
  if (!(setting.alpha >= 0 && Number.isFinite(setting.alpha)))
    throw new SettingError('alpha must be 0 (IID) or more', `${setting.alpha}`);
}
