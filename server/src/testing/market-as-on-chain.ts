import { keyEscrowAbi, licencesConstants, modelMarketAbi } from '@covey/contracts/abi';
import { bondStates, listingKinds, listingStates, orderStates } from '@covey/contracts/abi/enums';
import { cidFromChain } from '@covey/protocol';
import type { SummarisedResult } from '@covey/protocol';
import { expect } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import type { Listing } from '../schema/index.ts';
import { read, succeeds } from './world.ts';
import type { World } from './world.ts';

/** Compares what the API says of listings, orders and accounts with what the contracts answer at the same block. */
export async function expectMarketAsOnChain(
  world: World,
  server: CoveyServer,
  result: SummarisedResult,
): Promise<void> {
  await server.caughtUp();
  const { deployment, anvil } = world;
  const market = { address: deployment.modelMarket, abi: modelMarketAbi } as const;
  const escrow = { address: deployment.keyEscrow, abi: keyEscrowAbi } as const;
  const client = anvil.publicClient;
  const orNull = (text: string | null) => BigInt(text ?? 0);
  const accounts = anvil.accounts.map(({ address }) => address);

  const { items, total } = await read(server, endpoints.listings, { query: { limit: 100 } });
  expect(BigInt(total)).toBe(await client.readContract({ ...market, functionName: 'listingCount' }));
  for (const { id } of items) {
    const found = await read(server, endpoints.listing, { params: { id } });
    const args = [BigInt(id)] as const;
    const kept = await client.readContract({ ...market, functionName: 'listing', args });
    const bond = await client.readContract({ ...escrow, functionName: 'bondOf', args });
    const sealed = kept.kind === listingKinds.indexOf('sealed');
    const file = await client.readContract({ ...market, functionName: 'sealedFile', args });
    expect({
      seller: found.seller,
      kind: found.kind,
      state: found.state,
      period: found.period,
      rounds: found.rounds,
      token: found.token.address,
      creatorShare: BigInt(found.creatorShare),
      price: BigInt(found.price),
      sales: found.sales,
      taskId: orNull(found.taskId),
      model: found.modelCid,
      previous: found.versions.find((version) => version.id === id)?.previous ?? '0',
      contributorRevenue: BigInt(found.toContributors),
      bond: [found.sealed?.bond.state ?? 'none', found.sealed?.bond.amount ?? '0', found.sealed?.openOrders ?? 0],
      file: found.sealed && [found.sealed.bytes, found.sealed.keyHash, found.sealed.plainRoot, found.sealed.cipherRoot],
      forSale: found.forSale,
    }).toEqual({
      seller: kept.seller,
      kind: listingKinds[kept.kind],
      state: listingStates[kept.state],
      period: kept.period,
      rounds: kept.rounds,
      token: kept.token,
      creatorShare: kept.creatorShare,
      price: kept.price,
      sales: Number(sealed ? bond.sales : kept.sales),
      taskId: kept.taskId,
      model: cidFromChain(kept.model),
      previous: `${kept.previous}`,
      contributorRevenue: kept.contributorRevenue,
      bond: [bondStates[bond.state], `${bond.amount}`, Number(bond.openOrders)],
      file: sealed ? [`${file.size}`, file.keyHash, file.plainRoot, file.cipherRoot] : null,
      forSale: await canBuy(world, found),
    });
    for (const [account] of accounts.entries()) {
      const licensee = accounts[account]!;
      const who = [BigInt(id), licensee] as const;
      const licence = { functionName: 'licenceEnd', args: who } as const;
      const end = await (sealed
        ? client.readContract({ ...escrow, ...licence })
        : client.readContract({ ...market, ...licence }));
      const { items: held } = await read(server, endpoints.licences, { params: { address: licensee } });
      const own = held.find(({ listingId }) => listingId === id);
      expect(own === undefined ? 0 : (own.end ?? licencesConstants.FOR_EVER)).toBe(end);
    }
  }

  const { items: placed } = await read(server, endpoints.orders, { query: { limit: 100 } });
  expect(BigInt(placed.length)).toBe(await client.readContract({ ...escrow, functionName: 'orderCount' }));
  for (const found of placed) {
    const kept = await client.readContract({ ...escrow, functionName: 'orderOf', args: [BigInt(found.id)] });
    expect([found.buyer, found.state, found.deliverBy, found.disputeEnd ?? 0, found.price, found.listingId]).toEqual([
      kept.buyer,
      orderStates[kept.state],
      kept.deliverBy,
      kept.disputeEnd,
      `${kept.price}`,
      `${kept.listingId}`,
    ]);
    expect(found.next === 'refund').toBe(await succeeds(world, escrow, 'refund', [BigInt(found.id)]));
    expect(found.next === 'settle').toBe(await succeeds(world, escrow, 'settle', [BigInt(found.id)]));
  }

  for (const address of accounts) {
    const found = await read(server, endpoints.marketAccount, { params: { address } });
    for (const contract of ['modelMarket', 'keyEscrow'] as const) {
      const asked = { functionName: 'owed', args: [address, deployment.token] } as const;
      const owed = await (contract === 'modelMarket'
        ? client.readContract({ ...market, ...asked })
        : client.readContract({ ...escrow, ...asked }));
      expect(found.balances.find((row) => row.contract === contract)?.owed ?? '0').toBe(`${owed}`);
    }
    for (const { listingId, round, claimable } of found.contributions) {
      const leaf = result.claims.find((claim) => claim.leaf.node === address)!.leaf;
      const revenue = { ...market, functionName: 'revenueOf', args: [BigInt(listingId), round, leaf] } as const;
      expect(claimable).toBe(`${await client.readContract(revenue)}`);
    }
  }
}

/** Whether the market, and of a sealed model the escrow, would sell it to an account that has no licence. */
async function canBuy(world: World, { id, kind, price, sealed }: Listing & { sealed: unknown }): Promise<boolean> {
  const { modelMarket, keyEscrow } = world.deployment;
  const open = await succeeds(world, { address: modelMarket, abi: modelMarketAbi }, 'requireSold', [
    BigInt(id),
    sealed !== null,
    BigInt(price),
  ]);
  if (kind !== 'sealed') return open;
  const bond = await world.anvil.publicClient.readContract({
    address: keyEscrow,
    abi: keyEscrowAbi,
    functionName: 'bondOf',
    args: [BigInt(id)],
  });
  return open && bondStates[bond.state] === 'bonded';
}
