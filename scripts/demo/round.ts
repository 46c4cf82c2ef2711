import {
  reasons,
  rewardDistributorAbi,
  roundManagerAbi,
  slashCourtAbi,
  type ValidatorStageName,
} from '@covey/contracts/abi';
import {
  acceptOrDispute,
  executeCases,
  finalize,
  gatewayStore,
  hasReached,
  openClaims,
  openRound,
  publishKey,
  readAcceptedDocument,
  readRound,
  readValidators,
  settleFromChain,
  verifyRound,
} from '@covey/client';
import { crankRound, roundKey, type KeyFile } from '@covey/nodes';
import { cidFromChain, decodeEnum, type ResultDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { getAddress } from 'viem';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import type { RoundSummary, SlashSummary } from './summary.ts';
import type { World } from './world.ts';

export interface RoundOptions {
  taskId: bigint;
  keys: KeyFile;
  detail: (text: string) => void;
}

/**
 * Plays one round: the participants' own processes do their parts, and here the clock is moved to the end of each
 * window, once everybody has done what the window is for.
 */
export async function playRound(world: World, { taskId, keys, detail }: RoundOptions): Promise<number> {
  const keeper = { covey: world.account(cast.keeper), onEvent: world.onEvent };
  const round = await openRound({ ...keeper, taskId });
  if (round === null) throw new Error(`Task ${taskId} has no round to open.`);
  const at = { ...keeper, taskId, round };
  const info = () => readRound(world.covey, taskId, round);
  const everybodyOf = async (what: string, count: number, done: () => Promise<number>) => {
    await world.until(`round ${round}: ${what}`, async () => (await done()) >= count);
    detail(`${what}: ${count}`);
  };
  const validators = async () => readValidators(world.covey, await info());

  const trainers = cast.trainers.length;
  const jury = cast.validators.length;
  await everybodyOf('validators joined', jury, async () => (await validators()).length);
  await everybodyOf('submissions committed', trainers, () => committed(world, taskId, round));
  const { deadlines } = await info();

  await world.advanceTo(deadlines.commit);
  await world.until(`round ${round}: seats drawn`, async () => {
    if ((await info()).drawn) return true;
    // The seed is the hash of a block to come, and nobody else makes blocks here when all wait.
    await crankRound(at);
    await world.chain.testClient.mine({ blocks: 1 });
    return false;
  });
  const seats = (await validators()).map((validator) => validator.seats).join(', ');
  detail(`${(await info()).seats} seats drawn by stake: ${seats}`);
  await everybodyOf('submissions revealed', trainers, async () => (await info()).submissions);

  await world.advanceTo(deadlines.reveal);
  await publishKey(world.account(cast.creator), taskId, round, roundKey(keys, round), world.onEvent);
  detail('key of the validation shard published');

  await world.advanceTo(deadlines.key);
  const reached = async (stage: ValidatorStageName) => (await validators()).filter((v) => hasReached(v, stage)).length;
  await everybodyOf('availability attested', jury, () => reached('attested'));

  await world.advanceTo(deadlines.availability);
  await everybodyOf('results committed', jury, () => reached('resultCommitted'));

  await world.advanceTo(deadlines.resultCommit);
  await everybodyOf('results revealed', jury, () => reached('resultRevealed'));

  await world.advanceTo(deadlines.resultReveal);
  const outcome = await acceptOrDispute(at);
  if (outcome !== 'accepted') throw new Error(`Round ${round} is disputed though three of four validators agree.`);
  detail(`accepted ${(await info()).acceptedHash}`);

  await world.advanceTo((await info()).challengeEnd);
  await finalize(at);
  await openClaims(at);
  await world.until(`round ${round}: claims paid`, async () => {
    const rewards = await world.chain.publicClient.readContract({
      address: world.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [taskId, round],
    });
    return rewards.opened && rewards.claimsLeft === 0;
  });
  detail('every claim paid');
  return round;
}

async function committed({ covey, deployment }: World, taskId: bigint, round: number): Promise<number> {
  const logs = await covey.events({
    address: deployment.roundManager,
    abi: roundManagerAbi,
    eventName: 'SubmissionCommitted',
    args: { taskId, round },
  });
  return logs.length;
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
  checks.equal(`round ${round}: paid and carried make the pool`, paid.total + paid.carried, settlement.pool);

  const { info, summary: accepted, document, cid } = await readAcceptedDocument(covey, store, taskId, round);
  const { acceptedHash } = info;
  if (!acceptedHash) throw new Error(`Round ${round} has no accepted result.`);
  const agreement = await covey.publicClient.readContract({
    address: deployment.roundManager,
    abi: roundManagerAbi,
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
    acceptedStake: String(agreement.ownStake),
    seats: { drawn: info.seats, revealed: info.revealedSeats, accepted: agreement.seats },
    submissions: document.submissions.map(({ index, node, cid, verdict, loss, contribution, rank, weight }) => ({
      index,
      node,
      plays: plays.get(node.toLowerCase()) ?? 'unknown',
      cid,
      verdict,
      loss,
      contribution,
      rank,
      weight,
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
  const contract = { address: world.deployment.rewardDistributor, abi: rewardDistributorAbi } as const;
  const { covey } = world;
  const args = { taskId, round };
  const [trainers, validators, carried] = await Promise.all([
    covey.events({ ...contract, eventName: 'TrainerClaimed', args }),
    covey.events({ ...contract, eventName: 'ValidatorClaimed', args }),
    covey.events({ ...contract, eventName: 'CarriedOver', args }),
  ]);
  const payouts = [
    ...trainers.map(({ args }) => ({ node: args.node, role: 'trainer' as const, ...pick(args.payout) })),
    ...validators.map(({ args }) => ({ node: args.validator, role: 'validator' as const, ...pick(args.payout) })),
  ];
  return {
    payouts,
    total: payouts.reduce((sum, { total }) => sum + total, 0n),
    carried: carried.reduce((sum, { args }) => sum + args.amount, 0n),
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
    const sum = (of: 'amount' | 'toReporter') => String(parts.reduce((total, part) => total + part[of], 0n));
    const { target, reason, round } = cases[Number(args.caseId) - 1] as (typeof cases)[number];
    return {
      caseId: String(args.caseId),
      round,
      target,
      reason: decodeEnum(reasons, reason),
      taken: String(args.taken),
      toTask: sum('amount'),
      toReporter: sum('toReporter'),
    };
  });
}
