import type { Hex } from 'viem';
import type { CoveyChain } from '@covey/client';
import { expectedGrants } from '../permissions.ts';
import type { Grant } from '../permissions.ts';
import { auditContracts } from './audit-contracts.ts';
import type { ContractAudit } from './audit-contracts.ts';
import { keyOf, liveGrants } from './grants.ts';

export interface PermissionAudit extends ContractAudit {
  /** Nothing is missing, nothing is unexpected, no account without code holds anything, and nothing else was found. */
  ok: boolean;
  /** Every grant that is in force. */
  live: Grant[];
  missing: Grant[];
  unexpected: Grant[];
  /** Live grants whose holder has no code of its own: a person's key, or "anybody" (ANY_ADDR). */
  outsiders: Grant[];
}

export type AuditPermissionsReturnType = PermissionAudit;

/** Rebuilds the DAO's live grants from its events, as anyone can, and compares them with those that Covey needs. */
export async function auditPermissions(covey: CoveyChain): Promise<AuditPermissionsReturnType> {
  const live = await liveGrants(covey);
  const expected = new Map(expectedGrants(covey.deployment).map((grant) => [keyOf(grant), grant]));

  const found = new Set<string>();
  const unexpected: Grant[] = [];
  for (const grant of live) {
    if (expected.has(keyOf(grant)) && !grant.condition) found.add(keyOf(grant));
    else unexpected.push(grant);
  }
  const missing = [...expected].filter(([key]) => !found.has(key)).map(([, grant]) => grant);
  const outsiders = await withoutCode(covey, live);
  const { findings, codeHashes } = await auditContracts(covey);
  const ok = unexpected.length + missing.length + outsiders.length + findings.length === 0;
  return { ok, live, missing, unexpected, outsiders, findings, codeHashes };
}

/** A key that has borrowed code by EIP-7702 (0xef0100 and an address) is still a key. */
const isKey = (code: Hex | undefined): boolean => !code || code.startsWith('0xef0100');

async function withoutCode({ publicClient }: CoveyChain, grants: Grant[]): Promise<Grant[]> {
  const holders = [...new Set(grants.map((grant) => grant.who))];
  const codes = await Promise.all(holders.map((address) => publicClient.getCode({ address })));
  const people = new Set(holders.filter((_, index) => isKey(codes[index])));
  return grants.filter((grant) => people.has(grant.who));
}
