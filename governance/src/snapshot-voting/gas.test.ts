import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProposal } from '../actions/create-proposal.ts';
import { execute } from '../actions/execute.ts';
import { vote } from '../actions/vote.ts';
import { transferCoins } from '../catalogue/treasury.ts';
import { createBindingWorld } from '../testing/binding-world.ts';
import type { BindingWorld } from '../testing/binding-world.ts';
import { executeBound, submitVotes } from './index.ts';

// The figures of docs/reference/gas.md: both plugins on the same chain, for the same actions of the real OSx DAO.

let world: BindingWorld;
beforeAll(async () => {
  world = await createBindingWorld();
});
afterAll(() => world.close());

describe('two payments by the DAO', () => {
  test('cost at most 170,000 gas to execute, less than through TokenVoting', async () => {
    const { anvil, deployment } = world;
    const covey = anvil.covey(deployment, 1);
    await anvil.testClient.setBalance({ address: deployment.dao, value: parseEther('1') });
    const actions = [7, 8].map((to) => transferCoins({ to: anvil.wallet(to).account.address, amount: 1n }));

    const { id, cast, read } = await world.open({ actions });
    await submitVotes(covey, { id, envelopes: [await cast(1, 1), await cast(2, 1)] });
    await world.advanceTo((await read()).executableFrom);
    const bound = (await executeBound(covey, { id })).receipt.gasUsed;

    const { proposalId, endDate } = await createProposal(covey, { metadata: 'ipfs://', actions });
    await vote(covey, { proposalId, option: 'yes' });
    await world.advanceTo(Number(endDate) + 1);
    const onChain = (await execute(covey, { proposalId })).receipt.gasUsed;

    expect(bound).toBeLessThanOrEqual(170_000n);
    expect(bound).toBeLessThan(onChain);
  });
});
