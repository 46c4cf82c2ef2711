import { grantEvents, keyOf, unconditional } from '../../deploy/grants.ts';
import type { DecodedPermission } from '../decoded-permission.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

/** `none`, `granted`, or the condition's address: from the DAO's events, for no function tells the condition. */
async function held(ledger: Ledger, permission: DecodedPermission): Promise<string> {
  const logs = await grantEvents(ledger.covey, ledger.blockNumber);
  const last = logs.findLast(({ args }) => keyOf(args) === keyOf(permission));
  if (last?.eventName !== 'Granted') return 'none';
  return last.args.condition === unconditional ? 'granted' : last.args.condition;
}

export async function permissionChangesOf(
  permissions: readonly DecodedPermission[],
  ledger: Ledger,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const permission of permissions) {
    const { operation, where, who, permissionId, condition } = permission;
    changes.push(
      await ledger.change({
        what: 'permission',
        about: [
          { name: 'permission', value: permissionId, label: permission.permission },
          { name: 'where', value: where, label: ledger.labels(where) },
          { name: 'who', value: who, label: ledger.labels(who) },
        ],
        read: () => held(ledger, permission),
        next: { grant: 'granted', revoke: 'none', grantWithCondition: condition ?? null }[operation],
      }),
    );
  }
  return changes;
}
