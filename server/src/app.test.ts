import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { roundManagerAbi, taskManagerAbi } from '@covey/contracts/abi';
import { roundPhases } from '@covey/contracts/abi/enums';
import type { SummarisedResult } from '@covey/protocol';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { REORG_WINDOW } from './indexer/indexer.ts';
import { endpoints, pathOf } from './schema/index.ts';
import { approvedTask, playRound, settleRoundOnChain } from './testing/round.ts';
import type { PlayedTask } from './testing/round.ts';
import { createWorld, read } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
let task: PlayedTask;
let result: SummarisedResult;

beforeAll(async () => {
  world = await createWorld();
  server = await world.serve();
  task = await approvedTask(world, server);
  result = await playRound(world, server, task);
});
afterAll(() => world.close());

const { round, task: taskEndpoint, proposal, node, policy, slashCases, stats } = endpoints;

async function phaseOnChain(): Promise<string | undefined> {
  const phase = await world.anvil.publicClient.readContract({
    address: world.deployment.roundManager,
    abi: roundManagerAbi,
    functionName: 'phaseOf',
    args: [1n, 0],
  });
  return roundPhases[phase];
}

describe('the index of a round', () => {
  test('a task with its document, funding, rounds and the proposal that approved it', async () => {
    await server.caughtUp();
    const found = await read(server, taskEndpoint, { params: { id: '1' } });
    expect(found).toMatchObject({ state: 'approved', name: 'Digits', mode: 'federated', proposals: ['0'] });
    expect(found.document).toMatchObject({ cid: task.documentCid, status: 'ok', error: null });
    expect(found.funding).toMatchObject([{ amount: parseEther('1000').toString() }]);
    expect(found.budget).toBe(parseEther('500').toString());
    expect(found.history.map((entry) => entry.event)).toEqual(['proposed', 'approved']);
    const chain = await world.anvil.publicClient.readContract({
      address: world.deployment.taskManager,
      abi: taskManagerAbi,
      functionName: 'task',
      args: [1n],
    });
    expect(found.budget).toBe(chain.budget.toString());
    expect(found.roundsOpened).toBe(chain.roundsOpened);
  });

  test('the proposal with decoded action, votes, metadata and execution', async () => {
    const found = await read(server, proposal, { params: { id: '0' } });
    expect(found).toMatchObject({ state: 'executed', title: 'Approve Digits', kinds: ['taskManager.approve'] });
    expect(found.actions).toMatchObject([
      { contract: 'taskManager', function: 'approve', args: [{ name: 'taskId', value: '1' }] },
    ]);
    expect(found.votes.map((vote) => vote.option).sort()).toEqual(['no', 'yes', 'yes', 'yes']);
    expect(found.tally).toEqual({
      abstain: '0',
      yes: parseEther('2989000').toString(),
      no: parseEther('1000000').toString(),
    });
    expect(found.executed).not.toBeNull();
  });

  test('the round: every step, the accepted result and its rows', async () => {
    const found = await read(server, round, { params: { id: '1', round: 0 } });
    expect(found.phase).toBe(await phaseOnChain());
    expect(found.submissionList.map(({ counted }) => counted)).toEqual([true, true]);
    // The third has 1,000 delegated tokens, which count half: 5,500 of 17,500.
    const seats = found.validatorList.map((validator) => validator.seats ?? 0);
    expect(seats.reduce((sum, drawn) => sum + drawn, 0)).toBe(60);
    // Shares of 20.6, 20.6 and 18.9 seats, rounded down: from one below to two above (the draw's own tests are exact).
    for (const [n, share] of [20, 20, 18].entries()) {
      expect(seats[n]).toBeGreaterThanOrEqual(share - 1);
      expect(seats[n]).toBeLessThanOrEqual(share + 2);
    }
    expect(found.submissionList.map(({ availableSeats }) => availableSeats)).toEqual([60, 60 - (seats[2] ?? 0)]);
    expect(found.submissionList.map(({ stake }) => stake.own)).toEqual(Array(2).fill(parseEther('2000').toString()));
    expect(found.submissionList[0]?.result).toMatchObject({ verdict: 'valid', rank: 0, contribution: '100' });
    expect(found.accepted).toMatchObject({ resultHash: result.resultHash, by: 'validators' });
    expect(found.validatorList.map(({ agreed }) => agreed)).toEqual([true, true, false]);
    expect(found.tallies.map(({ validators }) => validators)).toEqual([2, 1]);
    expect(found.result).toMatchObject({ cid: result.cid, status: 'ok', error: null });
    expect(found.result?.header).toMatchObject({ aggregate: { correct: 6 } });
    expect(found.baseModelCid).toBe(task.document.initialModel);
    expect(found.key?.key).toBe(`0x${'01'.repeat(32)}`);
  });

  test('settlement, slash and the next base model', async () => {
    await settleRoundOnChain(world, result);
    await server.caughtUp();
    const found = await read(server, round, { params: { id: '1', round: 0 } });
    expect(found.phase).toBe('claimable');
    expect(await phaseOnChain()).toBe('claimable');
    expect(found.rewards).toMatchObject({ claims: 4, claimed: 4 });
    const paid = [...found.submissionList, ...found.validatorList].map(({ payout }) => BigInt(payout?.total ?? 0));
    expect(paid.reduce((sum, total) => sum + total, 0n) + BigInt(found.rewards?.carriedOver ?? -1)).toBe(
      BigInt(found.pool),
    );
    expect(found.slashCases).toMatchObject([
      { state: 'executed', reason: 'resultMismatch', collected: parseEther('1800').toString() },
    ]);
    expect(found.slashCases[0]).toMatchObject({
      toTask: parseEther('1620').toString(),
      toReporter: parseEther('180').toString(),
    });
    const current = await read(server, taskEndpoint, { params: { id: '1' } });
    expect(current.currentModel).toBe(result.document.model);
    expect(current.roundsClosed).toBe(1);
    const liar = await read(server, node, { params: { address: world.anvil.accounts[6]?.address ?? '' } });
    expect(liar.slashed).toBe(parseEther('1800').toString());
    expect(liar).toMatchObject({ own: parseEther('3500').toString(), delegated: parseEther('700').toString() });
    expect(liar.positions.map(({ active }) => active)).toEqual([liar.own, liar.delegated]);
    expect(liar.pool.tokens).toBe(parseEther('4200').toString());
    expect(liar.openCases).toBe(0);
    const delegator = world.anvil.accounts[3]?.address ?? '';
    const held = await read(server, endpoints.account, { params: { address: delegator } });
    expect(held.positions).toMatchObject([{ node: liar.address, active: parseEther('700').toString() }]);
    expect((await read(server, slashCases, {})).total).toBe(1);
    expect(await read(server, stats, {})).toMatchObject({ submissions: 2, validators: 3, trainers: 2 });
  });

  test('the policy with values, bounds and history', async () => {
    const found = await read(server, policy, {});
    expect(found.params.map(({ name }) => name)).toContain('challengeWindow');
    expect(
      found.params.every(({ value, min, max }) => BigInt(value) >= BigInt(min) && BigInt(value) <= BigInt(max)),
    ).toBe(true);
    expect(found.params[0]?.history.length).toBeGreaterThan(0);
  });
});

