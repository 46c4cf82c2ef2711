import {
  caseStates,
  rewardDistributorAbi,
  roundManagerAbi,
  slashCourtAbi,
  type Deployment,
} from '@covey/contracts/abi';
import { cidFromChain, type ResultSummary } from '@covey/protocol';
import { parseEventLogs, type Hex, type PublicClient } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import { chainTime, readPhase } from '../chain/phase.ts';
import { readRound, readValidators, type RoundOnChain } from '../chain/read-round.ts';
import { readRoundCount, readTask } from '../chain/read-task.ts';
import type { Sender } from '../chain/sender.ts';
import { isRevert, NodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';

export interface CrankParameters {
  sender: Sender;
  deployment: Deployment;
  taskId: bigint;
  round: number;
  onEvent: OnEvent;
}

/**
 * Does the step of a round that anyone may do and whose time has come: count, void, accept or dispute, finalize, open
 * claims. Returns true when nothing of that kind is left.
 */
export async function crankRound(parameters: CrankParameters): Promise<boolean> {
  const { sender, deployment, taskId, round } = parameters;
  const info = await readRound(sender.publicClient, deployment, taskId, round);
  switch (info.phase) {
    case 'void':
      return true;
    case 'acceptance':
      if (!(await voidIfPossible(parameters))) await acceptOrDispute(parameters);
      return false;
    case 'challenge':
      if ((await chainTime(sender.publicClient)) >= BigInt(info.challengeEnd)) await finalize(parameters);
      return false;
    case 'claimable':
      await openClaims(parameters);
      return true;
    case 'disputed':
      if ((await chainTime(sender.publicClient)) >= BigInt(info.disputeEnd)) await voidIfPossible(parameters);
      return false;
    case 'commit':
      return false;
    default:
      if (info.phase === 'resultCommit' && !info.counted && info.key !== null) await count(parameters);
      if (cannotFinish(info)) await voidIfPossible(parameters);
      return false;
  }
}

/** From what the round shows: worth asking the contract whether it can be voided. */
function cannotFinish(info: RoundOnChain): boolean {
  if (info.validators === 0) return true;
  if (info.phase !== 'reveal' && info.revealed === 0) return true;
  if (info.phase !== 'reveal' && info.phase !== 'key' && info.key === null) return true;
  return info.counted && info.countedBitmap === 0n;
}

/** Counts the availability once its window has passed. */
export async function count({ sender, deployment, taskId, round, onEvent }: CrankParameters): Promise<void> {
  const sent = await ignoring(['AlreadyCounted'], () =>
    sender.send({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'countAvailability',
      args: [taskId, round],
    }),
  );
  if (!sent) return;
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'AvailabilityCounted', logs: sent.logs });
  const bitmap = event?.args.bitmap ?? 0n;
  onEvent({ event: 'counted', bitmap, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
}

/** Voids a round that can no longer finish; false when it still can. */
export async function voidIfPossible({
  sender,
  deployment,
  taskId,
  round,
  onEvent,
}: CrankParameters): Promise<boolean> {
  const sent = await ignoring(['CannotVoid'], () =>
    sender.send({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'voidRound',
      args: [taskId, round],
    }),
  );
  if (!sent) return false;
  onEvent({ event: 'voided', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return true;
}

/** Accepts the result with the most stake, or marks the round as disputed where none has enough. */
export async function acceptOrDispute(parameters: CrankParameters): Promise<'accepted' | 'disputed'> {
  const { sender, deployment, taskId, round, onEvent } = parameters;
  const { publicClient } = sender;
  const best = await leadingResult(publicClient, deployment, taskId, round);
  if (!best) {
    throw new NodeError('ROUND_NOT_READY', `Nobody revealed a result of round ${round} of task ${taskId}.`);
  }
  const accepted = await ignoring(['ThresholdNotMet'], () =>
    sender.send({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'accept',
      args: [taskId, round, best.summary],
    }),
  );
  if (accepted) {
    const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'ResultAccepted', logs: accepted.logs });
    const { stake = 0n, revealedStake = 0n } = event?.args ?? {};
    const { tx, gasUsed } = accepted;
    onEvent({ event: 'accepted', resultHash: best.resultHash, stake, revealedStake, taskId, round, tx, gasUsed });
    return 'accepted';
  }
  const sent = await sender.send({
    address: deployment.roundManager,
    abi: roundManagerAbi,
    functionName: 'dispute',
    args: [taskId, round],
  });
  onEvent({ event: 'disputed', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return 'disputed';
}

/** The revealed result with the most stake and its summary, which the reveal put into the log. */
export async function leadingResult(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
): Promise<{ resultHash: Hex; summary: ResultSummary; stake: bigint } | null> {
  const contract = { address: deployment.roundManager, abi: roundManagerAbi } as const;
  const validators = await readValidators(publicClient, deployment, taskId, round);
  const hashes = [...new Set(validators.flatMap(({ resultHash }) => (resultHash ? [resultHash] : [])))];
  if (hashes.length === 0) return null;
  try {
    const tallies = await Promise.all(
      hashes.map(async (resultHash) => {
        const [stake] = await publicClient.readContract({
          ...contract,
          functionName: 'agreement',
          args: [taskId, round, resultHash],
        });
        return { resultHash, stake };
      }),
    );
    const best = tallies.reduce((a, b) => (b.stake > a.stake ? b : a));
    const logs = await publicClient.getContractEvents({
      ...contract,
      eventName: 'ResultRevealed',
      args: { taskId, round },
      fromBlock: BigInt(deployment.startBlock),
      strict: true,
    });
    const log = logs.find(({ args }) => args.resultHash === best.resultHash);
    if (!log) throw new NodeError('ROUND_NOT_READY', `The log of result ${best.resultHash} is not there yet.`);
    return { ...best, summary: log.args.summary };
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${round} of task ${taskId}`);
  }
}

/** Closes an accepted round whose challenge window has passed. */
export async function finalize({ sender, deployment, taskId, round, onEvent }: CrankParameters): Promise<void> {
  const sent = await ignoring(['WrongPhase'], () =>
    sender.send({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'finalize',
      args: [taskId, round],
    }),
  );
  if (!sent) return;
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundFinalized', logs: sent.logs, strict: true });
  if (!event) return;
  const { resultHash, model } = event.args;
  const { tx, gasUsed } = sent;
  onEvent({ event: 'finalized', resultHash, model: cidFromChain(model), taskId, round, tx, gasUsed });
}

/** Fetches the pool of a claimable round and fixes the split, so that claims can be made. */
export async function openClaims({ sender, deployment, taskId, round, onEvent }: CrankParameters): Promise<void> {
  const contract = { address: deployment.rewardDistributor, abi: rewardDistributorAbi } as const;
  const { opened } = await sender.publicClient.readContract({
    ...contract,
    functionName: 'rewards',
    args: [taskId, round],
  });
  if (opened) return;
  const sent = await ignoring(['ClaimsAlreadyOpen'], () =>
    sender.send({ ...contract, functionName: 'openClaims', args: [taskId, round] }),
  );
  if (!sent) return;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'ClaimsOpened', logs: sent.logs });
  const { pool = 0n, trainersPool = 0n, validatorsPool = 0n } = event?.args ?? {};
  const { tx, gasUsed } = sent;
  onEvent({ event: 'claims-opened', pool, trainersPool, validatorsPool, taskId, round, tx, gasUsed });
}

/** Executes every open slash case whose appeal window has passed; returns how many are still open. */
export async function executeCases({
  sender,
  deployment,
  onEvent,
}: Pick<CrankParameters, 'sender' | 'deployment' | 'onEvent'>): Promise<number> {
  const { publicClient } = sender;
  const contract = { address: deployment.slashCourt, abi: slashCourtAbi } as const;
  const total = await publicClient.readContract({ ...contract, functionName: 'caseCount' });
  const now = await chainTime(publicClient);
  let open = 0;
  for (let caseId = 1n; caseId <= total; caseId++) {
    const slashCase = await publicClient.readContract({ ...contract, functionName: 'slashCase', args: [caseId] });
    if (caseStates[slashCase.state] !== 'open') continue;
    if (now < BigInt(slashCase.appealEnd)) {
      open++;
      continue;
    }
    const sent = await ignoring(['WrongCaseState', 'AppealWindowOpen'], () =>
      sender.send({ ...contract, functionName: 'execute', args: [caseId] }),
    );
    if (!sent) continue;
    const [event] = parseEventLogs({ abi: slashCourtAbi, eventName: 'CaseExecuted', logs: sent.logs });
    const { taken = 0n, toTask = 0n, toReporter = 0n } = event?.args ?? {};
    const { tx, gasUsed } = sent;
    onEvent({ event: 'case-executed', caseId, taken, toTask, toReporter, tx, gasUsed });
  }
  return open;
}

/** Opens the task's next round where that is possible; the round's number, or null. */
export async function openRound({
  sender,
  deployment,
  taskId,
  onEvent,
}: Pick<CrankParameters, 'sender' | 'deployment' | 'taskId' | 'onEvent'>): Promise<number | null> {
  const { publicClient } = sender;
  const task = await readTask(publicClient, deployment, taskId);
  if (task.state !== 'approved' || task.roundsOpened >= task.rounds) return null;
  const opened = await readRoundCount(publicClient, deployment, taskId);
  if (opened > 0) {
    const phase = await readPhase(publicClient, deployment, taskId, opened - 1);
    if (phase !== 'claimable' && phase !== 'void') return null;
  }
  const sent = await ignoring(['EmptyBudget', 'RoundStillOpen', 'NoRoundsLeft'], () =>
    sender.send({ address: deployment.roundManager, abi: roundManagerAbi, functionName: 'open', args: [taskId] }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'RoundOpened', logs: sent.logs, strict: true });
  if (!event) return null;
  const { round, pool } = event.args;
  onEvent({ event: 'round-opened', pool, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return round;
}

/** Null where somebody else was faster or the contract says that the step is not due. */
async function ignoring<T>(errors: string[], action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (isRevert(error, ...errors)) return null;
    throw error;
  }
}
