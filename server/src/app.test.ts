import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { creator, delegator, taskId, trainers, validators } from '@covey/client/testing/played-task';
import type { PlayedTask } from '@covey/client/testing/played-task';
import { roundManagerAbi, taskManagerAbi, tokenVotingAbi } from '@covey/contracts/abi';
import type { SummarisedResult } from '@covey/protocol';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { REORG_WINDOW } from './indexer/indexer.ts';
import { endpoints, pathOf } from './schema/index.ts';
import { expectAsOnChain } from './testing/as-on-chain.ts';
import { expectMarketAsOnChain } from './testing/market-as-on-chain.ts';
import { buyer, seller, tradeModels } from './testing/market.ts';
import { createPlayedWorld, playRound, settleRound, voteOnTask } from './testing/round.ts';
import { read } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
let played: PlayedTask;
let result: SummarisedResult;

beforeAll(async () => {
  ({ world, played } = await createPlayedWorld());
  server = await world.serve();
  await voteOnTask(world, server, played);
  result = await playRound(world, server, played);
});
afterAll(() => world.close());

const { round, task: taskEndpoint, proposal, node, policy, slashCases, stats } = endpoints;
const address = (account: number) => played.address(account);
const liar = validators[2];

describe('the index of a round', () => {
  test('a task with its document, funding, rounds and the proposal on it', async () => {
    const found = await expectAsOnChain(world, server, taskId);
    expect(found).toMatchObject({ state: 'approved', name: 'Quarters', mode: 'arena', proposals: ['0'] });
    expect(found.document).toMatchObject({ status: 'ok', error: null, value: { schema: 'covey.task/2' } });
    expect(found.terms).toMatchObject({ ranking: 'loss', admissionRoot: null });
    expect(found.funding).toMatchObject([{ funder: address(creator), amount: parseEther('3000').toString() }]);
    expect(found.value).toBe(parseEther('2000').toString());
    expect(found.history.map((entry) => entry.event)).toEqual(['proposed', 'approved']);
    expect(found.multiplier).toBe(parseEther('0.5').toString());
  });

  test('the proposal with decoded action, votes, metadata and execution', async () => {
    const found = await read(server, proposal, { params: { id: '0' } });
    expect(found).toMatchObject({
      state: 'executed',
      title: 'Weight of Quarters',
      kinds: ['taskManager.setMultiplier'],
    });
    expect(found.actions[0]).toMatchObject({ contract: 'taskManager', function: 'setMultiplier' });
    expect(found.actions[0]?.args[0]).toMatchObject({ name: 'taskId', value: '1' });
    expect(found.votes.map((vote) => vote.option).sort()).toEqual(['no', 'yes', 'yes', 'yes']);
    const { id } = found;
    const [, , , tally] = await world.anvil.publicClient.readContract({
      address: world.deployment.tokenVoting,
      abi: tokenVotingAbi,
      functionName: 'getProposal',
      args: [BigInt(id)],
    });
    expect(found.tally).toEqual({ abstain: `${tally.abstain}`, yes: `${tally.yes}`, no: `${tally.no}` });
    expect(found.executed).not.toBeNull();
  });

  test('the round: every step, the accepted result and its rows', async () => {
    const found = await read(server, round, { params: { id: '1', round: 0 } });
    expect(found.phase).toBe('challenge');
    expect(found.trainerList.map((one) => one.address)).toEqual(trainers.map(address));
    // 20,000 own and half of 4,000 delegated.
    expect(found.trainerList[1]).toMatchObject({
      ratio: parseEther('1').toString(),
      stake: { own: parseEther('20000').toString(), delegated: parseEther('4000').toString() },
      effectiveStake: parseEther('22000').toString(),
    });
    expect(found.submissionList.map(({ counted }) => counted)).toEqual([true, true]);
    const seats = found.validatorList.map((validator) => validator.seats ?? 0);
    expect(seats.reduce((sum, drawn) => sum + drawn, 0)).toBe(16);
    expect(found.submissionList.map(({ missingSeats }) => missingSeats)).toEqual([0, seats[2]]);
    expect(found.submissionList.map(({ stake }) => stake)).toEqual(found.trainerList.map(({ stake }) => stake));
    expect(found.validatorList[2]?.attestation).toMatchObject({ ciphertextMissing: false, missing: [1] });
    // The larger scale has the lower loss.
    expect(found.submissionList.map((one) => one.result?.rank)).toEqual([1, 0]);
    expect(found.submissionList.map((one) => one.result?.weight)).toEqual(
      result.document.submissions.map(({ weight }) => weight),
    );
    expect(found.accepted).toMatchObject({ resultHash: result.resultHash, by: 'validators', contested: false });
    expect(found.validatorList.map(({ agreed }) => agreed)).toEqual([true, true, false]);
    expect(found.tallies.map((one) => one.validators)).toEqual([2, 1]);
    expect(found.result).toMatchObject({ cid: result.cid, status: 'ok', error: null });
    expect(found.result?.header).toMatchObject({ aggregate: result.document.aggregate });
    expect(found.baseModelCid).toBe(played.document.initialModel);
    expect(found.key?.key).toBe(played.keys[0]);
  });

  test('settlement, slash and the next base model', async () => {
    await settleRound(world, played);
    const earned = await played.round(0, 0).earn();
    const task = await expectAsOnChain(world, server, taskId);
    const found = await read(server, round, { params: { id: '1', round: 0 } });
    expect(found.phase).toBe('claimable');
    expect(found.rewards).toMatchObject({ claims: 4, claimed: 4 });
    const paid = [...found.submissionList, ...found.validatorList].map(({ payout }) => BigInt(payout?.total ?? 0));
    const { fee, carried, paid: sum } = found.rewards ?? { fee: -1, carried: -1, paid: -1 };
    expect(paid.reduce((all, total) => all + total, 0n)).toBe(BigInt(sum));
    expect(BigInt(fee) + BigInt(carried) + BigInt(sum)).toBe(BigInt(found.pool));
    expect(earned?.amount).toBeGreaterThan(0n);
    expect([found.emission?.amount, task.emitted, task.common]).toEqual(Array(3).fill(`${earned?.amount}`));
    const amount = parseEther('10000').toString();
    expect(found.slashCases).toMatchObject([
      { state: 'executed', reason: 'resultMismatch', target: address(liar), attempt: 0, amount, collected: amount },
    ]);
    const [slashed] = found.slashCases;
    expect(BigInt(slashed?.toTreasury ?? 0) + BigInt(slashed?.toReporter ?? 0)).toBe(parseEther('10000'));
    expect(slashed?.toChallenger).toBe('0');
    expect(task.currentModel).toBe(result.document.model);
    expect(task.roundsClosed).toBe(1);
    const { initialModel, name } = played.document;
    const made = { taskId: '1', round: 0, baseCid: initialModel, resultCid: result.cid, contributors: 2 };
    expect(await read(server, endpoints.model, { params: { cid: result.document.model } })).toMatchObject({
      madeBy: [{ ...made, taskName: name, creator: address(creator), scorer: played.core.sha256 }],
      startOf: [],
      next: [],
      listings: [],
    });
    expect(await read(server, endpoints.model, { params: { cid: initialModel } })).toMatchObject({
      madeBy: [],
      startOf: [{ taskId: '1', taskName: name }],
      next: [{ taskId: '1', round: 0, modelCid: result.document.model }],
    });
    const unknown = await fetch(server.url + pathOf(endpoints.model, { params: { cid: result.cid } }));
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'SERVER_NOT_FOUND' } }]);
    const lost = await read(server, node, { params: { address: address(liar) } });
    expect(lost).toMatchObject({ own: amount, slashed: amount, openCases: 0, operator: address(7) });
    expect(lost.pool.tokens).toBe(amount);
    expect(lost.validationList).toMatchObject([{ taskId: '1', round: 0, agreed: false, payout: null }]);
    const held = await read(server, endpoints.account, { params: { address: address(delegator) } });
    expect(held.positions).toMatchObject([{ node: address(trainers[1]), active: parseEther('4000').toString() }]);
    expect((await read(server, slashCases, {})).total).toBe(1);
    expect(await read(server, stats, {})).toMatchObject({
      submissions: 2,
      validators: 3,
      trainers: 2,
      totalEmitted: `${earned?.amount}`,
    });
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

