import { readStake } from '@covey/client';
import { formatEther, parseEther } from 'viem';
import { cast, liar } from '../cast.ts';
import { startValidator, validatorStake } from '../participants.ts';
import { executeSlashes } from '../round.ts';
import type { Stage } from '../stage.ts';
import type { SlashSummary } from '../summary.ts';
import type { StakedNodes } from './nodes-stake.ts';
import type { ApprovedTask } from './task-approved.ts';

/** The validator that lied loses stake, and goes on as an honest one. */
export async function liarSlashed(
  { world, progress, checks, stops }: Stage,
  { taskId }: ApprovedTask,
  { validators }: StakedNodes,
): Promise<SlashSummary[]> {
  await validators[liar]?.stop();
  stops.push(startValidator(world, taskId, liar, false));
  const slashes = await progress.step('The liar’s appeal window passes, anybody executes the slash', (detail) =>
    executeSlashes(world).then((executed) => {
      for (const { target, taken } of executed) detail(`${target} loses ${formatEther(BigInt(taken))} COVEY`);
      return executed;
    }),
  );
  const lying = world.address(cast.validators[liar] as number);
  checks.equal(
    'only the liar is slashed',
    slashes.map(({ target, reason }) => `${target} ${reason}`).join(),
    `${lying} resultMismatch`,
  );
  // The next round counts the stake of the second before it opens, on a fast machine and on a slow one.
  await world.until(
    'the slashed validator has staked again',
    async () => (await readStake(world.covey, lying)).own >= parseEther(validatorStake),
  );
  await world.chain.advance(1);
  return slashes;
}
