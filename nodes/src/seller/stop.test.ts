import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuyerKeys, orderModel, readListing, readOrder } from '@covey/client';
import { testMnemonic } from '@covey/governance/testing';
import { contentKeyHash } from '@covey/protocol/sealed';
import { bytesToHex, parseEther } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { covey, type CoveyProcess } from '../testing/covey-process.ts';
import { listSealed, sealModel } from '../testing/sealed-model.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

let network: TestNetwork;
let running: CoveyProcess | undefined;

beforeAll(async () => {
  network = await startTestNetwork();
});
afterAll(async () => {
  await running?.kill();
  await network?.stop();
});

it('a seller that is stopped names the orders whose keys it owes, and ends as other daemons that owe something', async () => {
  const seller = network.account(cast.creator);
  const buyer = network.account(cast.outsider);
  const model = await sealModel(network.store, seller);
  const listingId = await listSealed(seller, model, parseEther('1'));
  // It has the key of another model.
  const key = Uint8Array.from(randomBytes(32));
  const keyFile = join(network.folder, 'another.key');
  await writeFile(
    keyFile,
    JSON.stringify({ schema: 'covey.content-key/1', key: bytesToHex(key), keyHash: contentKeyHash(key) }),
  );
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: cast.creator }).getHdKey();
  const args = [
    'seller',
    '--content-key',
    keyFile,
    '--rpc',
    network.anvil.rpcUrl,
    '--deployment',
    deployment,
    '--json',
  ];
  const start = () => covey(args, { COVEY_PRIVATE_KEY: bytesToHex(privateKey!) });

  running = start();
  await running.event('started');
  expect(await running.stop()).toBe(0);

  const { orderId } = await orderModel(buyer, await readListing(buyer, listingId), new BuyerKeys(buyer));
  running = start();
  await running.event('order-seen');
  expect(await running.stop()).toBe(6);
  const { deliverBy } = await readOrder(buyer, orderId);
  expect(running.lines.filter(({ event }) => event === 'order-pending')).toMatchObject([
    { orderId: String(orderId), listingId: String(listingId), deliverBy },
  ]);

  // Once its time is over the key is owed no more.
  await network.anvil.advance(deliverBy - Math.floor(Date.now() / 1000) + 86_400);
  running = start();
  await running.event('order-missed');
  expect(await running.stop()).toBe(0);
});
