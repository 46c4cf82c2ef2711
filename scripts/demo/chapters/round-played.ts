import { plays } from '../participants.ts';
import { auditRound, playRound, type RoundOptions } from '../round.ts';
import type { Stage } from '../stage.ts';
import type { RoundSummary } from '../summary.ts';
import type { ApprovedTask } from './task-approved.ts';

/** One round of everybody, recomputed afterwards as anybody could. */
export async function roundPlayed(
  stage: Stage,
  { taskId, keys }: ApprovedTask,
  name: string,
  options: Pick<RoundOptions, 'joining' | 'onDrawn'> = {},
): Promise<RoundSummary> {
  const { world, progress, checks } = stage;
  const round = await progress.step(name, (detail) => playRound(world, { taskId, keys, detail, ...options }));
  return await progress.step(`Recompute round ${round} from chain and IPFS`, () =>
    auditRound(world, checks, { taskId, round, plays: plays(world) }),
  );
}