/** Everything that a page could show, without what the clock changes. */
async function snapshotOf(of: CoveyServer): Promise<Record<string, unknown>> {
  const paths = [
    pathOf(taskEndpoint, { params: { id: '1' } }),
    pathOf(round, { params: { id: '1', round: 0 } }),
    pathOf(proposal, { params: { id: '0' } }),
    pathOf(policy, {}),
    pathOf(stats, {}),
    pathOf(endpoints.nodes, {}),
    pathOf(slashCases, {}),
    ...[1, 4, 6].map((account) => pathOf(node, { params: { address: world.anvil.accounts[account]?.address ?? '' } })),
  ];
  const all: Record<string, unknown> = {};
  for (const path of paths) all[path] = await (await fetch(`${of.url}${path}`)).json();
  return all;
}

test('an index that was deleted is rebuilt from chain and IPFS to the same answers', async () => {
  // More blocks than can be reorganised, so that the rebuild reads both the settled and the open part of the chain.
  await world.anvil.testClient.mine({ blocks: 2 * REORG_WINDOW });
  await server.caughtUp();
  const before = await snapshotOf(server);
  await server.close();
  await rm(join(world.directory, 'data', 'index'), { recursive: true });
  server = await world.serve();
  await server.caughtUp();
  expect(await snapshotOf(server)).toEqual(before);
});

test('a reorganisation takes back exactly what it took back on the chain', async () => {
  await server.caughtUp();
  const before = await snapshotOf(server);
  const snapshot = await world.anvil.testClient.snapshot();
  await world.send(0, world.deployment.taskManager, taskManagerAbi, 'fund', [1n, parseEther('7')]);
  await world.send(3, world.deployment.roundManager, roundManagerAbi, 'open', [1n]);
  await server.caughtUp();
  const ahead = await read(server, taskEndpoint, { params: { id: '1' } });
  expect(ahead.funding).toHaveLength(2);
  expect(ahead.roundList).toHaveLength(2);

  await world.anvil.testClient.revert({ id: snapshot });
  // The other branch is longer, and differs.
  await world.send(0, world.deployment.taskManager, taskManagerAbi, 'fund', [1n, parseEther('3')]);
  await world.anvil.testClient.mine({ blocks: 3 });
  await server.caughtUp();
  const after = await read(server, taskEndpoint, { params: { id: '1' } });
  expect(after.funding.map(({ amount }) => amount)).toEqual([parseEther('1000'), parseEther('3')].map(String));
  expect(after.roundList).toHaveLength(1);
  expect(after.budget).toBe(
    (
      await world.anvil.publicClient.readContract({
        address: world.deployment.taskManager,
        abi: taskManagerAbi,
        functionName: 'task',
        args: [1n],
      })
    ).budget.toString(),
  );
  expect(before).not.toEqual(await snapshotOf(server));
});

test('a reorganisation deeper than the window builds the index anew', async () => {
  await server.caughtUp();
  const before = await snapshotOf(server);
  const snapshot = await world.anvil.testClient.snapshot();
  await world.send(0, world.deployment.taskManager, taskManagerAbi, 'fund', [1n, parseEther('9')]);
  await world.anvil.testClient.mine({ blocks: 3 * REORG_WINDOW });
  await server.caughtUp();
  expect(await snapshotOf(server)).not.toEqual(before);
  await world.anvil.testClient.revert({ id: snapshot });
  await server.caughtUp();
  expect(await snapshotOf(server)).toEqual(before);
});
