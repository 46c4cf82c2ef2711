import { creator, hour, stranger, taskId } from '@covey/client/testing/played-task';
import type { PlayedTask } from '@covey/client/testing/played-task';
import { policyAbi, roundManagerAbi, taskManagerAbi } from '@covey/contracts/abi';
import { params, roundPhases } from '@covey/contracts/abi/enums';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import type { Round } from '../schema/index.ts';
import { expectAsOnChain } from '../testing/as-on-chain.ts';
import { createPlayedWorld, openShard } from '../testing/round.ts';
import { read } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let server: CoveyServer;
let played: PlayedTask;
beforeAll(async () => {
  ({ world, played } = await createPlayedWorld());
  server = await world.serve();
});
afterAll(() => world.close());

const roundAt = async (round: number): Promise<Round> => {
  await server.caughtUp();
  return read(server, endpoints.round, { params: { id: `${taskId}`, round } });
};

/** Mines a block at each end that lies ahead and one in the second before it; then takes the chain back. */
async function walk(round: number): Promise<string[]> {
  const { testClient, publicClient } = world.anvil;
  const from = await roundAt(round);
  const { timestamp } = await publicClient.getBlock();
  const ends = [...Object.values(from.deadlines), from.challengeEnd, from.rulingEnd]
    .filter((end) => end !== null)
    .filter((end) => end - 1 > timestamp)
    .sort((a, b) => a - b);
  const snapshot = await testClient.snapshot();
  const phases: string[] = [];
  try {
    for (const moment of new Set(ends.flatMap((end) => [end - 1, end]))) {
      await testClient.setNextBlockTimestamp({ timestamp: BigInt(moment) });
      await testClient.mine({ blocks: 1 });
      const found = await roundAt(round);
      const phase = await publicClient.readContract({
        address: world.deployment.roundManager,
        abi: roundManagerAbi,
        functionName: 'phaseOf',
        args: [taskId, round],
      });
      expect([moment, found.phase]).toEqual([moment, roundPhases[phase]]);
      if (from.accepted === null) expect(found.phaseEndsAt ?? Infinity).toBeGreaterThan(moment);
      if (phases.at(-1) !== found.phase) phases.push(found.phase);
    }
  } finally {
    await testClient.revert({ id: snapshot });
    await testClient.mine({ blocks: 1 });
  }
  return phases;
}

describe('a round says its phase as the chain does, in the second before each end and at it', () => {
  const at = (account: number) => played.round(account, 0);

  test('until training nodes are drawn', async () => {
    await played.as(creator).rounds.open(taskId);
    await played.joinAll(0);
    expect(await walk(0)).toEqual(['join', 'trainerDraw']);
    await world.anvil.advance(hour);
    await at(0).draw(played.beacon);
  });

  test('until validators are drawn', async () => {
    expect(await walk(0)).toEqual(['commit', 'reveal', 'validatorDraw']);
    await played.submitAll(0);
    await expectAsOnChain(world, server, taskId);
  });

  test('when validators are drawn anew', async () => {
    // Nobody attests.
    await at(0).draw(played.beacon);
    await world.anvil.advance(2 * hour);
    await expectAsOnChain(world, server, taskId);
    await at(stranger).void();
    const found = await roundAt(0);
    expect(found).toMatchObject({ attempt: 1, validators: 0, repeats: [{ attempt: 1, reason: 'notAttested' }] });
    expect(found.earlierValidators).toHaveLength(3);
    expect(await walk(0)).toEqual(['validatorJoin', 'validatorDraw']);
    for (const account of [4, 5, 6]) await played.round(played.signer(account), 0).join('validator');
    await expectAsOnChain(world, server, taskId);
    await world.anvil.advance(hour);
    await at(0).draw(played.beacon);
  });

  test('until the result is accepted, and after', async () => {
    const phases = ['attest', 'attestReveal', 'key', 'resultCommit', 'resultReveal', 'acceptance'];
    expect(await walk(0)).toEqual(phases);
    await played.attestAll(0, undefined, 1);
    await openShard(world, played, 0);
    const result = await played.score(0);
    await played.revealResults(0, [
      [4, result],
      [5, await played.otherResult(result)],
    ]);
    await at(0).accept();
    expect(await walk(0)).toEqual(['challenge']);
    const { accepted } = await roundAt(0);
    expect(accepted).toMatchObject({ contested: true });
    const { tallies } = await roundAt(0);
    const other = tallies.find(({ resultHash }) => resultHash !== accepted?.resultHash);
    expect(other).toBeDefined();
    // Free for who revealed it; which one leads is the draw's.
    if (other?.resultHash === result.resultHash) await at(4).challenge(result.summary);
    else await at(5).challenge((await played.otherResult(result)).summary);
    expect((await roundAt(0)).challenges).toMatchObject([{ resultHash: other?.resultHash, bond: '0' }]);
    expect(await walk(0)).toEqual(['ruling']);
    await expectAsOnChain(world, server, taskId);
  });
});

