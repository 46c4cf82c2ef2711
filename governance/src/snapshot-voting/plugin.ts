import type { Address } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { governanceError } from '../errors.ts';

/** Where the DAO has SnapshotVoting; throws when it has none. */
export function pluginOf({ snapshotVoting }: Pick<Deployment, 'snapshotVoting'>): Address {
  if (snapshotVoting === undefined) {
    throw governanceError('GOV_PLUGIN_MISSING', 'This DAO has no SnapshotVoting installed.', {
      expected: 'deployment.snapshotVoting',
      hint: 'Look it up with `findSnapshotVoting`; the DAO installs it by a proposal.',
    });
  }
  return snapshotVoting;
}
