// What a page does for a creator before anything is paid: reads a table and plays the task, with nothing of Node.
import { attackNamed, simulateTask, TOKEN } from '@covey/nodes/simulation';
import { fitTable, mapTable, sourceOf } from '@covey/nodes/data';
import { loadCore } from '@covey/wasm-core';

export interface Played {
  /** Losses of the rounds by their bits, and what everybody earned, in wei. */
  losses: string[];
  accuracy: number;
  earned: string[];
}

export async function playTable(wasm: BufferSource, csv: string): Promise<Played> {
  const core = await loadCore(wasm);
  try {
    const source = sourceOf(new TextEncoder().encode(csv));
    const { description } = await fitTable(source, {}, { label: 'fruit' });
    const { data } = await mapTable(source, {}, { description });
    const { rounds, measure, trainers, validators } = await simulateTask({
      core,
      data,
      nodes: 6,
      split: { how: 'dirichlet', alpha: 0.5 },
      hostile: [{ strategy: attackNamed('sign flip'), share: 0.2 }],
      validators: 5,
      seed: 7,
      task: {
        mode: 'federated',
        ranking: 'contribution',
        aggregation: { rule: 'attributed-mean', publicEpochs: 1, clip: 0 },
        architecture: { layers: [{ type: 'dense', inputs: data.features, outputs: 3 }], input: 'f32' },
        training: { epochs: 2, batchSize: 8, learningRate: 0.05, momentum: 0 },
        rounds: 2,
        minTrainerStake: 0n,
        minValidatorStake: 0n,
        budget: 1000n * TOKEN,
        seed: 1,
      },
    });
    return {
      losses: rounds.map(({ measure: { loss } }) => new BigUint64Array(Float64Array.of(loss).buffer)[0]!.toString(16)),
      accuracy: measure.accuracy ?? 0,
      earned: [...trainers, ...validators].map((account) => account.earned.toString()),
    };
  } finally {
    core.close();
  }
}
