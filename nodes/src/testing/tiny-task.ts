import type { ByteDataset } from '../data/idx.ts';
import { seededRandom } from '../data/random.ts';
import type { TaskDraft } from '../creator/create-task.ts';

export const tinyFeatures = 16;
export const tinyClasses = 4;

/** Samples that a small network learns in seconds: class c lights the c-th quarter of the features, with noise. */
export function tinyData(samples: number, seed: number): ByteDataset {
  const random = seededRandom(seed);
  const inputs = new Uint8Array(samples * tinyFeatures);
  const labels = new Uint8Array(samples);
  const quarter = tinyFeatures / tinyClasses;
  for (let row = 0; row < samples; row++) {
    const label = random.integer(tinyClasses);
    labels[row] = label;
    for (let feature = 0; feature < tinyFeatures; feature++) {
      const lit = Math.floor(feature / quarter) === label;
      inputs[row * tinyFeatures + feature] = (lit ? 110 : 60) + random.integer(110);
    }
  }
  return { inputs, labels, features: tinyFeatures };
}

export function tinyDraft(changes: Partial<TaskDraft> = {}): TaskDraft {
  return {
    name: 'Quarters',
    description: 'Which quarter of the features is lit.',
    mode: 'federated',
    architecture: {
      layers: [
        { type: 'dense', inputs: tinyFeatures, outputs: 12 },
        { type: 'relu' },
        { type: 'dense', inputs: 12, outputs: tinyClasses },
      ],
      input: 'u8',
    },
    ranking: 'contribution',
    aggregation: { rule: 'fedavg' },
    rounds: 2,
    // Hours: tests move the chain's clock, and on a busy machine minutes pass by themselves.
    admitted: null,
    windows: {
      join: 3_600,
      commit: 7_200,
      reveal: 3_600,
      attest: 3_600,
      attestReveal: 3_600,
      key: 3_600,
      resultCommit: 3_600,
      resultReveal: 3_600,
    },
    minTrainerStake: 1_000n * 10n ** 18n,
    minValidatorStake: 5_000n * 10n ** 18n,
    budget: 1_000n * 10n ** 18n,
    training: { epochs: 2, batchSize: 16, learningRate: 0.1, momentum: 0.9 },
    seed: 1,
    ...changes,
  };
}
