import { tokenVotingAbi } from '@covey/contracts/abi';
import {
  canExecute,
  createProposal,
  execute,
  getProposal,
  vote,
  type Action,
  type VoteOption,
} from '@covey/governance';
import { cast } from './cast.ts';
import type { Summary } from './summary.ts';
import type { World } from './world.ts';

export interface Proposed {
  proposalId: bigint;
  endDate: bigint;
}

/** Pins a proposal's description and puts its actions to the vote, written by the first voter. */
export async function propose(
  world: World,
  what: { title: string; summary: string; description: string; actions: Action[]; days?: number },
): Promise<Proposed> {
  const { title, summary, description, actions, days } = what;
  const metadata = new TextEncoder().encode(JSON.stringify({ title, summary, description, resources: [] }));
  const cid = await world.store.add(metadata);
  const { timestamp } = await world.chain.publicClient.getBlock();
  return await createProposal(world.chain.covey(world.deployment, cast.voters[0] as number), {
    metadata: `ipfs://${cid}`,
    actions,
    ...(days ? { endDate: timestamp + BigInt(days) * 86_400n } : {}),
  });
}

export async function castVotes(world: World, proposalId: bigint, accounts: number[], option: VoteOption = 'yes') {
  for (const account of accounts) {
    await vote(world.chain.covey(world.deployment, account), { proposalId, option });
  }
}

/** Waits on the chain's clock until voting is over, then anybody (here the keeper) executes. */
export async function executeAfterVoting(world: World, { proposalId, endDate }: Proposed): Promise<bigint> {
  await world.advanceTo(Number(endDate) + 1);
  const keeper = world.chain.covey(world.deployment, cast.keeper);
  if (!(await canExecute(keeper, { proposalId }))) {
    const proposal = await getProposal(keeper, { proposalId });
    throw new Error(`Proposal ${proposalId} cannot be executed: ${JSON.stringify(proposal.tally, bigints)}`);
  }
  await execute(keeper, { proposalId });
  return proposalId;
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** How the votes stand or ended, for the summary. */
export async function summariseProposals(
  { covey }: World,
  proposals: (Pick<Proposed, 'proposalId'> & { what: string })[],
): Promise<Summary['proposals']> {
  return await Promise.all(
    proposals.map(async ({ proposalId, what }) => {
      const { state, tally, snapshotBlock } = await getProposal(covey, { proposalId });
      const cast = tally.yes + tally.no + tally.abstain;
      const all = await covey.publicClient.readContract({
        address: covey.deployment.tokenVoting,
        abi: tokenVotingAbi,
        functionName: 'totalVotingPower',
        args: [snapshotBlock],
      });
      return {
        id: String(proposalId),
        what,
        executed: state === 'executed',
        yes: String(tally.yes),
        participation: Number((cast * 10_000n) / all) / 10_000,
      };
    }),
  );
}
