import { deployTestCovey, startAnvil, testBeacon, type Anvil } from '@covey/governance/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import { seedOf, type RoundResult } from '@covey/protocol';
import { getAddress, parseEther, type Hex, type PublicClient } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedBeacon } from '../round/beacon-source.ts';
import { executeCases } from '../slash/execute-cases.ts';
import { heldNodes, releaseStakes } from '../slash/release-stakes.ts';
import {
  creator,
  hour,
  ONE,
  operator,
  playedPolicy,
  playTask,
  stranger,
  taskId,
  trainers,
  validators,
  type PlayedTask,
} from '../testing/played-task.ts';

let anvil: Anvil;
let played: PlayedTask;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 10 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, { scorer: core.sha256 as Hex, policy: playedPolicy });
  played = await playTask({ anvil, deployment, core, sign: (round) => testBeacon.sign(round) });
});
afterAll(async () => {
  await anvil?.stop();
});

const address = (account: number) => played.address(account);
const advance = (seconds: number) => anvil.advance(seconds);
const draw = async (round: number) => {
  expect(await played.round(0, round).draw(played.beacon, played.onEvent)).toBe('drawn');
};

describe('a round that pays', () => {
  let result: RoundResult;
  const at = (account: number) => played.round(account, 0);

  test('is opened by the creator or whom it names, and nobody else', async () => {
    const task = (account: number) => played.as(account).task(taskId);
    await expect(played.as(stranger).rounds.open(taskId)).rejects.toMatchObject({ contractError: 'NotOpener' });
    await task(creator).nameOpener(address(stranger));
    await task(trainers[0]).raiseCreationStake(parseEther('1000'));
    const read = await task(0).read();
    expect(read).toMatchObject({ opener: address(stranger), creationStake: parseEther('11000'), multiplier: ONE });
    expect(read.nextPool).toBe(parseEther('1000'));
    expect(await task(0).document()).toEqual(played.document);
    expect(await task(0).expire()).toBeNull();
    expect(await played.as(stranger).rounds.open(taskId)).toBe(0);
    await task(creator).nameOpener(null);
    expect((await task(0).read()).opener).toBeNull();
    const info = await at(0).read();
    expect(info).toMatchObject({ phase: 'join', attempt: 0, trainerSeats: 8, validatorSeats: 16, trainerSeed: null });
    expect(info.pool.units + info.pool.common).toBe(parseEther('1000'));
  });

  test('is joined with what was allocated before it opened', async () => {
    await played.joinAll(0);
    expect(await at(2).join('trainer')).toBeNull();
    const candidates = await at(0).candidates('validator');
    expect(candidates.map(({ node, seats }) => [node, seats])).toEqual(
      validators.map((account) => [address(account), 0]),
    );
    const { allocations } = await played.as(0).node(address(2)).allocations();
    expect(allocations).toEqual([{ taskId, role: 'trainer', ratio: ONE, bound: ONE, readers: 1 }]);
    expect(await played.as(0).node(address(6)).operator()).toBe(address(operator));
    expect(await played.as(0).node(address(operator)).actingFor()).toBe(address(6));
    const [, second] = await at(0).candidates('trainer');
    // 20,000 own and half of 4,000 delegated.
    expect(second).toMatchObject({ node: address(3), stake: parseEther('22000'), ratio: ONE });
    await expect(played.as(9).round({ taskId, round: 7 }).read()).rejects.toMatchObject({ code: 'ROUND_UNKNOWN' });
  });

  test('draws seats that are the contract’s own', async () => {
    expect(await at(0).draw(played.beacon)).toBe('not-due');
    await advance(hour);
    expect((await at(0).next()).move).toBe('draw-trainers');
    await expect(at(0).draw()).rejects.toMatchObject({ code: 'BEACON_MISSING' });
    const forged = signedBeacon((round) => testBeacon.sign(round + 1n));
    await expect(at(0).draw(forged)).rejects.toMatchObject({ code: 'BEACON_INVALID' });
    await draw(0);
    const candidates = await at(0).candidates('trainer');
    expect(candidates.reduce((sum, { seats }) => sum + seats, 0)).toBe(8);
    for (const { node, seats } of candidates) {
      const kept = await at(0).candidate(node);
      expect(kept).toMatchObject({ role: 'trainer', seats });
    }
    const [drawn] = await at(0).draws();
    expect(drawn).toMatchObject({ role: 'trainer', attempt: 0, seats: 8, stake: parseEther('32000') });
    const seed = seedOf({
      beacon: drawn!.beacon,
      chainId: played.deployment.chainId,
      roundManager: played.deployment.roundManager,
      taskId,
      round: 0,
    });
    expect(drawn!.seed).toBe(seed);
  });

  test('lists what was committed and revealed, as the contracts count it', async () => {
    await played.submitAll(0);
    const submissions = await at(0).submissions();
    expect(submissions.map(({ node, index }) => [node, index])).toEqual([
      [address(2), 0],
      [address(3), 1],
    ]);
    expect((await at(0).committed()).map(({ node }) => node)).toEqual(trainers.map(address));
    expect(await at(0).submission(address(9))).toBeNull();
    const info = await at(0).read();
    expect(info.submittedSeats).toBe(8);
    expect(submissions.reduce((sum, { seats }) => sum + seats, 0)).toBe(8);
    expect(submissions[1]?.stake).toEqual({
      own: parseEther('20000'),
      delegated: parseEther('4000'),
      commission: ONE / 10n,
    });
  });

  test('counts what validators had, and opens the shard', async () => {
    await draw(0);
    await played.attestAll(0);
    expect(await at(0).counted()).toEqual([3n]);
    expect((await at(0).submissions()).map(({ counted }) => counted)).toEqual([true, true]);
    expect((await at(0).attestations()).map(({ revealed }) => revealed?.missing)).toEqual([[0n], [0n], [0n]]);
    await at(creator).publishKey(played.keys[0]!);
    expect(await at(creator).publishKey(played.keys[0]!)).toBeNull();
    expect((await at(0).read()).key).toBe(played.keys[0]);
    await advance(hour);
  });

  test('accepts the result with most seats', async () => {
    result = await played.score(0);
    const { resultHash, summary } = result;
    const said = validators.map((account) => [account, result] as const);
    await played.revealResults(0, said, [6]);
    const [revealed] = await at(0).results();
    expect(revealed).toMatchObject({ resultHash, count: 2, stake: parseEther('80000') });
    expect(await at(0).validator(address(6))).toMatchObject({ attestation: 'revealed', result: 'committed' });
    const seen = await at(0).validators();
    expect(seen.map((one) => one.resultHash)).toEqual([resultHash, resultHash, null]);
    expect(await at(0).accept(played.onEvent)).toEqual({ resultHash, contested: false });
    expect(await at(0).accepted()).toEqual(summary);
    expect(await at(0).challenges()).toEqual([]);
  });

  test('is recomputed by anybody', async () => {
    const verification = await at(0).verify({ core: played.core });
    expect(verification).toMatchObject({ match: true, differences: [], problems: [] });
    const { cid } = await at(0).document();
    expect(cid).toBe(result.cid);
  });

  test('pays to the wei what is recomputed', async () => {
    await advance(86_400);
    await at(0).finalize(played.onEvent);
    expect(await at(0).phase()).toBe('claimable');
    const settled = await at(0).settle();
    await at(0).openClaims(played.onEvent);
    const rewards = await at(0).rewards();
    expect(rewards).toMatchObject({ opened: true, fee: settled.fee, stakeBehind: parseEther('80000') });
    expect(rewards.carried).toBe(settled.carriedAtOnce);
    for (const account of [...trainers, ...validators]) await at(0).claim(address(account));
    const claims = await at(0).claims();
    const expected = [
      ...settled.trainers.map(({ node, payout }) => ({ role: 'trainer', node: getAddress(node), payout })),
      ...settled.validators.map(({ validator, payout }) => ({ role: 'validator', node: validator, payout })),
    ];
    expect(claims).toHaveLength(4);
    expect(claims).toEqual(expect.arrayContaining(expected));
    const after = await at(0).rewards();
    expect(after.paid).toBe(settled.paid);
    expect(after.carried).toBe(settled.carried);
    expect(after.claimsLeft).toBe(0);
  });

  test('holds all that settling it again takes', async () => {
    const replay = await at(0).replayInputs();
    expect(replay).toMatchObject({ taskId, round: 0, ruled: false, trainerSeats: 8, validatorSeats: 16 });
    expect(replay.paid.every(({ source }) => source === 'claimed')).toBe(true);
    expect(replay.validators.map(({ agreed }) => agreed)).toEqual([true, true, false]);
    expect(replay.submissions.map(({ weight }) => weight)).toEqual(
      result.document.submissions.map(({ weight }) => BigInt(weight)),
    );
    const { earned, earning } = await at(0).earning();
    expect(earned).toBe(false);
    expect(replay.emission.earning).toBe(earning);
    expect((await at(0).earn(played.onEvent))?.amount).toBe(earning);
    expect(await at(0).earn()).toBeNull();
    expect((await played.as(0).emission.read()).minted).toBe(earning);
  });

  test('slashes who withheld a result, and frees the others’ stake afterwards', async () => {
    const facts = await at(0).slashable();
    expect(facts).toEqual([{ target: address(6), reason: 'resultNotRevealed', attempt: 0, missing: null }]);
    // Neither an operator nor the node itself opens a case against it.
    for (const account of [operator, 6]) expect(await at(account).openCases()).toEqual({ opened: 0, left: 0 });
    expect(await at(stranger).openCases(played.onEvent)).toEqual({ opened: 1, left: 0 });
    expect(await at(stranger).openCases()).toEqual({ opened: 0, left: 0 });
    expect(await at(0).release(address(2))).toBeNull();
    const covey = anvil.covey(played.deployment, stranger);
    expect(await executeCases({ covey })).toBe(1);
    const parameters = { covey, taskId, round: 0, onEvent: played.onEvent };
    // Everybody who joined.
    expect(await releaseStakes(parameters)).toBe(5);
    await advance(259_200);
    expect(await executeCases({ covey, onEvent: played.onEvent })).toBe(0);
    // What is over is found so once, however many cases there have been.
    let reads = 0;
    const publicClient = new Proxy(covey.publicClient, {
      get(client, name, receiver) {
        if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
        return (call: Parameters<PublicClient['readContract']>[0]) => {
          if (call.functionName === 'slashCase') reads++;
          return client.readContract(call);
        };
      },
    });
    const over = new Set<bigint>();
    for (let look = 0; look < 3; look++)
      expect(await executeCases({ covey: { ...covey, publicClient }, over })).toBe(0);
    expect([over, reads]).toEqual([new Set([1n]), 1]);
    expect(await releaseStakes(parameters)).toBe(0);
    expect(await heldNodes(covey, await at(0).read())).toEqual([]);
    expect((await played.as(0).node(address(6)).read()).own).toBe(parseEther('19000'));
    expect(await played.as(0).node(address(6)).allocations()).toMatchObject({
      allocations: [{ taskId, role: 'validator', ratio: ONE, bound: 0n, readers: 0 }],
      free: 0n,
    });
  });
});

