import {
  BuyerKeys,
  checkServed,
  deliverKeys,
  dispute,
  findFault,
  orderModel,
  placeOfOrder,
  readListing,
  readLicence,
  readOrder,
  readOrders,
  readOwed,
  readPublicKey,
  receiveKey,
  refundOrder,
  servedBy,
  setDeliveryKey,
  setPrice,
  settleOrders,
  withdrawOwed,
  licensedForEver,
  type CoveyWriter,
  type OrderOnChain,
} from '@covey/client';
import { keyEscrowAbi } from '@covey/contracts/abi';
import {
  encodeSealedManifest,
  open,
  pieceEvidence,
  proveShared,
  scalarOf,
  unwrapKey,
  wrapKey,
} from '@covey/protocol/sealed';
import { randomBytes } from 'node:crypto';
import { bytesToHex, erc20Abi, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeEvent } from '../events.ts';
import { listSealed, sealModel, type SealedModel } from '../testing/sealed-model.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { Seller } from './seller.ts';

const [price, fee, bond] = [10n ** 20n, 25n * 10n ** 17n, 1_000n * 10n ** 18n];
const [hour, day] = [3_600, 86_400];

let network: TestNetwork;
let seller: CoveyWriter;
let buyer: CoveyWriter;
let other: CoveyWriter;
let events: NodeEvent[];

beforeAll(async () => {
  network = await startTestNetwork();
  seller = network.account(cast.outsider);
  buyer = network.account(cast.firstTrainer);
  other = network.account(cast.firstTrainer + 1);
});
beforeEach(() => {
  events = [];
});
afterAll(async () => network?.stop());

const refused = (contractError: string) => expect.objectContaining({ code: 'CONTRACT_REVERTED', contractError });
const code = (name: string) => expect.objectContaining({ code: name });

const held = (account: Address) =>
  network.publicClient.readContract({
    address: network.deployment.token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  });

/** What an action changes of everybody's tokens, in wei. */
async function change(action: () => Promise<unknown>): Promise<Record<string, bigint>> {
  const { keyEscrow, dao } = network.deployment;
  const who = { buyer: buyer.sender.address, seller: seller.sender.address, escrow: keyEscrow, treasury: dao };
  const balances = async () => await Promise.all(Object.values(who).map(held));
  const before = await balances();
  await action();
  const after = await balances();
  const changes = Object.keys(who).map((name, i) => [name, after[i]! - before[i]!] as const);
  return Object.fromEntries(changes.filter(([, wei]) => wei !== 0n));
}

const daemon = (keys: SealedModel[], options: Partial<ConstructorParameters<typeof Seller>[0]> = {}) =>
  new Seller({
    covey: seller,
    keys: async () => new Map(keys.map(({ manifest, key }) => [manifest.keyHash, key])),
    confirmations: 0,
    onEvent: (event) => void events.push(event),
    ...options,
  });

const said = (name: NodeEvent['event']) => events.filter(({ event }) => event === name);

async function sold(spoil?: (ciphertext: Uint8Array) => void) {
  const model = await sealModel(network.store, seller, spoil);
  const listing = await readListing(network.covey, await listSealed(seller, model, price));
  return { model, listing };
}

async function ordered(covey: CoveyWriter, listingId: bigint) {
  const keys = new BuyerKeys(covey);
  const { orderId } = await orderModel(covey, await readListing(covey, listingId), keys);
  return { orderId, keys, order: () => readOrder(covey, orderId) };
}

const rawDelivery = ({ orderId, listingId, publicKeyHash }: OrderOnChain, { R, wrapped }: { R: Hex; wrapped: Hex }) =>
  seller.sender.send({
    address: network.deployment.keyEscrow,
    abi: keyEscrowAbi,
    functionName: 'deliver',
    args: [orderId, listingId, publicKeyHash, R, wrapped],
  });

