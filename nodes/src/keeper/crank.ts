import {
  chainError,
  chainTime,
  clientError,
  ignoring,
  readAccepted,
  readCounted,
  readPhase,
  readRevealedResults,
  readRound,
  readRoundCount,
  readTask,
} from '@covey/client';
import type { RoundOnChain, Sent } from '@covey/client';
import { rewardDistributorAbi, roundManagerAbi, voidReasons, type VoidReasonName } from '@covey/contracts/abi';
import { cidFromChain, type ResultSummary } from '@covey/protocol';
import { parseEventLogs, type Hex } from 'viem';
import type { CrankParameters } from './crank-parameters.ts';
import { advanceDraw } from './draw.ts';
import { payForfeits } from './forfeits.ts';

/**
 * Does the step of a round that anyone may do and whose time has come: draw, void, accept or dispute, finalize, open
 * claims, pay forfeits. Returns true when nothing of that kind is left.
 */
export async function crankRound(parameters: CrankParameters): Promise<boolean> {
  const { covey, taskId, round } = parameters;
  const info = await readRound(covey, taskId, round);
  switch (info.phase) {
    case 'void':
      return await payForfeits(parameters, info);
    case 'acceptance':
      if (!(await voidIfPossible(parameters))) await acceptOrDispute(parameters);
      return false;
    case 'challenge':
      if ((await chainTime(covey)) >= BigInt(info.challengeEnd)) await finalize(parameters);
      return false;
    case 'claimable':
      await openClaims(parameters);
      return true;
    case 'disputed':
      if ((await chainTime(covey)) >= BigInt(info.disputeEnd)) await voidIfPossible(parameters);
      return false;
    case 'commit':
      return false;
    default:
      if (await cannotFinish(parameters, info)) await voidIfPossible(parameters);
      else if (info.phase !== 'resultCommit' && info.phase !== 'resultReveal') await advanceDraw(parameters);
      return false;
  }
}

/** From what the round shows: worth asking the contract whether it can be voided. */
async function cannotFinish({ covey, taskId }: CrankParameters, info: RoundOnChain): Promise<boolean> {
  const { phase } = info;
  if (info.candidateStake === 0n) return true;
  if (phase !== 'reveal' && info.submissions === 0) return true;
  if (phase !== 'reveal' && phase !== 'key' && info.key === null) return true;
  if ((phase === 'resultCommit' || phase === 'resultReveal') && !(await anythingCounts(covey, info))) return true;
  return (await readTask(covey, taskId)).state === 'stopped';
}

async function anythingCounts(covey: CrankParameters['covey'], { taskId, round }: RoundOnChain): Promise<boolean> {
  return (await readCounted(covey, taskId, round)).some((word) => word !== 0n);
}

