import { auditPermissions, delegateVotes } from '@covey/governance';
import { cast } from '../cast.ts';
import type { Stage } from '../stage.ts';

/** Nobody but the DAO may do anything, and those who hold tokens take up their votes. */
export async function founding({ world, progress, checks }: Stage): Promise<void> {
  const { chain, deployment } = world;
  await progress.step('Check that nobody but the DAO holds a permission', async () => {
    const audit = await auditPermissions(chain.covey(deployment));
    checks.expect('the live grants are exactly those of the design', audit.ok, `${audit.live.length} grants`);
  });

  await progress.step('Token holders delegate their votes to themselves', async (detail) => {
    const nodes = [...cast.trainers, ...cast.validators];
    const holders = [...cast.voters, cast.visitor, cast.locker, ...cast.delegators, ...nodes];
    for (const account of holders) {
      await delegateVotes(chain.covey(deployment, account), { delegatee: world.address(account) });
    }
    detail(`${holders.length} holders`);
  });
}
