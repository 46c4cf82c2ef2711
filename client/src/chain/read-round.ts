import type { CoveyChain } from './chain.ts';
import { attestationsAbi, resultsAbi, roundManagerAbi, submissionsAbi, taskManagerAbi } from '@covey/contracts/abi';
import { roundPhases, voidReasons } from '@covey/contracts/abi';
import type { RoundPhaseName, VoidReasonName, WindowName } from '@covey/contracts/abi';
import { decodeEnum, resultHash, type ResultSummary } from '@covey/protocol';
import { zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { chainError, isRevert } from './contract-error.ts';
import { newestBlock } from './events.ts';

/** What a round has an end of: its windows, the two draws' hard ends, and the second join window of one that repeats. */
export type DeadlineName = WindowName | 'trainerDraw' | 'validatorJoin' | 'validatorDraw';

/** Names one round. */
export interface RoundId {
  taskId: bigint;
  round: number;
}

/** One round, everything of it read at one block. */
export interface RoundOnChain extends RoundId {
  /** The block that all of this is of; its events and state can be read alike. */
  block: bigint;
  phase: RoundPhaseName;
  /** Why it is void; `none` where it is not. */
  voidReason: VoidReasonName;
  /** How often validators were drawn anew. */
  attempt: number;
  policyVersion: number;
  /** Unix seconds; stakes count as they were at the end of the second before. */
  openedAt: number;
  openedBlock: bigint;
  /** Seats to draw of each role. */
  trainerSeats: number;
  validatorSeats: number;
  /** How many joined; validators in the present attempt. */
  trainerCandidates: number;
  validatorCandidates: number;
  /** Length of the line of seats: Σ effective stake of the candidates, in wei. */
  trainerStake: bigint;
  validatorStake: bigint;
  /** null before the draw. */
  trainerSeed: Hex | null;
  validatorSeed: Hex | null;
  /** Unix seconds; 0 where an end does not stand yet. */
  deadlines: Record<DeadlineName, number>;
  challengeEnd: number;
  rulingEnd: number;
  /** When it became claimable or void; 0 before. */
  closedAt: number;
  /** How many training nodes committed, and how many of them revealed, with how many seats. */
  committed: number;
  submissions: number;
  submittedSeats: number;
  /** Of the validators in the present attempt. */
  attestations: {
    committed: number;
    committedSeats: number;
    revealed: number;
    revealedSeats: number;
    /** Seats that revealed the shard's ciphertext to be missing. */
    ciphertextMissing: number;
  };
  /** The shard's key once published. */
  key: Hex | null;
  results: {
    committed: number;
    committedSeats: number;
    revealed: number;
    revealedSeats: number;
    /** The result with most seats; null before any. */
    leading: Hex | null;
    /** Too few seats were on it to stand but by default. */
    contested: boolean;
    shardInvalid: boolean;
    challenges: number;
    /** Whose challenge the DAO ruled right. */
    winner: Address | null;
  };
  /** The result that stands. */
  acceptedHash: Hex | null;
  /** What it may spend in wei: funders' part and common part; with the creation stake as the round opened. */
  pool: { units: bigint; common: bigint; creationStake: bigint };
}

/** One round as a block has it, or the newest, its phase by that block's time. ROUND_UNKNOWN where there is none. */
export async function readRound(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  block?: bigint,
): Promise<RoundOnChain> {
  try {
    return await readRoundAt(covey, { taskId, round }, block ?? (await newestBlock(covey)));
  } catch (cause) {
    const error = chainError(cause, `reading round ${round} of task ${taskId}`);
    // The contract's only refusal here: the round was never opened.
    if (!isRevert(error)) throw error;
    throw unknownRound({ taskId, round }, cause);
  }
}

async function readRoundAt(
  { deployment, publicClient }: CoveyChain,
  { taskId, round }: RoundId,
  block: bigint,
): Promise<RoundOnChain> {
  const of = { args: [taskId, round] as const, blockNumber: block };
  const { roundManager, submissions, attestations, results, taskManager } = deployment;
  const [info, counts, key, result, funds] = await Promise.all([
    publicClient.readContract({ address: roundManager, abi: roundManagerAbi, functionName: 'round', ...of }),
    publicClient.readContract({ address: submissions, abi: submissionsAbi, functionName: 'counts', ...of }),
    publicClient.readContract({ address: attestations, abi: attestationsAbi, functionName: 'keyOf', ...of }),
    publicClient.readContract({ address: results, abi: resultsAbi, functionName: 'roundResult', ...of }),
    publicClient.readContract({ address: taskManager, abi: taskManagerAbi, functionName: 'fundsOf', ...of }),
  ]);
  const phase = decodeEnum(roundPhases, info.phase);
  if (phase === 'none') throw unknownRound({ taskId, round });
  const attested = await publicClient.readContract({
    address: attestations,
    abi: attestationsAbi,
    functionName: 'attestationCounts',
    args: [taskId, round, info.attempt],
    blockNumber: block,
  });
  return {
    taskId,
    round,
    block,
    phase,
    voidReason: decodeEnum(voidReasons, info.voidReason),
    attempt: info.attempt,
    policyVersion: info.policyVersion,
    openedAt: info.openedAt,
    openedBlock: info.openedBlock,
    trainerSeats: info.trainerSeats,
    validatorSeats: info.validatorSeats,
    trainerCandidates: info.trainerCandidates,
    validatorCandidates: info.validatorCandidates,
    trainerStake: info.trainerStake,
    validatorStake: info.validatorStake,
    trainerSeed: orNull(info.trainerSeed),
    validatorSeed: orNull(info.validatorSeed),
    deadlines: { ...info.deadlines },
    challengeEnd: info.challengeEnd,
    rulingEnd: info.rulingEnd,
    closedAt: info.closedAt,
    committed: counts.committed,
    submissions: counts.revealed,
    submittedSeats: counts.revealedSeats,
    attestations: { ...attested },
    key: orNull(key),
    results: {
      committed: result.committed,
      committedSeats: result.committedSeats,
      revealed: result.revealed,
      revealedSeats: result.revealedSeats,
      leading: orNull(result.leading),
      contested: result.contested,
      shardInvalid: result.shardInvalid,
      challenges: result.challenges,
      winner: result.winner === zeroAddress ? null : result.winner,
    },
    acceptedHash: orNull(result.accepted),
    pool: { ...funds },
  };
}

const orNull = (hash: Hex): Hex | null => (hash === zeroHash ? null : hash);

const unknownRound = ({ taskId, round }: RoundId, cause?: unknown) =>
  clientError('ROUND_UNKNOWN', `Task ${taskId} has no round ${round}.`, { got: String(round), cause });

/** Whose events to read of a round, and where: each contract's own since the round opened, as of the round's block. */
export function roundEvents({ taskId, round, openedBlock, block }: RoundOnChain) {
  return { args: { taskId, round }, fromBlock: openedBlock, toBlock: block } as const;
}

/**
 * Which submissions count, a word per 256 of them (bit i of word w is submission 256·w + i); empty before the present
 * attempt's attestations have been revealed, or where too few were.
 */
export async function readCounted(
  covey: CoveyChain,
  { taskId, round, block }: Pick<RoundOnChain, 'taskId' | 'round' | 'block'>,
): Promise<readonly bigint[]> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.attestations,
      abi: attestationsAbi,
      functionName: 'countedBitmap',
      args: [taskId, round],
      blockNumber: block,
    });
  } catch (cause) {
    throw chainError(cause, `reading what counts in round ${round} of task ${taskId}`);
  }
}

/**
 * The summary of the result that stands, from the log of its acceptance or of the DAO's ruling; null where there is
 * none. The chain keeps only its hash, which is checked here.
 */
export async function readAccepted(covey: CoveyChain, info: RoundOnChain): Promise<ResultSummary | null> {
  const { taskId, round, acceptedHash } = info;
  if (acceptedHash === null) return null;
  const logs = { address: covey.deployment.results, abi: resultsAbi, ...roundEvents(info) } as const;
  let summaries: ResultSummary[];
  try {
    const found = await Promise.all([
      covey.events({ ...logs, eventName: 'ResultAccepted' }),
      covey.events({ ...logs, eventName: 'ResultRuled' }),
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
