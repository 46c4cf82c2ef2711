import type { TaskDraft } from '@covey/nodes';
import { parseEther } from 'viem';

const hour = 3_600;

/** The task of the demo. The demo moves the chain's clock, so the windows can be of realistic length. */
export const task: TaskDraft = {
  name: 'Handwritten digits',
  description: [
    'Recognise handwritten digits (MNIST) from data that never leaves its owners.',
    '',
    'Eight nodes hold shards with skewed labels (Dirichlet, α = 0.5). Updates are aggregated with a **trimmed mean**',
    'that counts an update once for each seat and drops the nine largest and smallest values of each weight: more than',
    'the seats of one poisoned update, which cannot steer the model.',
    'Nodes earn by how much worse the result gets without their update.',
  ].join('\n'),
  mode: 'federated',
  admitted: null,
  architecture: {
    inputScale: 'byte',
    layers: [
      { type: 'dense', inputs: 784, outputs: 128 },
      { type: 'relu' },
      { type: 'dense', inputs: 128, outputs: 10 },
    ],
  },
  ranking: 'contribution',
  // A poisoner's 5,000 of 42,000 COVEY are at most nine of the 64 seats, and a row is a seat.
  aggregation: { rule: 'trimmed-mean', trim: 9 },
  rounds: 3,
  windows: {
    join: 2 * hour,
    commit: 6 * hour,
    reveal: 2 * hour,
    attest: 2 * hour,
    attestReveal: hour,
    key: hour,
    resultCommit: 2 * hour,
    resultReveal: 2 * hour,
  },
  minTrainerStake: parseEther('1000'),
  minValidatorStake: parseEther('5000'),
  budget: parseEther('60000'),
  training: { epochs: 2, batchSize: 32, learningRate: 0.05, momentum: 0.9 },
  seed: 20_261_122,
};