async function wrongKey(orderId: bigint): Promise<Hex> {
  const order = await readOrder(network.covey, orderId);
  const publicKey = await readPublicKey(network.covey, order);
  const key = Uint8Array.from(randomBytes(32));
  await rawDelivery(order, wrapKey(placeOfOrder(seller, orderId), publicKey, key, scalarOf(randomBytes(48))));
  return bytesToHex(key);
}

const fault = async (
  { order, keys }: { order: () => ReturnType<typeof readOrder>; keys: BuyerKeys },
  { manifest }: SealedModel,
) => {
  const files = servedBy(network.store, manifest);
  return await findFault(buyer, {
    ...{ order: await order(), sealed: manifest, keys },
    served: () => Promise.resolve({ manifest, files }),
  });
};

describe('an honest sale', () => {
  it('goes from ciphertext to licence, unattended, and to the wei', async () => {
    const { model, listing } = await sold();
    expect(listing).toMatchObject({ kind: 'sealed', state: 'active', sealed: { bond, openOrders: 0n } });
    expect(await checkServed(network.store, listing)).toEqual(model.manifest);
    let made!: Awaited<ReturnType<typeof ordered>>;
    expect(await change(async () => (made = await ordered(buyer, listing.listingId)))).toEqual({
      buyer: -price,
      escrow: price,
    });
    const { orderId, keys, order } = made;
    await expect(receiveKey(buyer, await order(), keys)).rejects.toEqual(code('ORDER_STATE'));

    const first = daemon([model]);
    await first.step();
    await first.step();
    // It was killed and begins anew: what it delivered stands on the chain.
    await daemon([model]).step();
    expect(said('key-delivered')).toMatchObject([{ orderId, listingId: listing.listingId }]);
    await expect(deliverKeys(seller, [{ order: await order(), key: model.key }])).rejects.toEqual(
      refused('WrongOrderState'),
    );
    const key = await receiveKey(buyer, await order(), new BuyerKeys(buyer));
    expect(key).toEqual(model.key);
    const { ciphertext, leaves } = servedBy(network.store, model.manifest)();
    const opened: Uint8Array[] = [];
    for await (const { bytes } of open(ciphertext, leaves, { key, bytes: model.manifest.bytes })) opened.push(bytes);
    expect(Buffer.compare(Buffer.concat(opened), model.plaintext)).toBe(0);
    // Another account's wallet makes other keys.
    await expect(receiveKey(other, await order(), new BuyerKeys(other))).rejects.toEqual(code('ORDER_KEY_UNKNOWN'));

    await expect(settleOrders(other, [orderId])).rejects.toEqual(refused('DisputeWindowOpen'));
    await network.anvil.advance(3 * day + 1);
    expect(await change(() => first.step())).toEqual({ escrow: -price, treasury: fee, seller: price - fee });
    expect(said('order-settled')).toMatchObject([{ orderId, toSeller: price - fee }]);
    expect(said('sales-withdrawn')).toMatchObject([{ amount: price - fee }]);
    expect(await readLicence(buyer, listing, buyer.sender.address)).toBe(licensedForEver);
    expect(await readListing(buyer, listing.listingId)).toMatchObject({ sales: 1n, sealed: { openOrders: 0n } });
    await expect(settleOrders(seller, [orderId])).rejects.toEqual(refused('WrongOrderState'));
    await expect(ordered(buyer, listing.listingId)).rejects.toEqual(refused('AlreadyLicensed'));
    expect(await readOwed(seller, seller.sender.address, [])).toEqual([]);
  });

  it('several buyers are served in one transaction, each with its own key', async () => {
    const { model, listing } = await sold();
    const made = [await ordered(buyer, listing.listingId), await ordered(other, listing.listingId)];
    expect(await readOrders(network.covey, { listings: [listing.listingId] })).toHaveLength(2);
    const running = daemon([model]);
    await running.step();
    const delivered = said('key-delivered') as { tx: Hex }[];
    expect(delivered).toHaveLength(2);
    expect(delivered[0]!.tx).toBe(delivered[1]!.tx);
    for (const [i, covey] of [buyer, other].entries())
      expect(await receiveKey(covey, await made[i]!.order(), made[i]!.keys)).toEqual(model.key);
    // The buyer who is content need not wait.
    await settleOrders(buyer, [made[0]!.orderId]);
    await settleOrders(other, [made[1]!.orderId]);
    await withdrawOwed(other, seller.sender.address, await readOwed(other, seller.sender.address, []));
  });
});