describe('a round whose validators keep silent', () => {
  const at = (account: number) => played.round(account, 1);

  test('lets them be drawn anew, and is void in the end', async () => {
    expect(await played.as(creator).rounds.open(taskId)).toBe(1);
    await played.joinAll(1);
    await advance(hour);
    await draw(1);
    await played.submitAll(1);
    await draw(1);
    expect(await at(0).void()).toBeNull();
    await advance(2 * hour);
    expect((await at(0).next()).move).toBe('fail');
    expect(await at(0).void(played.onEvent)).toBe('repeated');
    const repeated = await at(0).read();
    expect(repeated).toMatchObject({ phase: 'validatorJoin', attempt: 1, validatorCandidates: 0, validatorSeed: null });
    // One of them joins again.
    await at(4).join('validator');
    await advance(hour);
    await draw(1);
    expect(await at(0).candidates('validator')).toMatchObject([{ node: address(4), seats: 16 }]);
    const draws = await at(0).draws();
    expect(draws.map(({ role, attempt }) => [role, attempt])).toEqual([
      ['trainer', 0],
      ['validator', 0],
      ['validator', 1],
    ]);
    const seed = seedOf({
      beacon: draws[2]!.beacon,
      chainId: played.deployment.chainId,
      roundManager: played.deployment.roundManager,
      taskId,
      round: 1,
      attempt: 1,
    });
    expect(draws[2]!.seed).toBe(seed);
    await advance(2 * hour);
    expect(await at(0).void()).toBe('repeated');
    await advance(hour);
    expect(await at(0).draw(played.beacon)).toBe('failed');
    expect(await at(0).void(played.onEvent)).toBe('voided');
    expect(await at(0).read()).toMatchObject({ phase: 'void', voidReason: 'noCandidates', attempt: 2 });
  });

  test('shows who was silent, in each attempt', async () => {
    const facts = await at(0).slashable();
    expect(facts).toEqual([
      ...validators.map((account) => ({
        target: address(account),
        reason: 'validatorSilent',
        attempt: 0,
        missing: null,
      })),
      { target: address(4), reason: 'validatorSilent', attempt: 1, missing: null },
    ]);
    expect(await at(stranger).openCases()).toEqual({ opened: 4, left: 0 });
  });
});

