import { reasons, resultsAbi, slashCourtAbi } from '@covey/contracts/abi';
import {
  acceptResult,
  executeCases,
  gatewayStore,
  openRound,
  publishKey,
  readAcceptedDocument,
  readClaims,
  readRewards,
  readRound,
  readValidators,
  settleFromChain,
  signedBeacon,
  verifyRound,
  type DeadlineName,
  type RoundOnChain,
} from '@covey/client';
import { crankRound, roundKey, type KeyFile } from '@covey/nodes';
import { cidFromChain, decodeEnum, indicesOf, type ResultDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { getAddress } from 'viem';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import { beaconNetwork } from './deploy.ts';
import type { RoundSummary, SlashSummary } from './summary.ts';
import type { World } from './world.ts';

/** Proofs of the demo's own beacon. */
const beacon = signedBeacon((drandRound) => beaconNetwork.sign(drandRound));

export interface RoundOptions {
  taskId: bigint;
  keys: KeyFile;
  detail: (text: string) => void;
  /** Who else joins while the window is open, beside the processes. */
  joining?: (round: number) => Promise<number>;
  /** What is looked at once the validators are drawn. */
  onDrawn?: (round: number) => Promise<void>;
}

/**
 * Plays one round: the participants' own processes do their parts, and here the clock is moved to the end of each
 * window, once everybody has done what the window is for.
 */
export async function playRound(
  world: World,
  { taskId, keys, detail, joining, onDrawn }: RoundOptions,
): Promise<number> {
  const round = await openRound({ covey: world.account(cast.creator), taskId, onEvent: world.onEvent });
  if (round === null) throw new Error(`Task ${taskId} has no round to open.`);
  const at = { covey: world.account(cast.keeper), onEvent: world.onEvent, taskId, round, beacon };
  const info = () => readRound(world.covey, taskId, round);
  const reaches = async (what: string, count: number, of: (info: RoundOnChain) => number) => {
    await world.until(`round ${round}: ${what}`, async () => of(await info()) >= count);
    detail(`${what}: ${count}`);
  };
  const pass = async (window: DeadlineName) => world.advanceTo((await info()).deadlines[window]);
  const drawn = (role: 'trainer' | 'validator') =>
    world.until(`round ${round}: ${role}s drawn`, async () => {
      const { trainerSeed, validatorSeed } = await info();
      if ((role === 'trainer' ? trainerSeed : validatorSeed) !== null) return true;
      await crankRound(at);
      return false;
    });

  const others = (await joining?.(round)) ?? 0;
  await reaches('training nodes joined', cast.trainers.length, ({ trainerCandidates }) => trainerCandidates);
  await reaches('validators joined', cast.validators.length + others, ({ validatorCandidates }) => validatorCandidates);

  await pass('join');
  await drawn('trainer');
  await reaches('submissions committed', cast.trainers.length, ({ committed }) => committed);
  await pass('commit');
  await reaches('submissions revealed', cast.trainers.length, ({ submissions }) => submissions);

  await pass('reveal');
  await drawn('validator');
  const seats = (await readValidators(world.covey, await info())).map((validator) => validator.seats);
  detail(`${(await info()).validatorSeats} seats drawn by stake: ${seats.join(', ')}`);
  await onDrawn?.(round);
  const jury = cast.validators.length;
  await reaches('attestations committed', jury, ({ attestations }) => attestations.committed);
  await pass('attest');
  await reaches('attestations revealed', jury, ({ attestations }) => attestations.revealed);

  await pass('attestReveal');
  await publishKey(world.account(cast.creator), taskId, round, roundKey(keys, round), world.onEvent);
  detail('key of the validation shard published');

  await pass('key');
  await reaches('results committed', jury, ({ results }) => results.committed);
  await pass('resultCommit');
  await reaches('results revealed', jury, ({ results }) => results.revealed);

  await pass('resultReveal');
  await acceptResult(at);
  const { results, acceptedHash } = await info();
  if (results.contested) throw new Error(`Round ${round} is contested though most validators agree.`);
  detail(`accepted ${acceptedHash}`);

  await world.advanceTo((await info()).challengeEnd);
  await world.until(`round ${round}: claims open and emission earned`, () => crankRound(at));
  await world.until(`round ${round}: claims paid`, async () => {
    const rewards = await readRewards(world.covey, { taskId, round });
    return rewards.opened && rewards.claimsLeft === 0;
  });
  detail('every claim paid');
  return round;
}

/** Recomputes a round from chain and content, in this process, and compares it with what was accepted and paid. */
export async function auditRound(
  world: World,
  checks: CheckList,
  { taskId, round, plays }: { taskId: bigint; round: number; plays: Map<string, string> },
): Promise<RoundSummary> {
  const { covey, deployment } = world;
  const store = gatewayStore(world.serverUrl);
  const verification = await verifyRound({
    covey,
    taskId,
    round,
    store,
    core: await loadNodeCore(),
  });
  checks.expect(
    `round ${round}: recomputing gives the accepted hash`,
    verification.match,
    verification.computedHash ?? '',
  );

  const settlement = await settleFromChain(covey, store, taskId, round);
  const paid = await paidOut(world, taskId, round);
  const owed = [
    ...settlement.trainers.map(({ node, payout }) => ({ node, role: 'trainer' as const, ...pick(payout) })),
    ...settlement.validators.map(({ validator, payout }) => ({
      node: validator,
      role: 'validator' as const,
      ...pick(payout),
    })),
  ].filter(({ total }) => total > 0n);
  const line = (p: { node: string; role: string } & Amounts) =>
    `${p.role} ${getAddress(p.node)} ${p.total} ${p.delegators} ${p.unlocked} ${p.vesting}`;
  checks.equal(
    `round ${round}: ${owed.length} payouts match an independent settlement to the wei`,
    paid.payouts.map(line).sort().join('\n') === owed.map(line).sort().join('\n'),
    true,
  );
  checks.equal(
    `round ${round}: fee, paid and carried make the pool`,
    paid.fee + paid.total + paid.carried,
    settlement.funds.units + settlement.funds.common,
  );

  const { info, summary: accepted, document, cid } = await readAcceptedDocument(covey, store, taskId, round);
  const { acceptedHash } = info;
  if (!acceptedHash) throw new Error(`Round ${round} has no accepted result.`);
  const agreement = await covey.publicClient.readContract({
    address: deployment.results,
    abi: resultsAbi,
    functionName: 'agreement',
    args: [taskId, round, acceptedHash],
  });
  return {
    round,
    policyVersion: info.policyVersion,
    resultHash: acceptedHash,
    resultDocument: cid,
    model: cidFromChain(accepted.model),
    accuracy: { before: share(document.baseline), after: share(document.aggregate ?? document.baseline) },
    acceptedStake: String(agreement.stake),
    secured: String(settlement.parts.secured),
    fee: String(paid.fee),
    seats: { drawn: info.validatorSeats, revealed: info.results.revealedSeats, accepted: agreement.seats },
    submissions: document.submissions.map(({ index, node, seats, cid, verdict, loss, contribution, rank, weight }) => ({
      index,
      node,
      seats,
      plays: plays.get(node.toLowerCase()) ?? 'unknown',
      cid,
      verdict,
      loss,
      contribution,
      rank,
      weight,
    })),
    validators: (await readValidators(covey, info)).map(({ address, seats, missing, resultHash }) => ({
      node: address,
      plays: plays.get(address.toLowerCase()) ?? 'unknown',
      seats,
      missing: missing && indicesOf(missing.missing).length,
      agreed: resultHash === acceptedHash,
    })),
    payouts: paid.payouts.map(({ node, role, total, delegators, unlocked, vesting }) => ({
      node,
      role,
      total: String(total),
      delegators: String(delegators),
      unlocked: String(unlocked),
      vesting: String(vesting),
    })),
    carried: String(paid.carried),
  };
}

const share = (evaluation: ResultDocument['baseline']): number =>
  evaluation ? evaluation.correct / evaluation.total : 0;

async function paidOut(world: World, taskId: bigint, round: number) {
  const { covey } = world;
  const info = await readRound(covey, taskId, round);
  const [claims, { fee, carried }] = await Promise.all([readClaims(covey, info), readRewards(covey, info)]);
  return {
    payouts: claims.map(({ node, role, payout }) => ({ node, role, ...pick(payout) })),
    total: claims.reduce((sum, { payout }) => sum + payout.total, 0n),
    fee,
    carried,
  };
}

type Amounts = Record<'total' | 'delegators' | 'unlocked' | 'vesting', bigint>;
const pick = ({ total, delegators, unlocked, vesting }: Amounts): Amounts => ({ total, delegators, unlocked, vesting });

/** Waits until the appeal window of every open case has passed, then executes them as anybody could. */
export async function executeSlashes(world: World): Promise<SlashSummary[]> {
  const { publicClient } = world.chain;
  const court = { address: world.deployment.slashCourt, abi: slashCourtAbi } as const;
  const count = await publicClient.readContract({ ...court, functionName: 'caseCount' });
  const cases = await Promise.all(
    Array.from({ length: Number(count) }, (_, i) =>
      publicClient.readContract({ ...court, functionName: 'slashCase', args: [BigInt(i + 1)] }),
    ),
  );
  const end = Math.max(0, ...cases.map(({ appealEnd }) => appealEnd));
  await world.advanceTo(end);
  await executeCases({ covey: world.account(cast.keeper), onEvent: world.onEvent });
  const executed = await world.covey.events({ ...court, eventName: 'CaseExecuted' });
  const distributed = await world.covey.events({ ...court, eventName: 'SlashDistributed' });
  return executed.map(({ args }) => {
    const parts = distributed.map((event) => event.args).filter(({ caseId }) => caseId === args.caseId);
    const sum = (of: 'toTreasury' | 'toReporter' | 'toChallenger') =>
      String(parts.reduce((total, part) => total + part[of], 0n));
    const { target, reason, round } = cases[Number(args.caseId) - 1] as (typeof cases)[number];
    return {
      caseId: String(args.caseId),
      round,
      target,
      reason: decodeEnum(reasons, reason),
      taken: String(args.taken),
      toTreasury: sum('toTreasury'),
      toChallenger: sum('toChallenger'),
      toReporter: sum('toReporter'),
    };
  });
}
