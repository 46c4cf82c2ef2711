import { endpoints, pathOf } from '@covey/server/schema';
import { bindByVote, installSnapshotVoting } from '../binding-vote.ts';
import { voteOnSnapshot } from '../snapshot-vote.ts';
import type { Stage } from '../stage.ts';
import type { Summary } from '../summary.ts';

type Installed = Awaited<ReturnType<typeof installSnapshotVoting>>;

/** Votes by signature alone: first a signal, then, with SnapshotVoting installed, one that the DAO is bound by. */
export async function votesWithoutGas({
  world,
  progress,
  checks,
}: Stage): Promise<Pick<Summary, 'snapshot' | 'binding'> & { deployment: Installed }> {
  const answer = await fetch(`${world.serverUrl}${pathOf(endpoints.config, {})}`);
  const { space } = endpoints.config.answer.parse(await answer.json()).snapshot;
  const snapshot = await progress.step(
    'A third proposal is voted without gas through the Snapshot endpoint',
    (detail) => voteOnSnapshot(world, checks, space, detail),
  );
  const deployment = await progress.step('The DAO installs SnapshotVoting by a TokenVoting proposal', (detail) =>
    installSnapshotVoting(world, checks, space, detail),
  );
  const binding = await progress.step(
    'A vote on Snapshot binds the DAO: signed without gas, brought on chain by a keeper, executed',
    (detail) => bindByVote(world, checks, { deployment, space, detail }),
  );
  return { snapshot, binding, deployment };
}
