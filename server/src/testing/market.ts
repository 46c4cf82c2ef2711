import { Sender, eventIn } from '@covey/client';
import { creator, taskId, trainers } from '@covey/client/testing/played-task';
import type { PlayedTask } from '@covey/client/testing/played-task';
import { keyEscrowAbi, modelMarketAbi } from '@covey/contracts/abi';
import { bondStates, listingKinds, listingStates, orderStates } from '@covey/contracts/abi/enums';
import { cidFromChain, cidToChain, parameterRoot } from '@covey/protocol';
import type { SummarisedResult } from '@covey/protocol';
import {
  PositionalTree,
  addLeaves,
  contentKeyHash,
  encodeSealedManifest,
  proveShared,
  publicKeyOf,
  seal,
  wrapKey,
} from '@covey/protocol/sealed';
import type { WrappedKey } from '@covey/protocol/sealed';
import { parseEther, zeroHash } from 'viem';
import type { Abi, Address, Hex } from 'viem';
import { expect } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import type { Listing } from '../schema/index.ts';
import { publish } from './round.ts';
import { read } from './world.ts';
import type { World } from './world.ts';

/** Numbers of accounts beside those of the played task. */
export const buyer = 0;
export const seller = 7;
const [secret, otherSecret] = [11n, 12n];
const DAY = 86_400;
const FOR_EVER = 2 ** 40 - 1;
const none = { codec: 0n, digest: zeroHash };
/** Of a model that nobody else names. */
const ownModel = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';

/** What can be traded, by whoever may: each call is mined when it returns. */
export function trader(world: World) {
  const { modelMarket, keyEscrow, token } = world.deployment;
  const sent = async (account: number, address: Address, abi: Abi, functionName: string, args: readonly unknown[]) => {
    const { receipt } = await new Sender({ wallet: world.anvil.wallet(account) }).send({
      address,
      abi,
      functionName,
      args,
    });
    return receipt;
  };
  const market = (account: number, name: string, ...args: readonly unknown[]) =>
    sent(account, modelMarket, modelMarketAbi, name, args);
  const escrow = (account: number, name: string, ...args: readonly unknown[]) =>
    sent(account, keyEscrow, keyEscrowAbi, name, args);
  return {
    market,
    escrow,
    terms: (price: string, changes: Record<string, unknown> = {}) => ({
      token,
      price: parseEther(price),
      period: 0,
      creatorShare: 0n,
      card: none,
      previous: 0n,
      ...changes,
    }),
    async list(account: number, name: string, ...args: readonly unknown[]): Promise<bigint> {
      return eventIn(await market(account, name, ...args), modelMarket, modelMarketAbi, 'ModelListed').args.listingId;
    },
    async order(account: number, listingId: bigint, price: string, publicKey: Hex): Promise<bigint> {
      const receipt = await escrow(account, 'order', listingId, parseEther(price), publicKey);
      return eventIn(receipt, keyEscrow, keyEscrowAbi, 'Ordered').args.orderId;
    },
  };
}

/** A small file, sealed as sellers do it; its manifest is published. */
export async function sealedModel(world: World, server: CoveyServer) {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
  const plaintext = Uint8Array.from({ length: 3_000 }, (_, i) => 7 * i);
  const tree = new PositionalTree();
  for await (const { cipherLeaves } of seal([plaintext], { key, bytes: plaintext.length }))
    addLeaves(tree, cipherLeaves);
  const roots = {
    keyHash: contentKeyHash(key),
    plainRoot: parameterRoot(plaintext),
    cipherRoot: tree.root(),
  };
  const manifest = encodeSealedManifest({
    schema: 'covey.sealed/1',
    name: 'Secret quarters',
    description: 'It is **sealed**.',
    maker: world.anvil.wallet(seller).account.address,
    bytes: plaintext.length,
    ...roots,
    ciphertext: ownModel,
    leaves: 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
  });
  const cid = await publish(server, manifest);
  return { key, cid, file: { size: BigInt(plaintext.length), ...roots } };
}

