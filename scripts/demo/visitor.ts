import { setTimeout as sleep } from 'node:timers/promises';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Proposed } from './proposals.ts';
import type { World } from './world.ts';

/**
 * Moves the demo's clock to the end of a vote once an account has voted. Nobody has half of all tokens, most of which
 * are still vesting, so nothing executes early; and a visitor should not have to wait for days.
 */
export function endVotingOnceVoted(
  world: World,
  { proposalId, endDate }: Proposed,
  account: number,
): { stop(): Promise<void> } {
  let stopped = false;
  const voted = async () => {
    const option = await world.chain.publicClient.readContract({
      address: world.deployment.tokenVoting,
      abi: tokenVotingAbi,
      functionName: 'getVoteOption',
      args: [proposalId, world.address(account)],
    });
    return option !== 0;
  };
  const watching = (async () => {
    while (!stopped) {
      // The chain may already be gone when the demo ends.
      if (await voted().catch(() => false)) return stopped ? undefined : await world.advanceTo(Number(endDate) + 1);
      await sleep(300);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching.catch(() => undefined);
    },
  };
}
