import { roles, roundManagerAbi, type RoleName } from '@covey/contracts/abi';
import { decodeEnum, seatsOf, type DrawnRole } from '@covey/protocol';
import { zeroHash, type Address, type Hex } from 'viem';
import { logsIncomplete, requireCount } from '../logs/check-counts.ts';
import type { CoveyChain } from './chain.ts';
import { chainError } from './contract-error.ts';
import { roundEvents, type RoundOnChain } from './read-round.ts';

/** Who joined a round in one role. */
export interface CandidateOnChain {
  node: Address;
  /** Part of its pool that the round binds, 1e18 = all. */
  ratio: bigint;
  /** Effective stake in wei: its length on the line of seats, which it ends at `intervalEnd`. */
  stake: bigint;
  intervalEnd: bigint;
  /** 0 before the draw, and for who drew none. */
  seats: number;
}

/** A draw that was made. */
export interface DrawOnChain {
  role: DrawnRole;
  attempt: number;
  /** The beacon's value, and the seed that it gave. */
  beacon: Hex;
  seed: Hex;
  /** Length of the line in wei. */
  stake: bigint;
  seats: number;
}

/** What one node joined with. */
export interface OwnCandidacy extends CandidateOnChain {
  role: RoleName;
}

type RoundRead = Pick<RoundOnChain, 'taskId' | 'round' | 'attempt'> & Partial<Pick<RoundOnChain, 'block'>>;

/** What a node joined with, as training node or as validator of the present attempt (or of another); null where it did not. */
export async function readCandidate(
  covey: CoveyChain,
  { taskId, round, attempt, block }: RoundRead,
  node: Address,
): Promise<OwnCandidacy | null> {
  try {
    const { role, ...candidate } = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'candidate',
      args: [taskId, round, attempt, node],
      ...(block !== undefined && { blockNumber: block }),
    });
    const name = decodeEnum(roles, role);
    return name === 'none' ? null : { node, ...candidate, role: name };
  } catch (cause) {
    throw chainError(cause, `reading what ${node} joined round ${round} of task ${taskId} with`);
  }
}

/** The draws of a round so far, of every attempt. */
export async function readDraws(covey: CoveyChain, info: RoundOnChain): Promise<DrawOnChain[]> {
  try {
    const logs = await covey.events({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      eventName: 'SeatsDrawn',
      ...roundEvents(info),
    });
    return logs.map(({ args: { role, attempt, beacon, seed, stake, seats } }) => ({
      role: decodeEnum(roles, role) as DrawnRole,
      attempt,
      beacon,
      seed,
      stake,
      seats,
    }));
  } catch (cause) {
    throw chainError(cause, `reading the draws of round ${info.round} of task ${info.taskId}`);
  }
}

/**
 * Candidates of a role in the order in which they joined, with the seats that they drew: computed from seed and line, as
 * the contract computes them. Their intervals join without a gap and end at the candidates' whole stake, and they are as
 * many as the contract counts: LOGS_INCOMPLETE where one is missing. Of validators those of the present attempt, or of an
 * earlier one, whose line stands in the event of its draw.
 */
export async function readCandidates(
  covey: CoveyChain,
  info: RoundOnChain,
  role: DrawnRole,
  attempt: number = role === 'trainer' ? 0 : info.attempt,
): Promise<CandidateOnChain[]> {
  try {
    const [logs, line] = await Promise.all([
      covey.events({
        address: covey.deployment.roundManager,
        abi: roundManagerAbi,
        eventName: 'CandidateJoined',
        ...roundEvents(info),
      }),
      lineOf(covey, info, role, attempt),
    ]);
    const joined = logs
      .map(({ args }) => args)
      .filter((one) => decodeEnum(roles, one.role) === role && one.attempt === attempt);
    if (line === null)
      return joined.map(({ node, ratio, stake, intervalEnd }) => ({ node, ratio, stake, intervalEnd, seats: 0 }));
    if (line.candidates !== null) requireCount(`${role} candidates`, BigInt(line.candidates), joined.length);
    checkIntervals(joined, line.stake);
    const { seed, stake: candidateStake, seats } = line;
    return joined.map(({ node, ratio, stake, intervalEnd }) => ({
      node,
      ratio,
      stake,
      intervalEnd,
      seats: seed === null ? 0 : seatsOf({ end: intervalEnd, stake }, { seed, role, candidateStake, seats }),
    }));
  } catch (cause) {
    throw chainError(cause, `reading the candidates of round ${info.round} of task ${info.taskId}`);
  }
}

interface SeatLine {
  stake: bigint;
  seed: Hex | null;
  seats: number;
  /** null where the contract counts them no more: of an earlier attempt. */
  candidates: number | null;
}

/** null for an earlier attempt that drew nobody. */
async function lineOf(
  covey: CoveyChain,
  info: RoundOnChain,
  role: DrawnRole,
  attempt: number,
): Promise<SeatLine | null> {
  if (role === 'trainer') {
    return {
      stake: info.trainerStake,
      seed: info.trainerSeed,
      seats: info.trainerSeats,
      candidates: info.trainerCandidates,
    };
  }
  if (attempt === info.attempt) {
    const { validatorStake: stake, validatorSeed: seed, validatorSeats: seats, validatorCandidates: candidates } = info;
    return { stake, seed, seats, candidates };
  }
  const draws = await readDraws(covey, info);
  const draw = draws.find((one) => one.role === 'validator' && one.attempt === attempt);
  return draw
    ? { stake: draw.stake, seed: draw.seed === zeroHash ? null : draw.seed, seats: draw.seats, candidates: null }
    : null;
}

/** Each candidate's interval begins where the one before ends; the last ends at the sum that the contract keeps. */
function checkIntervals(joined: readonly { stake: bigint; intervalEnd: bigint }[], candidateStake: bigint): void {
  let end = 0n;
  for (const { stake, intervalEnd } of joined) {
    end += stake;
    if (intervalEnd !== end)
      throw logsIncomplete('candidates', `a candidate whose interval ends at ${end}`, String(intervalEnd));
  }
  if (end !== candidateStake)
    throw logsIncomplete('candidates', `candidates with a stake of ${candidateStake} wei`, String(end));
}