/** Licences of a round's model, of one that its maker registers, and orders of a sealed one that end in every way. */
export async function tradeModels(
  world: World,
  server: CoveyServer,
  played: PlayedTask,
  result: SummarisedResult,
): Promise<void> {
  const { market, escrow, list, order, terms } = trader(world);
  const { token, keyEscrow, chainId } = world.deployment;
  // 1: a round's model; its contributors get what is left of fee and creator's share.
  const ofRound = terms('100', { creatorShare: parseEther('0.25') });
  await list(creator, 'listRound', taskId, 0, result.summary, ofRound);
  await market(buyer, 'buy', 1n, parseEther('100'));
  await market(creator, 'setPrice', 1n, parseEther('80'));
  await market(buyer, 'buyFor', 1n, parseEther('80'), played.address(seller));
  const claim = result.claims.find(({ leaf }) => leaf.node === played.address(trainers[0]));
  if (claim === undefined) throw new Error('the first trainer has no claim');
  await market(seller, 'claimRevenue', 1n, 0, claim.leaf, claim.proof);
  await market(creator, 'withdraw', played.address(creator), [token]);
  await market(buyer, 'buy', 1n, parseEther('80')).catch(() => undefined);
  // 2 and 3: a maker's own for a month at a time, and its next version, which is paused.
  await list(seller, 'listOwn', cidToChain(ownModel), terms('5', { period: 30 * DAY }));
  await market(buyer, 'buy', 2n, parseEther('5'));
  await market(buyer, 'buy', 2n, parseEther('5'));
  await list(seller, 'listOwn', cidToChain(ownModel), terms('6', { previous: 2n }));
  await market(seller, 'pause', 3n);
  await market(seller, 'delist', 2n);
  // 4: a sealed one whose bond stands; 5: the same, later found out.
  const { cid, file, key } = await sealedModel(world, server);
  for (const price of ['40', '50']) {
    const id = await list(seller, 'listSealed', cidToChain(cid), file, terms(price));
    await escrow(seller, 'postBond', id);
  }
  const place = (orderId: bigint) => ({ chainId, escrow: keyEscrow, orderId });
  const deliver = (orderId: bigint, { R, wrapped }: WrappedKey) => escrow(seller, 'deliver', orderId, R, wrapped);
  const mine = publicKeyOf(secret);
  const settled = await order(buyer, 4n, '40', mine);
  await deliver(settled, wrapKey(place(settled), mine, key, 21n));
  await escrow(buyer, 'settle', settled);
  const late = await order(creator, 4n, '40', publicKeyOf(otherSecret));
  await world.anvil.advance(DAY + 60);
  await escrow(buyer, 'refund', late);
  const wrong = await order(buyer, 5n, '50', mine);
  const waiting = await order(creator, 5n, '50', publicKeyOf(otherSecret));
  const false_ = wrapKey(
    place(wrong),
    mine,
    key.map((byte) => byte ^ 1),
    22n,
  );
  await deliver(wrong, false_);
  await deliver(waiting, wrapKey(place(waiting), publicKeyOf(otherSecret), key, 23n));
  const { S, c, z } = proveShared(place(wrong), secret, false_.R);
  await escrow(buyer, 'disputeKey', wrong, {
    publicKey: mine,
    point: false_.R,
    wrapped: false_.wrapped,
    shared: S,
    challenge: c,
    response: z,
  });
  // Open, delivered and to be refunded stay so.
  await order(creator, 4n, '40', publicKeyOf(otherSecret));
  await escrow(seller, 'setDeliveryKey', played.address(buyer));
  await market(trainers[0], 'withdraw', played.address(seller), [token]).catch(() => undefined);
}

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
      expect(own === undefined ? 0 : (own.end ?? FOR_EVER)).toBe(end);
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

/** Whether the contract lets a stranger do it now. */
async function succeeds(
  world: World,
  contract: { address: Address; abi: Abi },
  functionName: string,
  args: readonly unknown[],
): Promise<boolean> {
  const account = '0x00000000000000000000000000000000000000aa';
  return world.anvil.publicClient.simulateContract({ ...contract, functionName, args, account }).then(
    () => true,
    () => false,
  );
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
