import { permissionId } from '@covey/governance';
import { eq } from 'drizzle-orm';
import { snapshotPlugins } from '../../store/schema.ts';
import type { Handlers } from '../context.ts';

const EXECUTE = permissionId('EXECUTE');

/**
 * Who may execute as the DAO and is a SnapshotVoting makes gasless votes binding. What else the DAO did is remembered
 * as events; what follows from it, its callees tell.
 */
export const daoHandlers: Handlers<'dao'> = {
  async Granted({ who }, context) {
    const { plugin } = context.asked;
    if (plugin === undefined) return;
    const granted = { revoked: null, ...context.source };
    await context.db
      .insert(snapshotPlugins)
      .values({ address: who, space: plugin.space, ...granted })
      .onConflictDoUpdate({ target: snapshotPlugins.address, set: granted });
    context.touch('config', 'snapshot/proposals');
  },

  async Revoked({ permissionId: id, where, who }, context) {
    if (id !== EXECUTE || where !== context.address) return;
    const [row] = await context.db
      .update(snapshotPlugins)
      .set({ revoked: context.source })
      .where(eq(snapshotPlugins.address, who))
      .returning();
    if (row !== undefined) context.touch('config', 'snapshot/proposals');
  },
};
