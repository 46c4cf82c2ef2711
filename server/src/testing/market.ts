import { Sender, eventIn } from '@covey/client';
import { creator, taskId, trainers } from '@covey/client/testing/played-task';
import type { PlayedTask } from '@covey/client/testing/played-task';
import { keyEscrowAbi, modelMarketAbi } from '@covey/contracts/abi';
import { cidToChain, parameterRoot } from '@covey/protocol';
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
import { keccak256, parseEther, zeroHash } from 'viem';
import type { Abi, Address, Hex } from 'viem';
import type { CoveyServer } from '../app.ts';
import { publish } from './round.ts';
import type { World } from './world.ts';

/** Numbers of accounts beside those of the played task. */
export const buyer = 0;
export const seller = 7;
/** A buyer's of each order, as each names a key of its own. */
const secrets = { settled: 11n, wrong: 12n, late: 13n, waiting: 14n, open: 15n };
const DAY = 86_400;
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
  const deliver = (listing: bigint, orderId: bigint, publicKey: Hex, { R, wrapped }: WrappedKey) =>
    escrow(seller, 'deliver', orderId, listing, keccak256(publicKey), R, wrapped);
  const mine = publicKeyOf(secrets.settled);
  const settled = await order(buyer, 4n, '40', mine);
  await deliver(4n, settled, mine, wrapKey(place(settled), mine, key, 21n));
  await escrow(buyer, 'settle', settled);
  const late = await order(creator, 4n, '40', publicKeyOf(secrets.late));
  await world.anvil.advance(DAY + 60);
  await escrow(buyer, 'refund', late);
  const deceived = publicKeyOf(secrets.wrong);
  const wrong = await order(buyer, 5n, '50', deceived);
  const theirs = publicKeyOf(secrets.waiting);
  const waiting = await order(creator, 5n, '50', theirs);
  const false_ = wrapKey(
    place(wrong),
    deceived,
    key.map((byte) => byte ^ 1),
    22n,
  );
  await deliver(5n, wrong, deceived, false_);
  await deliver(5n, waiting, theirs, wrapKey(place(waiting), theirs, key, 23n));
  const { S, c, z } = proveShared(place(wrong), secrets.wrong, false_.R);
  await escrow(buyer, 'disputeKey', wrong, {
    publicKey: deceived,
    point: false_.R,
    wrapped: false_.wrapped,
    shared: S,
    challenge: c,
    response: z,
  });
  // Open, delivered and to be refunded stay so.
  await order(creator, 4n, '40', publicKeyOf(secrets.open));
  await escrow(seller, 'setDeliveryKey', played.address(buyer));
  await market(trainers[0], 'withdraw', played.address(seller), [token]).catch(() => undefined);
}
