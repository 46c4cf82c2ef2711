import { getAbiItem, getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { getLogs, readContract } from 'viem/actions';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '@covey/client';
import { permissionName } from '../permissions.ts';
import type { Grant } from '../permissions.ts';

export const granted = getAbiItem({ abi: daoAbi, name: 'Granted' });
export const revoked = getAbiItem({ abi: daoAbi, name: 'Revoked' });

/** What OSx stores as the condition of a grant that has none. */
export const unconditional = '0x0000000000000000000000000000000000000002';

export const keyOf = (grant: { where: Address; who: Address; permissionId: Hex }): string =>
  `${grant.permissionId}:${grant.where}:${grant.who}`.toLowerCase();

/** Every grant that is in force on the DAO, rebuilt from its events, in the order in which they were made. */
export async function liveGrants(
  client: ReadClient,
  { dao, startBlock }: Pick<Deployment, 'dao' | 'startBlock'>,
): Promise<Grant[]> {
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