describe('a hostile seller', () => {
  it('who never delivers: the price comes back whole, once', async () => {
    const { listing } = await sold();
    let made!: Awaited<ReturnType<typeof ordered>>;
    const whole = await change(async () => {
      made = await ordered(buyer, listing.listingId);
      await expect(refundOrder(buyer, made.orderId)).rejects.toEqual(refused('NotRefundable'));
      // Without the key the daemon sends nothing, and says so once.
      const running = daemon([]);
      await running.step();
      await running.step();
      expect(said('key-lacking')).toHaveLength(1);
      await network.anvil.advance(day + 1);
      await running.step();
      expect(said('order-missed')).toMatchObject([{ orderId: made.orderId }]);
      // Anybody may, the buyer is paid.
      expect((await refundOrder(other, made.orderId)).amount).toBe(price);
    });
    expect(whole).toEqual({});
    await expect(refundOrder(buyer, made.orderId)).rejects.toEqual(refused('WrongOrderState'));
  });

  it('who delivers a wrong key: proven; the bond is lost, and every other order can be refunded', async () => {
    const { model, listing } = await sold();
    let third!: Awaited<ReturnType<typeof ordered>>;
    const changed = await change(async () => {
      const made = await ordered(buyer, listing.listingId);
      third = await ordered(other, listing.listingId);
      await wrongKey(made.orderId);
      await expect(receiveKey(buyer, await made.order(), made.keys)).rejects.toEqual(code('ORDER_KEY_WRONG'));
      const proof = await fault(made, model);
      expect(proof?.fault).toBe('wrongKey');
      await expect(dispute(other, made.orderId, proof!)).rejects.toEqual(refused('NotBuyer'));
      expect(await dispute(buyer, made.orderId, proof!)).toMatchObject({ refunded: price, reward: bond / 10n });
      // The same proof, once more.
      await expect(dispute(buyer, made.orderId, proof!)).rejects.toEqual(refused('WrongOrderState'));
      await refundOrder(buyer, third.orderId);
    });
    expect(changed).toEqual({ buyer: bond / 10n, treasury: bond - bond / 10n, escrow: -bond });
    expect(await readListing(buyer, listing.listingId)).toMatchObject({ state: 'fraudulent', sealed: { bond: 0n } });
    const running = daemon([model]);
    await running.step();
    await running.step();
    expect(said('listing-fraudulent')).toHaveLength(1);
    expect(said('key-delivered')).toEqual([]);
    await expect(ordered(other, listing.listingId)).rejects.toEqual(refused('WrongBondState'));
  });

  it('who encrypted garbage in the last piece: proven by that piece', async () => {
    const { model, listing } = await sold((ciphertext) => {
      ciphertext[ciphertext.length - 20]! ^= 1;
    });
    // Both roots are right: it is all that a buyer can see before.
    await checkServed(network.store, listing);
    const made = await ordered(buyer, listing.listingId);
    await daemon([model]).step();
    expect(await receiveKey(buyer, await made.order(), made.keys)).toEqual(model.key);
    const proof = await fault(made, model);
    expect(proof).toMatchObject({ fault: 'wrongContent', proof: { index: 64 } });
    expect(await change(() => dispute(buyer, made.orderId, proof!))).toEqual({
      buyer: price + bond / 10n,
      treasury: bond - bond / 10n,
      escrow: -price - bond,
    });
  });

  it('who serves altered bytes, nothing, another file or another manifest: nobody pays', async () => {
    const { model, listing } = await sold();
    const { ciphertext, leaves } = model.manifest;
    const original = await network.store.stored(leaves);
    await network.store.corrupt(leaves, (bytes) => bytes.map((byte) => byte ^ 1));
    await expect(checkServed(network.store, listing)).rejects.toEqual(code('CONTENT_HASH_MISMATCH'));
    await network.store.corrupt(leaves, () => original);
    await network.store.remove(ciphertext);
    await expect(checkServed(network.store, listing)).rejects.toEqual(code('CONTENT_NOT_FOUND'));

    const lied = await sealModel(network.store, seller);
    const one = await sold();
    // Roots of one file, the files of another: addresses are right, roots are not.
    const mixed = { ...one.model, manifest: { ...one.model.manifest, ciphertext: lied.manifest.ciphertext } };
    mixed.cid = await network.store.putBlock(0x0129, encodeSealedManifest(mixed.manifest));
    const listed = await readListing(network.covey, await listSealed(seller, mixed, price));
    await expect(checkServed(network.store, listed)).rejects.toEqual(code('PROTOCOL_SEALED_MISMATCH'));
    // On chain another hash of the key than in the manifest: no delivery could be disputed by it.
    const forged = { ...one.model, manifest: { ...one.model.manifest, keyHash: lied.manifest.keyHash } };
    const contradicted = await readListing(network.covey, await listSealed(seller, forged, price));
    await expect(checkServed(network.store, contradicted)).rejects.toEqual(code('LISTING_MISMATCH'));
  });

  it('who raises the price under way takes nothing', async () => {
    const { listing } = await sold();
    await setPrice(seller, listing.listingId, price * 2n);
    expect(
      await change(() =>
        expect(orderModel(buyer, listing, new BuyerKeys(buyer))).rejects.toEqual(refused('PriceMismatch')),
      ),
    ).toEqual({});
  });
});

