import {
  encodeDataset,
  encryptShard,
  keyCommitment,
  modelToBytes,
  samplesRoot,
  sha256Hex,
  statedCost,
  type Architecture,
  type TaskDocument,
} from '@covey/protocol';
import { parseEther, type Hex } from 'viem';
import type { MemoryStore } from './memory-store.ts';

// A task that is scored in milliseconds, and whose models need no training.

const features = 8;
const classes = 4;
const shardSamples = 64;

/** Each class lights up its quarter of the features: a linear model with its weights there is right. */
const architecture: Architecture = {
  layers: [{ type: 'dense', inputs: features, outputs: classes }],
  input: 'u8',
};

const lights = (feature: number, label: number): boolean => feature >> 1 === label;

function samplesOf(count: number, seed: number): Uint8Array {
  const inputs = new Uint8Array(count * features);
  const labels = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const label = (row * 7 + seed) % classes;
    labels[row] = label;
    for (let f = 0; f < features; f++) {
      inputs[row * features + f] = (lights(f, label) ? 150 : 50) + ((row * 13 + f * seed) % 60);
    }
  }
  return encodeDataset({ inputs, labels, features });
}

/** The larger the scale, the lower the loss. */
export function quartersModel(scale: number): Uint8Array {
  const parameters = new Float32Array(features * classes + classes);
  for (let out = 0; out < classes; out++) {
    for (let f = 0; f < features; f++) if (lights(f, out)) parameters[out * features + f] = scale;
  }
  return modelToBytes(architecture, parameters);
}

/** The task's document; shards and first model are stored. One round a key but for the last, which is the hold-out's. */
export async function quartersTask(store: MemoryStore, keys: readonly Hex[], window: number): Promise<TaskDocument> {
  const shards = await Promise.all(
    keys.map(async (key, at) => {
      const plaintext = samplesOf(shardSamples, at + 1);
      return {
        plaintextSha256: sha256Hex(plaintext),
        samples: shardSamples,
        samplesRoot: samplesRoot(plaintext),
        ciphertext: await store.add(encryptShard(plaintext, key, new Uint8Array(24).fill(at))),
        keyCommitment: keyCommitment(key),
      };
    }),
  );
  const validation = { shards: shards.slice(0, -1), holdout: shards.at(-1)! };
  return {
    schema: 'covey.task/2',
    name: 'Quarters',
    description: 'Which quarter of the features is lit.',
    mode: 'arena',
    architecture,
    initialModel: await store.add(quartersModel(0)),
    metric: 'loss',
    ranking: 'loss',
    aggregation: { rule: 'fedavg' },
    rounds: keys.length - 1,
    windows: {
      join: window,
      commit: window,
      reveal: window,
      attest: window,
      attestReveal: window,
      key: window,
      resultCommit: window,
      resultReveal: window,
    },
    admission: null,
    minTrainerStake: String(parseEther('1000')),
    minValidatorStake: String(parseEther('5000')),
    budget: String(parseEther('3000')),
    cost: String(statedCost({ architecture, validation })),
    validation,
    training: { epochs: 1, batchSize: 8, learningRate: 0.1, momentum: 0 },
  };
}
