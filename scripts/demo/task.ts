import type { TaskDraft } from '@covey/nodes';
import { parseEther } from 'viem';

const hour = 3_600;

/** The task of the demo. The demo moves the chain's clock, so the windows can be of realistic length. */
export const task: TaskDraft = {
  name: 'Handwritten digits',
  description: [
    'Recognise handwritten digits (MNIST) from data that never leaves its owners.',
    '',
    'Eight nodes hold shards with skewed labels (Dirichlet, α = 0.5). Their updates are aggregated by the **attributed mean**:',
    'they are tried together on a hidden shard, and each is paid for what it gave beyond what is public. The core itself',
    'then trains the new model on the shards that are open by then.',
  ].join('\n'),
  mode: 'federated',
  admitted: null,
  architecture: {
    input: 'u8',
    layers: [
      { type: 'dense', inputs: 784, outputs: 128 },
      { type: 'relu' },
      { type: 'dense', inputs: 128, outputs: 10 },
    ],
  },
  ranking: 'contribution',
  // One epoch: a base that was trained on the same shards for longer is too sure of itself, and what makes it less sure,
  // be it wrong labels, lowers its loss.
  aggregation: { rule: 'attributed-mean', publicEpochs: 1, clip: 0 },
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