describe('a hostile buyer', () => {
  it('disputes a right key and right content, claims the price back, and gets nothing', async () => {
    const { model, listing } = await sold();
    const made = await ordered(buyer, listing.listingId);
    await daemon([model]).step();
    expect(await fault(made, model)).toBeNull();
    const order = await made.order();
    const [{ secret, publicKey }, place] = [await made.keys.of(order), placeOfOrder(buyer, made.orderId)];
    const [delivered] = await network.covey.events({
      address: network.deployment.keyEscrow,
      abi: keyEscrowAbi,
      eventName: 'KeyDelivered',
      args: { orderId: made.orderId },
    });
    const { point, wrapped } = delivered!.args;
    expect(unwrapKey(place, secret, { R: point, wrapped })).toEqual(model.key);
    const { S: shared, c: challenge, z: response } = proveShared(place, secret, point);
    const claim = { publicKey, point, wrapped, shared, challenge, response };
    const key = (proof: Partial<typeof claim>) =>
      dispute(buyer, made.orderId, { fault: 'wrongKey', proof: { ...claim, ...proof } });
    await expect(key({})).rejects.toEqual(refused('KeyIsRight'));
    // Another shared point than the two keys have.
    await expect(key({ shared: publicKey })).rejects.toEqual(refused('InvalidKeyProof'));
    await expect(key({ response: response + 1n })).rejects.toEqual(refused('InvalidKeyProof'));
    // Another delivery than was made.
    await expect(key({ wrapped: bytesToHex(randomBytes(32)) })).rejects.toEqual(refused('OtherDelivery'));
    const files = servedBy(network.store, model.manifest)();
    const evidence = await pieceEvidence(model.manifest, model.key, 3, files);
    const content = (proof: Partial<typeof evidence>) =>
      dispute(buyer, made.orderId, { fault: 'wrongContent', proof: { ...evidence, ...proof } });
    await expect(content({})).rejects.toEqual(refused('ContentIsRight'));
    await expect(content({ plainLeaf: bytesToHex(randomBytes(32)) })).rejects.toEqual(refused('InvalidPath'));
    await expect(content({ key: bytesToHex(randomBytes(32)) })).rejects.toEqual(refused('OtherKey'));
    await expect(refundOrder(buyer, made.orderId)).rejects.toEqual(refused('WrongOrderState'));

    await network.anvil.advance(3 * day + 1);
    await expect(key({})).rejects.toEqual(refused('DisputeTooLate'));
    expect(await change(() => daemon([model]).step())).toEqual({ escrow: -price, treasury: fee, seller: price - fee });
  });

  it('brings the proof of one order to another', async () => {
    const { model, listing } = await sold();
    const made = [await ordered(buyer, listing.listingId), await ordered(buyer, listing.listingId)];
    // Each order has its own secret, so that a dispute of one says nothing of another.
    const secrets = await Promise.all(made.map(async ({ keys, order }) => (await keys.of(await order())).secret));
    expect(secrets[0]).not.toBe(secrets[1]);
    await wrongKey(made[0]!.orderId);
    const order = await made[1]!.order();
    await deliverKeys(seller, [{ order, key: model.key }]);
    const proof = await fault(made[0]!, model);
    await expect(dispute(buyer, made[1]!.orderId, proof!)).rejects.toEqual(refused('OtherDelivery'));
  });
});

