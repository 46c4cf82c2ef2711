import type { Deployment } from '@covey/contracts/abi/deployment';
import { desc, isNull } from 'drizzle-orm';
import { snapshotPlugins } from '../store/schema.ts';
import type { Reader } from './reader.ts';

const newestFirst = [desc(snapshotPlugins.blockNumber), desc(snapshotPlugins.logIndex)];

/** The SnapshotVoting that the DAO lets execute; of several the last one. */
export async function installedPlugin(reader: Reader) {
  const [row] = await reader.db
    .select()
    .from(snapshotPlugins)
    .where(isNull(snapshotPlugins.revoked))
    .orderBy(...newestFirst)
    .limit(1);
  return row;
}

/** The deployment with the SnapshotVoting that it has or had last: the names by which calls are read. */
export async function namedDeployment(reader: Reader): Promise<Deployment> {
  const [last] = await reader.db
    .select({ address: snapshotPlugins.address })
    .from(snapshotPlugins)
    .orderBy(...newestFirst)
    .limit(1);
  const snapshotVoting = (await installedPlugin(reader))?.address ?? last?.address;
  return { ...reader.deployment, snapshotVoting };
}
