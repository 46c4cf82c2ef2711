import {
  acceptOperator,
  clientError,
  offerOperator,
  readCandidates,
  readRound,
  readSubmissions,
  readValidator,
  slashableFacts,
} from '@covey/client';
import { readdir } from 'node:fs/promises';
import { erc20Abi, parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { censor, liar } from './experiments/index.ts';
import type { NodeEvent } from './events.ts';
import { ensureAllocation } from './stake/ensure-allocation.ts';
import { playOn, playRound, playUntil, type Players } from './testing/play-round.ts';
import { cast, startTestNetwork, type TestNetwork } from './testing/test-network.ts';
import { scoreHere } from './validator/scoring.ts';
import type { ValidatorNode } from './validator/validator-node.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

const allocate = 10n ** 18n / 8n;

async function prepared(
  validators: ValidatorNode[],
  trainers = [0, 1].map((n) => network.trainer(n, { allocate })),
): Promise<Players & { at: readonly [bigint, number] }> {
  const task = await network.task({ rounds: 1, ranking: 'loss' });
  await network.prepare(task.taskId, [...trainers, ...validators]);
  return { task, trainers, validators, at: [task.taskId, 0] };
}

const eventsOf = <Name extends NodeEvent['event']>(taskId: bigint, name: Name) =>
  network.events
    .filter((event): event is Extract<NodeEvent, { event: Name }> => event.event === name)
    .filter((event) => 'taskId' in event && event.taskId === taskId);

describe('a round whose validators do not attest', () => {
  it('repeats with new ones, who join anew; submissions stay, and only the silent are slashed', async () => {
    const validators = [0, 1, 2].map((n) => network.validator(n, { allocate }));
    const players = await prepared(validators);
    const { at } = players;
    const [taskId] = at;
    const [faithful, ...silent] = validators as [ValidatorNode, ValidatorNode, ValidatorNode];
    await playUntil(network, { ...players, silent: { attest: silent } }, 0, 'key');
    const first = await readRound(network.covey, ...at);
    expect(first).toMatchObject({ attempt: 0, phase: 'key', attestations: { revealedSeats: 80 } });
    // The creator's key stays hidden: what it would open is scored in another attempt.
    expect(await network.creator(players.task).step(0)).toBe(false);
    expect((await readRound(network.covey, ...at)).key).toBeNull();

    const keeper = network.keeper();
    expect(await keeper.step(...at)).toBe(false);
    expect(eventsOf(taskId, 'repeated')).toMatchObject([{ reason: 'notAttested', attempt: 1 }]);
    expect(await readRound(network.covey, ...at)).toMatchObject({ attempt: 1, phase: 'validatorJoin', submissions: 2 });

    // One that was restarted keeps its commitment of each attempt apart.
    const again = [network.validator(0), silent[0]!];
    for (const node of again) expect(await node.step(...at)).toBe(false);
    expect(await again[0]!.join(...at)).toBeNull();
    await network.passWindow(...at, 'validatorJoin');
    await keeper.step(...at);
    await playOn(network, { ...players, validators: again }, 0, 'attest', 'challenge');
    const files = await readdir(faithful.attestations.folder);
    expect(files.filter((name) => name.startsWith(`${taskId}-0`)).toSorted()).toEqual([
      `${taskId}-0-1.json`,
      `${taskId}-0.json`,
    ]);
    await network.passChallenge(...at);
    await keeper.step(...at);
    await keeper.step(...at);

    const info = await readRound(network.covey, ...at);
    expect(info).toMatchObject({ phase: 'claimable', attempt: 1, results: { revealedSeats: 240, contested: false } });
    const drawn = await readCandidates(network.covey, info, 'validator');
    expect(drawn.map(({ node }) => node).toSorted()).toEqual(again.map(({ address }) => address).toSorted());
    const facts = await slashableFacts(network.covey, ...at);
    expect(facts.map(({ target, reason, attempt }) => ({ target, reason, attempt }))).toEqual(
      silent.map(({ address: target }) => ({ target, reason: 'validatorSilent', attempt: 0 })),
    );
    expect(await again[0]!.claim(...at)).toMatchObject({ payout: { total: expect.any(BigInt) as bigint } });
  });
});

describe('a third of the seats that censors', () => {
  it('leaves nobody out: what rivals submitted counts and is paid', async () => {
    const honest = [0, 1].map((n) => network.validator(n, { allocate }));
    const friend = network.trainer(0).address;
    const rival = network.validator(2, { allocate, ...censor([friend]) });
    const players = await prepared([...honest, rival]);
    const { at } = players;
    await playRound(network, players, 0);
    const info = await readRound(network.covey, ...at);
    const said = await readValidator(network.covey, info, rival.address);
    // Its result is the right one: it had kept everything that it said to lack.
    expect(said).toMatchObject({ attestation: 'revealed', result: 'revealed' });
    expect(info.results).toMatchObject({ revealedSeats: 240, contested: false });
    expect(eventsOf(at[0], 'attested').at(-1)!.missing).toMatchObject([{ index: 1, code: 'CENSORED' }]);
    for (const trainer of players.trainers) {
      const claimed = await trainer.claim(...at);
      expect(claimed?.payout.total ?? 0n).toBeGreaterThan(0n);
    }
    expect(await slashableFacts(network.covey, ...at)).toEqual([]);
  });
});

describe('who lacks what counts', () => {
  it('abstains, unpaid and unslashed; who gets it after all commits as the others do', async () => {
    // Validators whose own store lacks one submission, the second of them only while it attests.
    let isAttesting = true;
    const cutOff = (n: number, isFor: () => boolean) =>
      network.validator(n, {
        allocate,
        availabilityTimeoutMs: 500,
        store: {
          ...network.store,
          get: (cid, options) =>
            cid === withheld && isFor()
              ? Promise.reject(clientError('CONTENT_NOT_FOUND', 'nobody here has it'))
              : network.store.get(cid, options),
        },
      });
    let withheld = '';
    const validators = [
      ...[0, 1, 2].map((n) => network.validator(n, { allocate })),
      cutOff(3, () => true),
      cutOff(4, () => isAttesting),
    ];
    const players = await prepared(validators);
    const { at } = players;
    await playUntil(network, players, 0, 'attest');
    withheld = (await readSubmissions(network.covey, await readRound(network.covey, ...at)))[1]!.cid;
    await playOn(network, players, 0, 'attest', 'resultCommit');
    const attested = eventsOf(at[0], 'attested');
    expect(attested.map(({ missing }) => missing.map(({ index }) => index))).toEqual([[], [], [], [1], [1]]);
    isAttesting = false;
    await playOn(network, players, 0, 'resultCommit', 'challenge');
    await network.passChallenge(...at);
    await network.keeper().step(...at);
    await network.keeper().step(...at);
    expect(eventsOf(at[0], 'abstained')).toMatchObject([{ missing: [{ index: 1, cid: withheld }] }]);
    const info = await readRound(network.covey, ...at);
    expect(info.results).toMatchObject({ revealedSeats: 192, contested: false });
    expect(await slashableFacts(network.covey, ...at)).toEqual([]);
    expect(await validators[3]!.claim(...at)).toBeNull();
    expect(await validators[4]!.claim(...at)).not.toBeNull();
  });
});

describe('an accepted result that is wrong', () => {
  it('is challenged by who computed another: with a bond inside its limits, or none where it is contested', async () => {
    const bond = parseEther('2000');
    const lie = liar(scoreHere(network.core));
    const liars = [0, 1, 2].map((n) => network.validator(n, { allocate, ...lie }));
    const maxStake = parseEther('1000000');
    const honest = network.validator(3, { allocate, limits: { maxStake, maxBond: bond - 1n } });
    const players = await prepared([...liars, honest]);
    const { at } = players;
    await playUntil(network, players, 0, 'challenge');
    expect(await readRound(network.covey, ...at)).toMatchObject({ phase: 'challenge', results: { contested: false } });
    await expect(honest.step(...at)).rejects.toMatchObject({ code: 'BOND_LIMIT', got: String(bond) });
    // The liars do not challenge, and are told nothing.
    for (const node of liars) expect(await node.step(...at)).toBe(false);
    // Without a limit of its operator's it pays what the policy asks: losing would cost it half of its stake.
    const willing = network.validator(3);
    expect(await willing.step(...at)).toBe(false);
    expect(eventsOf(at[0], 'challenged')).toMatchObject([{ bond, round: 0 }]);
    expect(await readRound(network.covey, ...at)).toMatchObject({ phase: 'ruling', results: { challenges: 1 } });
    expect(await willing.step(...at)).toBe(false);
    expect(eventsOf(at[0], 'challenged')).toHaveLength(1);
  });

  it('costs no bond where too few seats are on it', async () => {
    const lie = liar(scoreHere(network.core));
    const liars = [0, 1].map((n) => network.validator(n, { allocate, ...lie }));
    const honest = network.validator(2, { allocate, limits: { maxStake: parseEther('1000000') } });
    const players = await prepared([...liars, honest]);
    const { at } = players;
    // One liar withholds its result: half of the seats that reveal are on each.
    await playUntil(network, { ...players, silent: { resultReveal: [liars[1]!] } }, 0, 'challenge');
    const info = await readRound(network.covey, ...at);
    expect(info.results).toMatchObject({ contested: true });
    const isHonest = info.acceptedHash === (await honest.state.load({ taskId: at[0], round: 0 }))!.resultHash;
    await honest.step(...at);
    expect(eventsOf(at[0], 'challenged')).toMatchObject(isHonest ? [] : [{ bond: 0n }]);
  });
});

describe('an operator', () => {
  it('acts for a node whose own key stays cold: it joins, commits, reveals and claims for it', async () => {
    const cold = network.trainer(7, { allocate });
    const operator = network.account(cast.outsider);
    const node = network.trainer(7, { covey: operator, node: cold.address, allocate });
    const task = await network.task({ rounds: 1, ranking: 'loss' });
    const at = [task.taskId, 0] as const;
    await expect(node.prepare(task.taskId)).rejects.toMatchObject({ code: 'NOT_OPERATOR' });
    await offerOperator(cold.covey, operator.sender.address);
    await acceptOperator(operator, cold.address);
    // It can neither stake nor allocate.
    await expect(node.prepare(task.taskId)).rejects.toMatchObject({ code: 'ALLOCATION_NEEDED' });
    await expect(cold.prepare(task.taskId)).rejects.toMatchObject({ code: 'NOT_OPERATOR' });
    const asked = parseEther('1000');
    const target = { taskId: task.taskId, node: cold.address, role: 'trainer' as const, asked, wanted: asked };
    await ensureAllocation(cold.covey, { ...target, ratio: allocate, limit: parseEther('8000') }, () => undefined);
    const validators = [0].map((n) => network.validator(n, { allocate }));
    await network.prepare(task.taskId, [node, ...validators]);
    await playRound(network, { task, trainers: [node], validators }, 0);
    const balance = await tokens(cold.address);
    expect(await node.step(...at)).toBe(true);
    expect(eventsOf(task.taskId, 'claimed').length).toBeGreaterThanOrEqual(1);
    expect(await tokens(cold.address)).toBeGreaterThan(balance);
  });
});

async function tokens(address: `0x${string}`): Promise<bigint> {
  return await network.publicClient.readContract({
    address: network.deployment.token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [address],
  });
}
