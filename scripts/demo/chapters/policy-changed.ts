import { readStake } from '@covey/client';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { setPolicy, vote } from '@covey/governance';
import { parseEther } from 'viem';
import { cast } from '../cast.ts';
import { untilPolicyInForce } from '../policy.ts';
import { castVotes, executeAfterVoting, propose, type Proposed } from '../proposals.ts';
import type { Stage } from '../stage.ts';
import type { World } from '../world.ts';

/** The DAO changes a number of its policy; whoever has staked tokens votes with them too. */
export async function policyChanged({ world, progress, checks }: Stage): Promise<Proposed> {
  const { chain, deployment } = world;
  return await progress.step(
    'A second vote changes the policy; a node votes with its staked tokens',
    async (detail) => {
      const proposed = await propose(world, {
        title: 'Reward the best updates more',
        summary: 'Rank ratio from 0.9 to 0.8: each rank earns a fifth less than the one before.',
        description: 'The ratio between one rank’s weight and the next. A lower number rewards the best updates more.',
        actions: [setPolicy(deployment, [{ param: 'rankRatio', value: parseEther('0.8') }])],
      });
      const staker = cast.trainers[0] as number;
      await castVotes(world, proposed.proposalId, cast.voters);
      const { proposalId } = proposed;
      const { votingPower } = await vote(chain.covey(deployment, staker), { proposalId, option: 'yes' });
      const { own: staked } = await readStake(world.covey, world.address(staker));
      checks.equal(
        'a node votes with liquid and staked tokens',
        votingPower,
        (await liquidTokens(world, staker)) + staked,
      );
      await executeAfterVoting(world, proposed);
      await untilPolicyInForce(world);
      detail(`proposal ${proposalId} executed, and its notice has passed`);
      return proposed;
    },
  );
}

const liquidTokens = (world: World, account: number): Promise<bigint> =>
  world.chain.publicClient.readContract({
    address: world.deployment.token,
    abi: coveyTokenAbi,
    functionName: 'balanceOf',
    args: [world.address(account)],
  });
