import type { CoveyChain } from './chain.ts';
import { roundManagerAbi, roundPhases, type RoundPhaseName } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import { chainError } from './contract-error.ts';
import type { DeadlineName, RoundOnChain } from './read-round.ts';

/**
 * The chain's own time, unix seconds: that of the latest mined block. What a node decides rests on blocks alone: the one
 * being built may never come as an endpoint imagines it. The machine's clock is never used.
 */
export async function chainTime({ publicClient }: Pick<CoveyChain, 'publicClient'>): Promise<bigint> {
  try {
    return (await publicClient.getBlock({ blockTag: 'latest' })).timestamp;
  } catch (cause) {
    throw chainError(cause, 'reading the latest block');
  }
}

/** The phase of a round at the latest mined block. */
export async function readPhase(covey: CoveyChain, taskId: bigint, round: number): Promise<RoundPhaseName> {
  try {
    const phase = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'phaseOf',
      args: [taskId, round],
    });
    return decodeEnum(roundPhases, phase);
  } catch (cause) {
    throw chainError(cause, `reading the phase of round ${round} of task ${taskId}`);
  }
}

/** True when `phase` comes at or after `other` in the life of a round. */
export function reached(phase: RoundPhaseName, other: RoundPhaseName): boolean {
  return roundPhases.indexOf(phase) >= roundPhases.indexOf(other);
}

/** True when nothing of the round can change any more but claims and slash cases. */
export function isClosed(phase: RoundPhaseName): boolean {
  return phase === 'claimable' || phase === 'void';
}

/** What says where a round is and what comes next. */
export type RoundClock = Pick<
  RoundOnChain,
  | 'phase'
  | 'attempt'
  | 'trainerSeed'
  | 'validatorSeed'
  | 'trainerCandidates'
  | 'validatorCandidates'
  | 'validatorSeats'
  | 'submissions'
  | 'attestations'
  | 'key'
  | 'results'
  | 'deadlines'
  | 'challengeEnd'
  | 'rulingEnd'
>;

/** What anyone may do for a round, once its time has come. `fail` voids it, or lets its validators join anew. */
export type RoundMove = 'draw-trainers' | 'draw-validators' | 'accept' | 'finalize' | 'open-claims' | 'fail';

export interface NextMove {
  /** The phase at that time, if nobody does anything until then. */
  phase: RoundPhaseName;
  /** When the phase ends by itself, unix seconds; null where it waits for somebody, or for nothing any more. */
  endsAt: number | null;
  /** What is due now; the contract decides. */
  move: RoundMove | null;
}

/**
 * Where a round is at a moment not before the block that it was read at, and what comes next: what the chain would say
 * if nothing but time passed. Unix seconds of the chain.
 */
export function nextMove(round: RoundClock, time: number): NextMove {
  const phase = phaseAt(round, time);
  const endsAt = endOf(round, phase);
  const due = endsAt === null || time >= endsAt;
  return { phase, endsAt: due ? null : endsAt, move: hasFailed(round, phase) ? 'fail' : moveIn(phase, due) };
}

function moveIn(phase: RoundPhaseName, due: boolean): RoundMove | null {
  switch (phase) {
    case 'trainerDraw':
      return due ? 'fail' : 'draw-trainers';
    case 'validatorDraw':
      return due ? 'fail' : 'draw-validators';
    case 'acceptance':
      return 'accept';
    case 'challenge':
    case 'ruling':
      return due ? 'finalize' : null;
    case 'claimable':
      return 'open-claims';
    default:
      return null;
  }
}

function endOf(round: RoundClock, phase: RoundPhaseName): number | null {
  switch (phase) {
    case 'none':
    case 'acceptance':
    case 'claimable':
    case 'void':
      return null;
    case 'challenge':
      return round.challengeEnd;
    case 'ruling':
      return round.rulingEnd;
    default:
      return round.deadlines[phase];
  }
}

/** Whether what came so far says that nothing more can come. What counts of the submissions stands on chain alone. */
function hasFailed(round: RoundClock, phase: RoundPhaseName): boolean {
  const { attestations, validatorSeats: seats } = round;
  switch (phase) {
    case 'trainerDraw':
      return round.trainerCandidates === 0 || (round.attempt === 0 && round.validatorCandidates === 0);
    case 'validatorDraw':
      return round.validatorCandidates === 0 || round.submissions === 0;
    case 'key':
      return 2 * attestations.revealedSeats < seats || 2 * attestations.ciphertextMissing >= seats;
    case 'resultCommit':
    case 'resultReveal':
      return round.key === null;
    case 'acceptance':
      return round.key === null || round.results.revealed === 0;
    default:
      return false;
  }
}

function phaseAt(round: RoundClock, time: number): RoundPhaseName {
  // These end by somebody's act alone.
  if (round.phase === 'none' || reached(round.phase, 'acceptance')) return round.phase;
  const runs = (name: DeadlineName): boolean => time < round.deadlines[name];
  if (runs('join')) return 'join';
  if (round.trainerSeed === null) return 'trainerDraw';
  if (runs('commit')) return 'commit';
  if (runs('reveal')) return 'reveal';
  // The validators of a first attempt join with the training nodes.
  if (round.attempt > 0 && runs('validatorJoin')) return 'validatorJoin';
  if (round.validatorSeed === null) return 'validatorDraw';
  return (['attest', 'attestReveal', 'key', 'resultCommit', 'resultReveal'] as const).find(runs) ?? 'acceptance';
}