describe('the index of the market', () => {
  const listing = (id: string) => read(server, endpoints.listing, { params: { id } });
  const ids = async (query: Parameters<typeof read<typeof endpoints.listings>>[2]['query']) =>
    (await read(server, endpoints.listings, { query })).items.map(({ id }) => id).join();

  test('listings, orders, licences and earnings are those of the contracts', async () => {
    await tradeModels(world, server, played, result);
    await expectMarketAsOnChain(world, server, result);
  });

  test('an open model with its sales and what contributors got of them', async () => {
    const found = await listing('1');
    expect(found).toMatchObject({ kind: 'round', name: 'Quarters', taskId: '1', rounds: 1, sealed: null, sales: 2 });
    expect(found.modelCid).toBe(result.document.model);
    expect(found.purchases.map(({ price }) => price)).toEqual(['80', '100'].map((price) => `${parseEther(price)}`));
    expect(found.purchases[0]).toMatchObject({ buyer: address(seller), payer: address(buyer), licenceEnd: null });
    expect(found.history.map(({ event }) => event)).toEqual(['listed', 'priceChanged']);
    const first = await read(server, endpoints.marketAccount, { params: { address: address(trainers[0]) } });
    expect(first.contributions).toMatchObject([{ listingId: '1', round: 0, claimable: '0' }]);
    expect(found.revenueClaims.map(({ amount }) => amount)).toEqual([first.contributions[0]?.claimed]);
    const other = await read(server, endpoints.marketAccount, { params: { address: address(trainers[1]) } });
    expect(BigInt(other.contributions[0]?.claimable ?? 0)).toBeGreaterThan(0n);
  });

  test('a sealed model says what is held to, what became of its orders, and that a fraud was proven', async () => {
    const honest = await listing('4');
    expect(honest).toMatchObject({ name: 'Secret quarters', forSale: true, fraudulent: false, sales: 1 });
    expect(honest.sealed?.manifest).toMatchObject({ status: 'ok', value: { description: 'It is **sealed**.' } });
    const found = await listing('5');
    expect(found).toMatchObject({ forSale: false, fraudulent: true, sales: 0 });
    expect(found.sealed).toMatchObject({ fraud: { orderId: '3', fault: 'wrongKey', reporter: address(buyer) } });
    const { items } = await read(server, endpoints.orders, {});
    expect(items.map(({ id, state, next }) => `${id} ${state} ${next}`)).toEqual([
      '5 open deliver',
      '4 delivered refund',
      '3 refunded null',
      '2 refunded null',
      '1 settled null',
    ]);
    const of = { listingId: '5', buyer: address(creator).toLowerCase(), seller: address(seller), state: 'delivered' };
    expect((await read(server, endpoints.orders, { query: { ...of, state: 'delivered' } })).total).toBe(1);
    expect((await read(server, endpoints.marketAccount, { params: { address: address(seller) } })).deliveryKey).toBe(
      address(buyer),
    );
  });

  test('lists are filtered, searched and sorted; versions name each other', async () => {
    expect(await ids({ kind: 'own' })).toBe('3,2');
    expect(await ids({ seller: address(creator) })).toBe('1');
    expect(await ids({ state: 'fraudulent' })).toBe('5');
    expect(await ids({ state: 'paused' })).toBe('3');
    expect(await ids({ sale: 'true' })).toBe('4,1');
    expect(await ids({ search: 'QUART' })).toBe('5,4,1');
    expect(await ids({ search: '%' })).toBe('');
    expect(await ids({ search: '2', sort: 'cheapest' })).toBe('2');
    expect(await ids({ search: address(seller).slice(0, 8).toLowerCase(), kind: 'sealed' })).toBe('5,4');
    expect(await ids({ sort: 'cheapest', limit: 2 })).toBe('2,3');
    expect(await ids({ sort: 'dearest', taskId: '1' })).toBe('1');
    expect(await ids({ sort: 'sales', limit: 1 })).toBe('2');
    expect((await listing('3')).versions.map(({ id }) => id)).toEqual(['2', '3']);
    expect((await listing('2')).versions.map(({ id }) => id)).toEqual(['2', '3']);
    expect(await read(server, endpoints.market, {})).toEqual({
      paymentTokens: [{ address: world.deployment.token, symbol: 'COVEY', decimals: 18, allowed: true }],
      pausedUntil: { modelMarket: null, keyEscrow: null, inferenceChannels: null, inferenceDesk: null },
    });
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
    ...['1', '2', '4', '5'].map((id) => pathOf(endpoints.listing, { params: { id } })),
    pathOf(endpoints.orders, {}),
    ...[3, 4, 6].map((account) => pathOf(node, { params: { address: address(account) } })),
    ...[buyer, creator, seller, 3].map((account) =>
      pathOf(endpoints.marketAccount, { params: { address: address(account) } }),
    ),
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
  await world.send(creator, world.deployment.roundManager, roundManagerAbi, 'open', [1n]);
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
  expect(after.funding.map(({ amount }) => amount)).toEqual([parseEther('3000'), parseEther('3')].map(String));
  expect(after.roundList).toHaveLength(1);
  await expectAsOnChain(world, server, taskId);
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
