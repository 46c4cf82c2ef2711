import { getAddress, parseAbiItem } from 'viem';
import type { Address, Hex } from 'viem';
import { getCode, getLogs, readContract } from 'viem/actions';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '../client.ts';
import { expectedGrants, permissionName } from '../permissions.ts';
import type { Grant } from '../permissions.ts';

export interface PermissionAudit {
  /** Nothing is missing, nothing is unexpected, and no account without code holds anything. */
  ok: boolean;
  /** Every grant that is in force. */
  live: Grant[];
  missing: Grant[];
  unexpected: Grant[];
  /** Live grants whose holder has no code of its own: a person's key, or "anybody" (ANY_ADDR). */
  outsiders: Grant[];
}

export type AuditPermissionsReturnType = PermissionAudit;

const granted = parseAbiItem(
  'event Granted(bytes32 indexed permissionId, address indexed here, address where, address indexed who, address condition)',
);
const revoked = parseAbiItem(
  'event Revoked(bytes32 indexed permissionId, address indexed here, address where, address indexed who)',
);

/** What OSx stores as the condition of a grant that has none. */
const unconditional = '0x0000000000000000000000000000000000000002';

const keyOf = (grant: { where: Address; who: Address; permissionId: Hex }): string =>
  `${grant.permissionId}:${grant.where}:${grant.who}`.toLowerCase();

/** Rebuilds the DAO's live grants from its events, as anyone can, and compares them with those that Covey needs. */
export async function auditPermissions(
  client: ReadClient,
  deployment: Deployment,
): Promise<AuditPermissionsReturnType> {
  const live = await liveGrants(client, deployment);
  const expected = new Map(expectedGrants(deployment).map((grant) => [keyOf(grant), grant]));

  const found = new Set<string>();
  const unexpected: Grant[] = [];
  for (const grant of live) {
    if (expected.has(keyOf(grant)) && !grant.condition) found.add(keyOf(grant));
    else unexpected.push(grant);
  }
  const missing = [...expected].filter(([key]) => !found.has(key)).map(([, grant]) => grant);
  const outsiders = await withoutCode(client, live);
  const ok = unexpected.length + missing.length + outsiders.length === 0;
  return { ok, live, missing, unexpected, outsiders };
}

async function liveGrants(client: ReadClient, { dao, startBlock }: Deployment): Promise<Grant[]> {
  const logs = await getLogs(client, {
    address: dao,
    events: [granted, revoked],
    fromBlock: BigInt(startBlock),
    toBlock: 'latest',
    strict: true,
  });
  const live = new Map<string, Grant>();
  for (const { eventName, args } of logs) {
    if (eventName === 'Revoked') {
      live.delete(keyOf(args));
      continue;
    }
    const permission = permissionName(args.permissionId);
    live.set(keyOf(args), {
      where: getAddress(args.where),
      who: getAddress(args.who),
      permissionId: args.permissionId,
      ...(permission && { permission }),
      ...(args.condition !== unconditional && { condition: getAddress(args.condition) }),
    });
  }
  // The events are what the DAO said; what it enforces is `hasPermission`. A grant with a condition answers for one
  // call only, so it stays listed whatever the condition says of an empty call.
  const checked = await Promise.all(
    [...live.values()].map(async (grant) => ({ grant, inForce: await isInForce(client, dao, grant) })),
  );
  return checked.filter(({ grant, inForce }) => inForce || grant.condition).map(({ grant }) => grant);
}

const isInForce = (client: ReadClient, dao: Address, grant: Grant): Promise<boolean> =>
  readContract(client, {
    address: dao,
    abi: daoAbi,
    functionName: 'hasPermission',
    args: [grant.where, grant.who, grant.permissionId, '0x'],
  });

/** A key that has borrowed code by EIP-7702 (0xef0100 and an address) is still a key. */
const isKey = (code: Hex | undefined): boolean => !code || code.startsWith('0xef0100');

async function withoutCode(client: ReadClient, grants: Grant[]): Promise<Grant[]> {
  const holders = [...new Set(grants.map((grant) => grant.who))];
  const codes = await Promise.all(holders.map((address) => getCode(client, { address })));
  const people = new Set(holders.filter((_, index) => isKey(codes[index])));
  return grants.filter((grant) => people.has(grant.who));
}
