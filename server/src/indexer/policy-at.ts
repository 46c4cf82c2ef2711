import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { asc, lte } from 'drizzle-orm';
import type { Database } from '../store/handle.ts';
import { policyChanges } from '../store/schema.ts';

/** Values that a version of the policy has: each parameter's latest change up to it, the deployment's own included. */
export async function policyAt<N extends ParamName>(
  db: Database,
  version: number,
  names: readonly N[],
): Promise<Record<N, bigint>> {
  const changes = await db
    .select()
    .from(policyChanges)
    .where(lte(policyChanges.version, version))
    .orderBy(asc(policyChanges.version));
  const valueOf = (name: N) => changes.findLast((change) => params[change.param] === name)?.newValue ?? 0n;
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<N, bigint>;
}
