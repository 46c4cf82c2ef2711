import { getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import { inOrder, type CoveyChain } from '@covey/client';
import { permissionName } from '../permissions.ts';
import type { Grant } from '../permissions.ts';

/** What OSx stores as the condition of a grant that has none. */
export const unconditional = '0x0000000000000000000000000000000000000002';

export const keyOf = (grant: { where: Address; who: Address; permissionId: Hex }): string =>
  `${grant.permissionId}:${grant.where}:${grant.who}`.toLowerCase();

/** All that the DAO said of permissions, in the order of the chain, up to a block; default: the newest. */
export async function grantEvents(covey: CoveyChain<'dao' | 'startBlock'>, block?: bigint) {
  const toBlock = block ?? (await covey.publicClient.getBlockNumber({ cacheTime: 0 }));
  const events = { address: covey.deployment.dao, abi: daoAbi, toBlock } as const;
  const [granted, revoked] = await Promise.all([
    covey.events({ ...events, eventName: 'Granted' }),
    covey.events({ ...events, eventName: 'Revoked' }),
  ]);
  return [...granted, ...revoked].toSorted(inOrder);
}

/** Every grant that is in force on the DAO, rebuilt from its events, in the order in which they were made. */
export async function liveGrants(covey: CoveyChain<'dao' | 'startBlock'>): Promise<Grant[]> {
  const live = new Map<string, Grant>();
  for (const event of await grantEvents(covey)) {
    if (event.eventName === 'Revoked') {
      live.delete(keyOf(event.args));
      continue;
    }
    const { args } = event;
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
    [...live.values()].map(async (grant) => ({ grant, inForce: await isInForce(covey, grant) })),
  );
  return checked.filter(({ grant, inForce }) => inForce || grant.condition).map(({ grant }) => grant);
}

const isInForce = (covey: CoveyChain<'dao'>, grant: Grant): Promise<boolean> =>
  covey.publicClient.readContract({
    address: covey.deployment.dao,
    abi: daoAbi,
    functionName: 'hasPermission',
    args: [grant.where, grant.who, grant.permissionId, '0x'],
  });