/** Voids a round that can no longer finish; false when it still can. */
export async function voidIfPossible({ covey, taskId, round, onEvent }: CrankParameters): Promise<boolean> {
  const sent = await ignoring(['CannotVoid'], () =>
    covey.sender.send({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'voidRound',
      args: [taskId, round],
    }),
  );
  if (!sent) return false;
  onEvent({ event: 'voided', reason: voidedIn(sent) ?? 'none', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return true;
}

function voidedIn({ logs }: Sent): VoidReasonName | undefined {
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundVoided', logs, strict: true });
  return event && voidReasons[event.args.reason];
}

/** Accepts the result with the most seats, or marks the round as disputed where none has enough. */
export async function acceptOrDispute(parameters: CrankParameters): Promise<'accepted' | 'disputed'> {
  const { covey, taskId, round, onEvent } = parameters;
  const results = await readResults(parameters);
  const best = results[0];
  if (!best) {
    throw clientError('ROUND_NOT_READY', `Nobody revealed a result of round ${round} of task ${taskId}.`);
  }
  const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi } as const;
  const accepted = await ignoring(['ThresholdNotMet'], () =>
    covey.sender.send({ ...contract, functionName: 'accept', args: [taskId, round, best.summary] }),
  );
  if (accepted) {
    const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'ResultAccepted', logs: accepted.logs });
    const { seats = 0, revealedSeats = 0 } = event?.args ?? {};
    const { tx, gasUsed } = accepted;
    onEvent({ event: 'accepted', resultHash: best.resultHash, seats, revealedSeats, taskId, round, tx, gasUsed });
    return 'accepted';
  }
  const hashes = results.map(({ resultHash }) => resultHash).toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const sent = await covey.sender.send({ ...contract, functionName: 'dispute', args: [taskId, round, hashes] });
  onEvent({ event: 'disputed', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return 'disputed';
}

/** The revealed results with their seats, most seats first. */
export async function readResults({
  covey,
  taskId,
  round,
}: Pick<CrankParameters, 'covey' | 'taskId' | 'round'>): Promise<
  { resultHash: Hex; summary: ResultSummary; seats: number }[]
> {
  const info = await readRound(covey, taskId, round);
  const revealed = await readRevealedResults(covey, info);
  try {
    const tallies = await Promise.all(
      revealed.map(async (result) => {
        const { seats } = await covey.publicClient.readContract({
          address: covey.deployment.roundManager,
          abi: roundManagerAbi,
          functionName: 'agreement',
          args: [taskId, round, result.resultHash],
        });
        return { ...result, seats };
      }),
    );
    return tallies.toSorted((a, b) => b.seats - a.seats);
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${round} of task ${taskId}`);
  }
}

/** Closes an accepted round whose challenge window has passed: claimable, or void when its shard was invalid. */
export async function finalize({ covey, taskId, round, onEvent }: CrankParameters): Promise<void> {
  const sent = await ignoring(['WrongPhase'], () =>
    covey.sender.send({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'finalize',
      args: [taskId, round],
    }),
  );
  if (!sent) return;
  const { tx, gasUsed } = sent;
  const reason = voidedIn(sent);
  if (reason) {
    onEvent({ event: 'voided', reason, taskId, round, tx, gasUsed });
    return;
  }
  const info = await readRound(covey, taskId, round);
  const accepted = await readAccepted(covey, info);
  if (!accepted || !info.acceptedHash) return;
  const model = cidFromChain(accepted.model);
  onEvent({ event: 'finalized', resultHash: info.acceptedHash, model, taskId, round, tx, gasUsed });
}

/** Fetches the pool of a claimable round and fixes the split, so that claims can be made. */
export async function openClaims({ covey, taskId, round, onEvent }: CrankParameters): Promise<void> {
  const contract = { address: covey.deployment.rewardDistributor, abi: rewardDistributorAbi } as const;
  const { opened } = await covey.publicClient.readContract({
    ...contract,
    functionName: 'rewards',
    args: [taskId, round],
  });
  if (opened) return;
  const info = await readRound(covey, taskId, round);
  const accepted = await readAccepted(covey, info);
  if (!accepted) return;
  const sent = await ignoring(['ClaimsAlreadyOpen'], () =>
    covey.sender.send({ ...contract, functionName: 'openClaims', args: [taskId, round, accepted] }),
  );
  if (!sent) return;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'ClaimsOpened', logs: sent.logs });
  const { pool = 0n, trainersPool = 0n, validatorsPool = 0n } = event?.args ?? {};
  const { tx, gasUsed } = sent;
  onEvent({ event: 'claims-opened', pool, trainersPool, validatorsPool, taskId, round, tx, gasUsed });
}

/** Opens the task's next round where that is possible; the round's number, or null. */
export async function openRound({
  covey,
  taskId,
  onEvent,
}: Pick<CrankParameters, 'covey' | 'taskId' | 'onEvent'>): Promise<number | null> {
  const task = await readTask(covey, taskId);
  if (task.state !== 'approved' || task.roundsOpened >= task.rounds) return null;
  const opened = await readRoundCount(covey, taskId);
  if (opened > 0) {
    const phase = await readPhase(covey, taskId, opened - 1);
    if (phase !== 'claimable' && phase !== 'void') return null;
  }
  const sent = await ignoring(['EmptyBudget', 'RoundStillOpen', 'NoRoundsLeft'], () =>
    covey.sender.send({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'open',
      args: [taskId],
    }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundOpened', logs: sent.logs, strict: true });
  if (!event) return null;
  const { round, pool } = event.args;
  onEvent({ event: 'round-opened', pool, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return round;
}
