import { isClosed, readRound, readTaskProgress, type RoundOnChain } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import { nodeError } from '../errors.ts';
import type { TrainerNode } from './trainer-node.ts';

/** How far a node has come with its submission to a task. */
export interface SubmissionProgress {
  /**
   * - `ready`: no round is open that it can still join; it has what the next one asks for;
   * - `joined`: its seats are not drawn yet; `seated`: they are;
   * - `committed`, `revealed`: it did.
   */
  status: 'ready' | 'joined' | 'seated' | 'committed' | 'revealed';
  /** Null while it is in none. */
  round: number | null;
  phase: RoundPhaseName | null;
  seats: number;
  /** What comes next, for people. */
  next: string;
  /** Until when this stands, unix seconds of the chain; null where somebody has to act first. */
  until: number | null;
}

/**
 * Does what is due now for a submission of this node to a task: stakes, joins, commits or reveals, each once however often
 * it is called, and whatever ended it before. Throws TASK_NOT_APPROVED, NO_MORE_ROUNDS, NO_SEAT, WINDOW_MISSED and
 * SUBMITTED_ANOTHER, and what keeps the node from joining.
 */
export async function followRound(
  node: TrainerNode,
  taskId: bigint,
  signal?: AbortSignal,
): Promise<SubmissionProgress> {
  const { covey } = node;
  const { state, rounds, roundsOpened } = await readTaskProgress(covey, taskId);
  if (state !== 'approved') {
    const message = `Task ${taskId} is not one to work on.`;
    throw nodeError('TASK_NOT_APPROVED', message, { expected: 'approved', got: state });
  }
  const info = roundsOpened === 0 ? null : await readRound(covey, taskId, roundsOpened - 1);
  if (info && !isClosed(info.phase)) {
    await node.requireSame(info, signal);
    await node.step(taskId, info.round, signal);
    const progress = await progressIn(node, await readRound(covey, taskId, info.round));
    if (progress) return progress;
  }
  if (roundsOpened >= rounds)
    throw nodeError('NO_MORE_ROUNDS', `Task ${taskId} opens no more rounds.`, {
      got: `${rounds} are over or under way`,
    });
  await node.prepare(taskId);
  return {
    status: 'ready',
    round: null,
    phase: info?.phase ?? null,
    seats: 0,
    next: `round ${roundsOpened} of ${rounds} is joined once the task’s creator opens it`,
    until: null,
  };
}

/** Null where the node is not in the round, and it is too late to join. */
async function progressIn(node: TrainerNode, info: RoundOnChain): Promise<SubmissionProgress | null> {
  const { taskId, round, phase, deadlines, trainerSeed } = info;
  const [candidate, submission] = await Promise.all([node.candidacy(info), node.submission(taskId, round)]);
  if (!candidate) return null;
  const at = { round, phase, seats: candidate.seats };
  if (submission && submission.index !== null) {
    const next = `validators score it; then \`covey claim --task ${taskId} --round ${round}\` pays what it earned`;
    return { ...at, status: 'revealed', next, until: null };
  }
  if (submission) {
    const isOpen = phase === 'commit';
    if (!isOpen && phase !== 'reveal') throw late(info, 'revealed');
    const next = isOpen ? 'it is revealed once the window of commitments ends' : 'it is revealed now';
    return { ...at, status: 'committed', next, until: isOpen ? deadlines.commit : deadlines.reveal };
  }
  if (trainerSeed === null) {
    const until = phase === 'join' ? deadlines.join : deadlines.trainerDraw;
    return { ...at, status: 'joined', next: 'seats are drawn once the window of joining ends', until };
  }
  if (candidate.seats === 0) throw nodeError('NO_SEAT', `This node drew no seat in round ${round} of task ${taskId}.`);
  if (phase !== 'commit') throw late(info, 'committed');
  return { ...at, status: 'seated', next: 'it is committed now', until: deadlines.commit };
}

function late({ taskId, round, phase }: RoundOnChain, what: string) {
  return nodeError(
    'WINDOW_MISSED',
    `The submission to round ${round} of task ${taskId} was not ${what} in its window.`,
    {
      got: phase,
      hint: 'Run the command with --wait, so that it is there when each window opens.',
    },
  );
}
