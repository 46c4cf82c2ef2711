import { deployTestCovey, startAnvil, testBeacon, type Anvil } from '@covey/governance/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import { policyNumbers, reasons, resultsAbi, slashCourtAbi } from '@covey/contracts/abi';
import type { RoundResult, SummarisedResult } from '@covey/protocol';
import { parseEther, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executeCases } from '../slash/execute-cases.ts';
import { creator, hour, playedPolicy, playTask, stranger, taskId, type PlayedTask } from '../testing/played-task.ts';
import { readChallengeBond } from './challenge-result.ts';

const bond = policyNumbers.challengeBond.initial;
const day = 86_400;

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

/** Plays a round until these validators have revealed the right result, and those the other one. */
async function playToResults(
  round: number,
  right: readonly number[],
  wrong: readonly number[],
  lacking?: ReadonlyMap<number, bigint>,
): Promise<{ result: RoundResult; other: SummarisedResult }> {
  await played.playToReveals(round);
  await played.round(0, round).draw(played.beacon);
  await played.attestAll(round, lacking);
  await played.round(creator, round).publishKey(played.keys[round]!);
  await anvil.advance(hour);
  const result = await played.score(round);
  const other = await played.otherResult(result);
  await played.revealResults(round, [
    ...right.map((account) => [account, result] as const),
    ...wrong.map((account) => [account, other] as const),
  ]);
  return { result, other };
}

const rule = (round: number, { summary }: SummarisedResult) =>
  played.asDao({
    address: played.deployment.results,
    abi: resultsAbi,
    functionName: 'rule',
    args: [taskId, round, summary],
  });

describe('a wrong result that most seats are on', () => {
  let result: RoundResult;
  let other: SummarisedResult;
  const at = (account: number) => played.round(account, 0);

  test('stands until somebody pays a bond to challenge it', async () => {
    ({ result, other } = await playToResults(0, [6], [4, 5]));
    const found = await at(0).results();
    expect(found.map(({ resultHash, count }) => [resultHash, count])).toEqual([
      [other.resultHash, 2],
      [result.resultHash, 1],
    ]);
    expect(await at(0).accept()).toEqual({ resultHash: other.resultHash, contested: false });
    const verification = await at(0).verify({ core: played.core });
    expect(verification).toMatchObject({ match: false, computedHash: result.resultHash });
    expect(verification.differences.map(({ field }) => field)).toEqual(expect.arrayContaining(['model']));

    const covey = anvil.covey(played.deployment, stranger);
    expect(await readChallengeBond(covey, { taskId, round: 0, summary: result.summary })).toBe(bond);
    const challenged = await at(stranger).challenge(result.summary, played.onEvent);
    expect(challenged.bond).toBe(bond);
    expect(await at(0).phase()).toBe('ruling');
    expect(await at(0).challenges()).toEqual([
      { challenger: address(stranger), bond, resultHash: result.resultHash, summary: result.summary },
    ]);
    await expect(at(0).challenge(result.summary)).rejects.toMatchObject({ contractError: 'ResultStands' });
  });

  test('is replaced by what the DAO rules, and pays those who were right', async () => {
    await rule(0, result);
    const info = await at(0).read();
    expect(info).toMatchObject({ phase: 'claimable', acceptedHash: result.resultHash });
    expect(info.results.winner).toBe(address(stranger));
    expect(await at(0).accepted()).toEqual(result.summary);
    expect(await at(0).verify({ core: played.core })).toMatchObject({ match: true });
    await at(0).openClaims();
    const settled = await at(0).settle();
    expect(settled.stakeBehind).toBe(parseEther('20000'));
    expect(settled.validators.map(({ validator }) => validator)).toEqual([address(6)]);
    const replay = await at(0).replayInputs();
    expect(replay.ruled).toBe(true);
    expect(replay.paid.every(({ source }) => source === 'claimable')).toBe(true);
    for (const { role, node, payout } of replay.paid) {
      const { trainer, validator } = await at(0).claim(node);
      const [claim] = role === 'trainer' ? trainer : validator;
      expect(claim?.payout).toEqual(payout);
    }
    expect((await at(0).rewards()).claimsLeft).toBe(0);
  });

  test('costs its validators, of which the challenger gets its share', async () => {
    const facts = await at(0).slashable();
    expect(facts.map(({ target, reason }) => [target, reason])).toEqual([
      [address(4), 'resultMismatch'],
      [address(5), 'resultMismatch'],
    ]);
    expect(await at(0).openCases()).toEqual({ opened: 2, left: 0 });
    await anvil.advance(3 * day);
    const covey = anvil.covey(played.deployment, 0);
    const collected: bigint[] = [];
    await executeCases({
      covey,
      onEvent: (event) => event.event === 'case-executed' && collected.push(event.collected),
    });
    expect(collected).toEqual([parseEther('20000'), parseEther('20000')]);
    const slashed = await covey.publicClient.readContract({
      address: played.deployment.slashCourt,
      abi: slashCourtAbi,
      functionName: 'slashCase',
      args: [1n],
    });
    expect(reasons[slashed.reason]).toBe('resultMismatch');
    const share = policyNumbers.challengerShare.initial;
    expect(slashed.toChallenger).toBe((parseEther('20000') * share) / 10n ** 18n);
  });
});

describe('a result that too few seats are on', () => {
  const at = (account: number) => played.round(account, 1);

  test('is contested: who revealed another challenges it without a bond, and no ruling makes the round void', async () => {
    // After the slashes all three have 20,000.
    const { result, other } = await playToResults(1, [4], [5]);
    const [leading, second] = await at(0).results();
    const accepted = await at(0).accept();
    expect(accepted).toEqual({ resultHash: leading!.resultHash, contested: true });
    expect([result.resultHash, other.resultHash]).toContain(second!.resultHash);
    const { summary } = second!;
    const bondOf = (account: number) =>
      readChallengeBond(anvil.covey(played.deployment, account), { taskId, round: 1, summary });
    const revealer = second!.resultHash === result.resultHash ? 4 : 5;
    expect(await bondOf(stranger)).toBe(bond);
    expect(await bondOf(revealer)).toBe(0n);
    const challenged = await at(revealer).challenge(summary);
    expect(challenged.bond).toBe(0n);
    const { rulingEnd } = await at(0).read();
    const now = Number(await played.as(0).time());
    await anvil.advance(rulingEnd - now);
    expect((await at(0).next()).move).toBe('finalize');
    await at(0).finalize(played.onEvent);
    expect(await at(0).read()).toMatchObject({ phase: 'void', voidReason: 'noRuling' });
    expect(await at(0).slashable()).toEqual([]);
  });
});

describe('a validator that commits no result', () => {
  const at = (account: number) => played.round(account, 2);

  test('is slashed by what it attested, unless it lacked something that counts', async () => {
    // The last one lacked the first submission, which counts none the less.
    const { result } = await playToResults(2, [4], [], new Map([[6, 1n]]));
    expect(await at(0).counted()).toEqual([3n]);
    expect(await at(0).accept()).toEqual({ resultHash: result.resultHash, contested: true });
    await anvil.advance(day);
    await at(0).finalize();
    const missing = { ciphertextMissing: false, missing: [0n] };
    expect(await at(0).slashable()).toEqual([{ target: address(5), reason: 'resultNotRevealed', attempt: 0, missing }]);
    expect(await at(stranger).openCases()).toEqual({ opened: 1, left: 0 });
  });
});