describe('the unattended seller', () => {
  it('delivers to no order of another’s listing, and not with another’s key', async () => {
    const { model, listing } = await sold();
    const strange = await sealModel(network.store, other);
    const theirs = await listSealed(other, strange, price);
    const made = await ordered(buyer, theirs);
    await daemon([model, strange]).step();
    expect(events.filter((event) => 'orderId' in event && event.orderId === made.orderId)).toEqual([]);
    const own = await ordered(buyer, listing.listingId);
    await expect(deliverKeys(seller, [{ order: await own.order(), key: strange.key }])).rejects.toEqual(
      code('ORDER_KEY_WRONG'),
    );
    await network.anvil.advance(day + hour);
    for (const { orderId } of [made, own]) await refundOrder(buyer, orderId);
  });

  it('orders that are made at once have keys of their own, from whichever machine they come', async () => {
    const { model, listing } = await sold();
    // Each saw the chain before the other's order: both mean to name the same key.
    const { listingId } = listing;
    const { publicKey } = await new BuyerKeys(buyer).next(listingId);
    const blind = new BuyerKeys(buyer);
    const next = blind.next.bind(blind);
    let looks = 0;
    blind.next = async (id, taken = 0) => (looks++ === 0 ? { secret: 0n, publicKey } : await next(id, taken));
    const first = await ordered(buyer, listingId);
    const { orderId } = await orderModel(buyer, listing, blind);
    expect(looks).toBe(2);
    // Whoever sends it all the same is told why.
    const again = { address: network.deployment.keyEscrow, abi: keyEscrowAbi, functionName: 'order' } as const;
    await expect(buyer.sender.send({ ...again, args: [listingId, price, publicKey] })).rejects.toEqual(
      refused('PublicKeyRepeated'),
    );
    const [one, two] = [await first.order(), await readOrder(buyer, orderId)];
    expect(two.publicKeyHash).not.toBe(one.publicKeyHash);
    await daemon([model]).step();
    for (const order of [one, two]) {
      const delivered = await readOrder(buyer, order.orderId);
      expect(await receiveKey(buyer, delivered, new BuyerKeys(buyer))).toEqual(model.key);
      await settleOrders(buyer, [order.orderId]);
    }
  });

  it('delivers with a key that the seller named, and with no other', async () => {
    const { model, listing } = await sold();
    const made = await ordered(buyer, listing.listingId);
    const cold = seller.sender.address;
    const running = daemon([model], { covey: other, seller: cold });
    await expect(running.step()).rejects.toEqual(refused('NotDeliverer'));
    await setDeliveryKey(seller, other.sender.address);
    await running.step();
    expect(await receiveKey(buyer, await made.order(), made.keys)).toEqual(model.key);
    await settleOrders(buyer, [made.orderId]);
    // What was sold is the seller's, whoever sends it there.
    await withdrawOwed(other, cold, await readOwed(other, cold, []));
  });

  it('waits for blocks on an order: after a reorganisation its number is somebody else’s', async () => {
    const { model, listing } = await sold();
    const running = daemon([model], { confirmations: 2 });
    const { testClient } = network.anvil;
    const snapshot = await testClient.snapshot();
    const lost = await ordered(buyer, listing.listingId);
    await running.step();
    expect(said('order-seen')).toHaveLength(1);
    const gone = await lost.order();
    const publicKey = await readPublicKey(network.covey, gone);
    const deceived = wrapKey(placeOfOrder(seller, gone.orderId), publicKey, model.key, scalarOf(randomBytes(48)));
    await testClient.revert({ id: snapshot });
    const stands = await ordered(other, listing.listingId);
    expect(stands.orderId).toBe(lost.orderId);
    // Whoever is deceived all the same keeps its key: it names whom it was wrapped for.
    await expect(rawDelivery(gone, deceived)).rejects.toEqual(refused('OtherDelivery'));
    await testClient.mine({ blocks: 1 });
    await running.step();
    // The other's order is one of its own, whose blocks are counted from when it was seen.
    expect(said('order-seen')).toHaveLength(2);
    expect(said('key-delivered')).toEqual([]);
    await testClient.mine({ blocks: 2 });
    await running.step();
    expect(said('key-delivered')).toMatchObject([{ orderId: stands.orderId }]);
    expect(await receiveKey(other, await stands.order(), stands.keys)).toEqual(model.key);
  });

  it('delivers to the others when a reorganisation takes an order away, and misses none that is gone', async () => {
    const { model, listing } = await sold();
    const running = daemon([model], { confirmations: 2 });
    const { testClient } = network.anvil;
    const stands = await ordered(other, listing.listingId);
    const snapshot = await testClient.snapshot();
    const { orderId: gone } = await ordered(buyer, listing.listingId);
    await running.step();
    expect(said('order-seen')).toMatchObject([{ orderId: stands.orderId }, { orderId: gone }]);
    await testClient.revert({ id: snapshot });
    await testClient.mine({ blocks: 4 });
    await running.step();
    expect(said('key-delivered')).toMatchObject([{ orderId: stands.orderId }]);
    await network.anvil.advance(day + hour);
    await running.step();
    expect(said('order-missed')).toEqual([]);
  });

  it('looks an hour back for what a reorganisation changed, and no further', async () => {
    const { model, listing } = await sold();
    const running = daemon([model]);
    const made = await ordered(buyer, listing.listingId);
    const orderOf = () =>
      asked.mock.calls.filter(([{ functionName }]) => functionName === 'orderOf').map(([{ args }]) => args?.[0]);
    const asked = vi.spyOn(seller.publicClient, 'readContract');
    try {
      await running.step();
      expect(orderOf()).toEqual(expect.arrayContaining([1n, made.orderId]));
      asked.mockClear();
      await network.anvil.advance(2 * hour);
      await running.step();
      expect(orderOf()).toEqual([]);
    } finally {
      asked.mockRestore();
    }
  });

  it('waits for no longer than half of the time that is left', async () => {
    const { model, listing } = await sold();
    const running = daemon([model], { confirmations: 1_000_000 });
    const made = await ordered(buyer, listing.listingId);
    await running.step();
    await network.anvil.advance(day / 2 - hour);
    await running.step();
    expect(said('key-delivered')).toEqual([]);
    await network.anvil.advance(hour);
    await running.step();
    expect(said('key-delivered')).toMatchObject([{ orderId: made.orderId }]);
  });
});
