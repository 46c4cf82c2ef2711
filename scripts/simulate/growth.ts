import { cut } from '@covey/nodes';
import { simulateTask, TOKEN } from '@covey/nodes/simulation';
import type { Core } from '@covey/wasm-core';
import type { Source } from './world.ts';

/** What `covey simulate` takes with so many nodes that all have seats. Seconds are the processor's, whatever else it does. */
export interface GrowthRow {
  nodes: number;
  /** Of a round, and of a node in it. */
  seconds: number;
  milliseconds: number;
  /** Most memory of the process, MiB, and what a node has of what is above that of a single node, KiB. */
  memory: number;
  kibibytes: number;
}

const ROUNDS = 3;
/** Own digits of a node: the same however many there are. */
const SAMPLES = 50;

/** Smallest first, so that the process's most memory is each row's own. */
export async function growth(
  core: Core,
  source: Source,
  sizes: readonly number[],
  heard: (done: string) => void,
): Promise<GrowthRow[]> {
  const rows: GrowthRow[] = [];
  const played = async (nodes: number) => {
    const [data] = cut(source.train, [nodes * SAMPLES], 1);
    const began = process.cpuUsage();
    await simulateTask({
      core,
      task: {
        mode: 'federated',
        ranking: 'contribution',
        aggregation: { rule: 'attributed-mean', publicEpochs: 1, clip: 0 },
        architecture: {
          layers: [
            { type: 'dense', inputs: 784, outputs: 32 },
            { type: 'relu' },
            { type: 'dense', inputs: 32, outputs: 10 },
          ],
          input: 'u8',
        },
        training: { epochs: 1, batchSize: 32, learningRate: 0.1, momentum: 0 },
        rounds: ROUNDS,
        ...{ minTrainerStake: 0n, minValidatorStake: 0n, budget: 4000n * TOKEN, seed: 1 },
      },
      data: data!,
      validation: source.test,
      shardSamples: 500,
      holdoutSamples: 1000,
      split: { how: 'iid' },
      hostile: [],
      validators: 20,
      seed: 1,
      nodes,
      seats: nodes,
    });
    const { user, system } = process.cpuUsage(began);
    return { seconds: (user + system) / 1e6, memory: process.resourceUsage().maxRSS / 1024 };
  };
  const alone = await played(1);
  for (const nodes of sizes) {
    const { seconds, memory } = await played(nodes);
    const milliseconds = ((seconds - alone.seconds) * 1000) / ROUNDS / nodes;
    const kibibytes = ((memory - alone.memory) * 1024) / nodes;
    rows.push({ nodes, seconds: seconds / ROUNDS, milliseconds, memory, kibibytes });
    heard(`${nodes} nodes: ${seconds.toFixed(1)} s, ${memory.toFixed(0)} MiB`);
  }
  return rows;
}
