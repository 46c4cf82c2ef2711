// What sellers of sealed models do, honest and not, beside a visitor's browser.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  codecs,
  listSealedModel,
  placeOfOrder,
  postBond,
  readListing,
  readOrder,
  readPublicKey,
  readSealedManifest,
} from '@covey/client';
import { keyEscrowAbi } from '@covey/contracts/abi';
import { covey as daemon } from '@covey/nodes/testing';
import { encodeSealedManifest, scalarOf, wrapKey } from '@covey/protocol/sealed';
import { cast } from '../scripts/demo/cast.ts';
import { testKey } from '../scripts/demo/keys.ts';
import type { World } from '../scripts/demo/world.ts';

/** The demo's own seller again, which delivers what is ordered of its sealed model; ends it after `until`. */
export async function whileSelling<T>(world: World, until: () => Promise<T>): Promise<T> {
  const seller = daemon(
    [
      ...['seller', '--content-key', join(world.dir, 'own.key'), '--confirmations', '0', '--no-withdraw'],
      ...['--poll-ms', '300', '--rpc', world.chain.rpcUrl, '--deployment', world.deploymentFile, '--json'],
    ],
    { COVEY_PRIVATE_KEY: testKey(cast.creator) },
  );
  try {
    return await until();
  } finally {
    await seller.stop();
  }
}

/** Lists a sealed model once more, with one byte of its ciphertext changed and all that the chain has of it as before. */
export async function listAltered(world: World, listingId: bigint): Promise<bigint> {
  const seller = world.account(cast.creator);
  const listing = await readListing(seller, listingId);
  const manifest = await readSealedManifest(world.store, listing);
  const ciphertext = (await world.store.get(manifest.ciphertext)).slice();
  ciphertext[1_000]! ^= 1;
  const altered = { ...manifest, ciphertext: await world.store.add(ciphertext) };
  const cid = await world.store.putBlock(codecs.dagJson, encodeSealedManifest(altered));
  const { token, price } = listing;
  const listed = await listSealedModel(seller, { cid, manifest: altered }, { token, price, period: 0 });
  await postBond(seller, listed.listingId);
  return listed.listingId;
}

/** Delivers, well wrapped, a key that is not the one that was sold. */
export async function deliverWrongKey(world: World, orderId: bigint): Promise<void> {
  const seller = world.account(cast.creator);
  const order = await readOrder(seller, orderId);
  const publicKey = await readPublicKey(seller, order);
  const { R, wrapped } = wrapKey(placeOfOrder(seller, orderId), publicKey, randomBytes(32), scalarOf(randomBytes(48)));
  await seller.sender.send({
    address: world.deployment.keyEscrow,
    abi: keyEscrowAbi,
    functionName: 'deliver',
    args: [orderId, order.listingId, order.publicKeyHash, R, wrapped],
  });
}
