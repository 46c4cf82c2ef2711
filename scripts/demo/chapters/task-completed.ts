import { completeTask, readProvenance, readTask, verifyProvenance } from '@covey/client';
import { readTaskDecision } from '@covey/governance';
import type { Evaluation } from '@covey/wasm-core';
import { cast } from '../cast.ts';
import { onHoldout } from '../holdout.ts';
import type { Stage } from '../stage.ts';
import { claimDelegatorRewards } from '../stakes.ts';
import type { RoundSummary, Summary } from '../summary.ts';
import { checkVerdicts } from '../verdicts.ts';
import type { StakedNodes } from './nodes-stake.ts';
import type { ApprovedTask } from './task-approved.ts';

/** The rounds are looked at together; the hold-out says what they were worth; delegators get their share. */
export async function taskCompleted(
  { world, core, progress, checks }: Stage,
  { taskId, keys, initialModel, holdout }: ApprovedTask,
  { delegations }: StakedNodes,
  rounds: RoundSummary[],
): Promise<Pick<Summary, 'accuracy' | 'delegation'>> {
  checks.equal(
    'round 2 uses a later policy than round 1',
    (rounds[2]?.policyVersion ?? 0) > (rounds[1]?.policyVersion ?? 0),
    true,
  );
  checkVerdicts(checks, rounds);

  const accuracy = await progress.step('The creator opens the final hold-out; the task is complete', async (detail) => {
    await completeTask(world.account(cast.creator), taskId, keys.holdout);
    const before = await onHoldout(world, core, taskId, initialModel, holdout);
    const after = await onHoldout(world, core, taskId, rounds.at(-1)?.model ?? '', holdout);
    const result = { before: share(before), after: share(after), samples: after.count };
    detail(
      `accuracy on ${result.samples} digits that nobody saw: ${percent(result.before)} → ${percent(result.after)}`,
    );
    return result;
  });
  checks.equal('the task is completed', (await readTask(world.covey, taskId)).state, 'completed');
  await progress.step('Anybody asks where the final model comes from', async (detail) => {
    const { covey, store: reader } = world;
    const from = { covey, reader, decision: readTaskDecision };
    const read = await readProvenance({ ...from, model: { taskId } });
    const { match, shards } = await verifyProvenance({ ...from, read, document: read.provenance });
    detail(`${read.cid}: ${read.bytes.byteLength} bytes, ${shards.length} shards opened`);
    checks.equal('the provenance of the final model verifies', match && shards.every((shard) => shard.match), true);
    checks.equal('its last round made the final model', read.provenance.model.cid, rounds.at(-1)?.model);
  });
  checks.expect('the final accuracy is at least 0.90', accuracy.after >= 0.9, percent(accuracy.after));

  const delegation = await progress.step('Delegators claim what was streamed to them', (detail) =>
    claimDelegatorRewards(world, checks, {
      delegations,
      owed: rounds.flatMap(({ payouts }) => payouts).reduce((sum, payout) => sum + BigInt(payout.delegators), 0n),
      detail,
    }),
  );
  return { accuracy, delegation };
}

const share = ({ correct, count }: Evaluation): number => correct / count;
const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;