describe('a round whose key is withheld', () => {
  const at = (account: number) => played.round(account, 2);

  test('pays a part of the creation stake to those who revealed', async () => {
    // The cases of the round before freeze pools, not allocations.
    expect(await played.as(creator).rounds.open(taskId)).toBe(2);
    await played.joinAll(2);
    await advance(hour);
    await draw(2);
    await played.submitAll(2);
    await draw(2);
    await played.attestAll(2);
    await advance(hour);
    expect((await at(0).next()).move).toBe('fail');
    expect(await at(0).void(played.onEvent)).toBe('voided');
    const [first, second] = await at(0).submissions();
    const paid = await at(0).claimForfeit(address(2));
    const perSeat = parseEther('11000') / 5n / 8n;
    expect(paid?.amount).toBe(perSeat * BigInt(first!.seats));
    expect((await at(0).claimForfeit(address(3)))?.amount).toBe(perSeat * BigInt(second!.seats));
    expect(await at(0).claimForfeit(address(3))).toBeNull();
    expect(await at(0).slashable()).toEqual([]);
    expect((await played.as(0).task(taskId).read()).state).toBe('stopped');
  });

  test('gives the funders back what is left', async () => {
    const funder = address(creator);
    const { units } = await played.as(0).task(taskId).funding(funder);
    expect(units).toBeGreaterThan(parseEther('2000'));
    expect((await played.as(0).task(taskId).redeem(funder))?.amount).toBe(units);
    expect(await played.as(0).task(taskId).redeem(funder)).toBeNull();
    expect((await played.as(0).task(taskId).sweep())?.amount).toBeGreaterThan(0n);
  });
});

test('every transaction was reported', () => {
  const names = new Set(played.events.map(({ event }) => event));
  for (const name of [
    'allocated',
    'joined',
    'drawn',
    'accepted',
    'finalized',
    'claims-opened',
    'emission-earned',
    'case-opened',
    'case-executed',
    'stake-released',
    'repeated',
    'voided',
  ] as const) {
    expect(names).toContain(name);
  }
});
