import { chainError } from '../chain/contract-error.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { newestBlock } from '../chain/events.ts';
import type { RoundId } from '../chain/read-round.ts';
import { requireCount } from '../logs/check-counts.ts';
import { inTurns } from '../logs/rpc.ts';
import { roundManagerAbi, taskManagerAbi } from '@covey/contracts/abi';

/**
 * Every round whose result stands, the newest first. With the void ones they are as many as the tasks' rounds that are
 * closed: LOGS_INCOMPLETE where one is missing.
 */
export async function listAcceptedRounds(covey: CoveyChain): Promise<RoundId[]> {
  const rounds = { address: covey.deployment.roundManager, abi: roundManagerAbi } as const;
  try {
    const block = await newestBlock(covey);
    const [finalized, voided, closed] = await Promise.all([
      covey.events({ ...rounds, eventName: 'RoundFinalized', toBlock: block }),
      covey.events({ ...rounds, eventName: 'RoundVoided', toBlock: block }),
      countClosed(covey, block),
    ]);
    requireCount('rounds that were closed', closed, finalized.length + voided.length);
    return finalized.toReversed().map(({ args: { taskId, round } }) => ({ taskId, round }));
  } catch (cause) {
    throw chainError(cause, 'listing the accepted rounds');
  }
}

async function countClosed({ deployment, publicClient }: CoveyChain, blockNumber: bigint): Promise<bigint> {
  const tasks = { address: deployment.taskManager, abi: taskManagerAbi, blockNumber } as const;
  const count = await publicClient.readContract({ ...tasks, functionName: 'taskCount' });
  const all = await inTurns(
    Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1)),
    (taskId) => publicClient.readContract({ ...tasks, functionName: 'task', args: [taskId] }),
  );
  return BigInt(all.reduce((sum, { roundsClosed }) => sum + roundsClosed, 0));
}
