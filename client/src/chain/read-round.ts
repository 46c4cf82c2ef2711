import type { CoveyChain } from './chain.ts';
import { isRevert } from './contract-error.ts';
import { roundManagerAbi, roundPhases, voidReasons } from '@covey/contracts/abi';
import type { RoundPhaseName, VoidReasonName, WindowName } from '@covey/contracts/abi';
import { decodeEnum, resultHash, type ResultSummary } from '@covey/protocol';
import { zeroHash, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { chainError } from './contract-error.ts';

export interface RoundOnChain {
  taskId: bigint;
  round: number;
  phase: RoundPhaseName;
  /** Why it is void; `none` where it is not. */
  voidReason: VoidReasonName;
  policyVersion: number;
  /** Unix seconds; stakes count as they were at the end of the second before. */
  openedAt: number;
  openedBlock: bigint;
  /** How many were revealed. */
  submissions: number;
  /** Seats that are drawn, those whose holders attested, and those whose holders revealed a result. */
  seats: number;
  attestedSeats: number;
  revealedSeats: number;
  /** Σ effective stake of the candidates, in wei. */
  candidateStake: bigint;
  /** The block whose hash is the seed; null before the draw is scheduled. */
  drawBlock: bigint | null;
  drawn: boolean;
  /** Ends of the windows, unix seconds. */
  deadlines: Record<WindowName, number>;
  challengeEnd: number;
  disputeEnd: number;
  /** The shard's key once published. */
  key: Hex | null;
  pool: bigint;
  acceptedHash: Hex | null;
}

/** One round as the latest mined block has it, its phase by that block's time. */
export async function readRound(covey: CoveyChain, taskId: bigint, round: number): Promise<RoundOnChain> {
  try {
    const info = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'round',
      args: [taskId, round],
    });
    return {
      taskId,
      round,
      phase: decodeEnum(roundPhases, info.phase),
      voidReason: decodeEnum(voidReasons, info.voidReason),
      policyVersion: info.policyVersion,
      openedAt: info.openedAt,
      openedBlock: info.openedBlock,
      submissions: info.submissions,
      seats: info.seats,
      attestedSeats: info.attestedSeats,
      revealedSeats: info.revealedSeats,
      candidateStake: info.candidateStake,
      drawBlock: info.drawBlock === 0n ? null : info.drawBlock,
      drawn: info.drawn,
      deadlines: { ...info.deadlines },
      challengeEnd: info.challengeEnd,
      disputeEnd: info.disputeEnd,
      key: info.key === zeroHash ? null : info.key,
      pool: info.pool,
      acceptedHash: info.acceptedHash === zeroHash ? null : info.acceptedHash,
    };
  } catch (cause) {
    const error = chainError(cause, `reading round ${round} of task ${taskId}`);
    // The contract's only refusal here: the round was never opened.
    if (!isRevert(error)) throw error;
    throw clientError('ROUND_UNKNOWN', `Task ${taskId} has no round ${round}.`, { got: String(round), cause });
  }
}

/**
 * Which submissions count, a word per 256 of them (bit i of word w is submission 256·w + i); empty before the
 * availability window has passed, or without a quorum.
 */
export async function readCounted(covey: CoveyChain, taskId: bigint, round: number): Promise<readonly bigint[]> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'countedBitmap',
      args: [taskId, round],
    });
  } catch (cause) {
    throw chainError(cause, `reading what counts in round ${round} of task ${taskId}`);
  }
}

/**
 * The summary of the result that stands, from the log of its acceptance or of the DAO's ruling; null where there is
 * none. The chain keeps only its hash, which is checked here.
 */
export async function readAccepted(
  covey: CoveyChain,
  { taskId, round, acceptedHash, openedBlock }: RoundOnChain,
): Promise<ResultSummary | null> {
  if (acceptedHash === null) return null;
  const logs = {
    address: covey.deployment.roundManager,
    abi: roundManagerAbi,
    args: { taskId, round },
    fromBlock: openedBlock,
  } as const;
  let summaries: ResultSummary[];
  try {
    const found = await Promise.all([
      covey.events({ ...logs, eventName: 'ResultAccepted' }),
      covey.events({ ...logs, eventName: 'RoundRuled' }),
    ]);
    summaries = found.flat().map(({ args }) => args.summary);
  } catch (cause) {
    throw chainError(cause, `reading the accepted result of round ${round} of task ${taskId}`);
  }
  const accepted = summaries.find((summary) => resultHash(summary) === acceptedHash);
  if (!accepted) {
    throw clientError('LOGS_INCOMPLETE', `The endpoint has no log of the result of round ${round} of task ${taskId}.`, {
      expected: `a result that hashes to ${acceptedHash}`,
      got: `${summaries.length} others`,
      hint: 'It may lag behind, or keep no logs of that age: try again, or another endpoint.',
    });
  }
  return accepted;
}