describe('the money of a task is the chain’s, to the wei', () => {
  const tasks = { abi: taskManagerAbi } as const;
  const check = () => expectAsOnChain(world, server, taskId);

  test('what is funded in a round waits for its end, and buys units then', async () => {
    await played.as(stranger).task(taskId).fund(parseEther('123'));
    expect(await check()).toMatchObject({ waiting: parseEther('123').toString() });
    // No ruling came, and no result is on two thirds of all seats: the pool goes back whole.
    await world.anvil.advance(60 * 86_400);
    await played.round(0, 0).finalize();
    const task = await check();
    expect(task.currentRound).toMatchObject({ phase: 'void', voidReason: 'noRuling' });
    expect(task).toMatchObject({ waiting: '0', value: parseEther('3123').toString() });
  });

  test('windows that are longer than the policy allows as a round opens end with it', async () => {
    const { testClient } = world.anvil;
    const snapshot = await testClient.snapshot();
    try {
      const change = [{ param: params.indexOf('maxWindow'), value: 1_800n }];
      const { policy: address } = world.deployment;
      await played.asDao({ abi: policyAbi, address, functionName: 'set', args: [change] });
      await world.anvil.advance(hour);
      await played.as(creator).rounds.open(taskId);
      const { openedAt } = await played.round(0, 1).read();
      expect((await roundAt(1)).deadlines).toMatchObject({ join: openedAt + 1_800 });
      expect(await walk(1)).toEqual(['join', 'trainerDraw']);
      await expectAsOnChain(world, server, taskId);
    } finally {
      await testClient.revert({ id: snapshot });
      await testClient.mine({ blocks: 1 });
    }
  });

  test('when the task is stopped while a round waits for its challenges', async () => {
    await played.playToReveals(1);
    await played.as(stranger).task(taskId).fund(parseEther('7'));
    await played.round(0, 1).draw(played.beacon);
    await played.attestAll(1);
    await openShard(world, played, 1);
    const result = await played.score(1);
    await played.revealResults(1, [
      [4, result],
      [5, result],
    ]);
    await played.round(0, 1).accept();
    await played.asDao({ ...tasks, address: world.deployment.taskManager, functionName: 'stop', args: [taskId] });
    expect(await check()).toMatchObject({ state: 'stopped', waiting: parseEther('7').toString() });
    await world.anvil.advance(90_000);
    await played.round(0, 1).finalize();
    expect(await check()).toMatchObject({ creationStake: '0' });
    await played.round(0, 1).openClaims();
    // Nothing follows: what waited goes back as it came.
    expect(await check()).toMatchObject({ waiting: parseEther('7').toString() });
    for (const account of [2, 3, 4, 5]) {
      await played.round(0, 1).claim(played.address(account));
      await check();
    }
  });

  test('what comes back of an ended task goes to its funders and the treasury, late emission too', async () => {
    await played.as(0).task(taskId).redeem(played.address(stranger));
    expect(await check()).toMatchObject({ waiting: '0' });
    const earned = await played.round(0, 1).earn();
    expect(earned?.amount).toBeGreaterThan(0n);
    const task = await check();
    expect(task.history.map(({ event }) => event)).toContain('restSwept');
    expect(task.emitted).toBe(`${earned?.amount}`);
    await played.as(0).task(taskId).redeem(played.address(creator));
    const { redemptions, funding } = await check();
    expect(redemptions.map(({ funder }) => funder)).toEqual([stranger, creator].map(played.address));
    expect(funding.map(({ amount }) => amount)).toEqual([3000, 123, 7].map((amount) => `${parseEther(`${amount}`)}`));
  });
});
