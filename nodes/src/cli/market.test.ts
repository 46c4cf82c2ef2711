import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyEscrowAbi } from '@covey/contracts/abi';
import { testMnemonic } from '@covey/governance/testing';
import { codecs, placeOfOrder, readListing, readOrder, readPublicKey } from '@covey/client';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { encodeSafetensors } from '@covey/protocol';
import { encodeCardDocument } from '@covey/protocol/card';
import { scalarOf, wrapKey } from '@covey/protocol/sealed';
import { bytesToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { covey, type CoveyProcess, type Line } from '../testing/covey-process.ts';
import { listSealed, sealModel } from '../testing/sealed-model.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

const [seller, buyer, other] = [cast.outsider, cast.firstTrainer, cast.firstTrainer + 1];
const price = 10n ** 20n;
const mebibyte = 2 ** 20;

let network: TestNetwork;
let content: HttpContent;
let chain: string[];
let folder: string;
/** CIDs of the blocks that were served. */
let served: string[];

beforeAll(async () => {
  network = await startTestNetwork();
  content = await serveContent(network.store);
  folder = join(network.folder, 'market');
  await mkdir(folder);
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  chain = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment];
  served = [];
  network.store.onBlock = (cid) => void served.push(cid);
});

afterAll(async () => {
  await content?.stop();
  await network?.stop();
});

const at = (name: string) => join(folder, name);

function start(args: string[], account: number): CoveyProcess {
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  const where = args[0] === 'seal' ? [] : chain;
  const env = { COVEY_PRIVATE_KEY: bytesToHex(privateKey!), COVEY_IPFS: content.url };
  return covey([...args, ...where, '--json'], env);
}

/** Runs a command of somebody to its end; gives its result, or its error. */
async function run(account: number, ...args: string[]): Promise<Line> {
  const running = start(args, account);
  await running.exit;
  const line = running.lines.at(-1);
  if (!line) throw new Error(running.stderr);
  return line;
}

const error = (line: Line) => line.error as { code: string; hint: string };

async function deliverWrongKey(orderId: bigint): Promise<void> {
  const covey = network.account(seller);
  const { listingId, publicKeyHash } = await readOrder(covey, orderId);
  const publicKey = await readPublicKey(covey, await readOrder(covey, orderId));
  const wrong = Uint8Array.from(randomBytes(32));
  const { R, wrapped } = wrapKey(placeOfOrder(covey, orderId), publicKey, wrong, scalarOf(randomBytes(48)));
  await covey.sender.send({
    address: network.deployment.keyEscrow,
    abi: keyEscrowAbi,
    functionName: 'deliver',
    args: [orderId, listingId, publicKeyHash, R, wrapped],
  });
}

describe('a sealed model', () => {
  let model: Uint8Array;
  let listing: string;
  let order: string;

  it('is sealed, listed with its card, and ordered once all of it was checked', async () => {
    const data = Uint8Array.from(randomBytes(3 * mebibyte));
    model = encodeSafetensors({ weight: { dtype: 'F32', shape: [data.length / 4], data } });
    await writeFile(at('own.safetensors'), model);
    const card = await network.store.putBlock(
      codecs.dagJson,
      encodeCardDocument({ schema: 'covey.card/1', model: await network.store.add(model), text: 'Made with care.' }),
    );
    const maker = network.account(seller).sender.address;
    const { cid } = await run(seller, 'seal', at('own.safetensors'), '--maker', maker, '--name', 'Own', '--card', card);
    ({ listingId: listing } = (await run(
      seller,
      ...['market', 'publish', '--manifest', cid as string, '--price', '100'],
    )) as Line & { listingId: string });
    const out = ['--out', at('bought.safetensors'), '--no-wait'];
    const made = await run(buyer, 'market', 'buy', '--listing', listing, ...out);
    expect(made).toMatchObject({ schema: 'covey.market-buy/1', state: 'open', contentKey: null });
    order = made.orderId as string;
    expect((await stat(at('bought.safetensors.sealed.part'))).size).toBeGreaterThan(3 * mebibyte);
  });

  it('is not opened before its key came, nor by anybody else', async () => {
    const early = await run(buyer, 'pull', '--order', order, '--out', at('bought.safetensors'));
    expect(error(early)).toMatchObject({ code: 'ORDER_STATE', hint: expect.stringContaining('covey pull --order') });
    expect(error(await run(buyer, 'pull', '--listing', listing))).toMatchObject({ code: 'ORDER_STATE' });
    const key = ['--content-key', at('own.safetensors.key'), '--confirmations', '0'];
    await run(seller, 'market', 'deliver', '--order', order, ...key);
    expect(error(await run(other, 'pull', '--order', order))).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error(await run(other, 'pull', '--listing', listing))).toMatchObject({ code: 'ORDER_UNKNOWN' });
    expect(error(await run(buyer, 'pull', '--order', order, '--listing', listing)).code).toBe('CONFIG_INVALID');
  });

  it('is opened by its order in one step, with nothing fetched twice', async () => {
    served.length = 0;
    const pulled = await run(buyer, 'pull', '--order', order, '--out', at('bought.safetensors'));
    const card = `${at('bought.safetensors')}.card.json`;
    expect(pulled).toMatchObject({ schema: 'covey.pull/1', orderId: order, listingId: listing, opened: true, card });
    expect(Buffer.compare(await readFile(at('bought.safetensors')), model)).toBe(0);
    expect(JSON.parse(await readFile(card, 'utf8'))).toMatchObject({ text: 'Made with care.' });
    // Manifest, card and the roots of two files; the blocks of the ciphertext are those that were checked before paying.
    expect((pulled.kept as { ciphertext: number }).ciphertext).toBeGreaterThan(3 * mebibyte);
    expect(new Set(served).size).toBe(4);
    const left = (await readdir(folder)).filter((name) => name.startsWith('bought.'));
    expect(left.toSorted()).toEqual(['bought.safetensors', 'bought.safetensors.card.json']);
  });

  it('is opened again from its listing, also where the key was written to a file, and settled', async () => {
    await run(buyer, 'market', 'settle', '--order', order);
    const again = await run(buyer, 'pull', '--listing', listing, '--out', at('again.safetensors'));
    expect(again).toMatchObject({ orderId: order, opened: true, tensors: 1 });
    const received = await run(buyer, 'market', 'receive', '--order', order, '--content-key', at('bought.key'));
    expect(received).toMatchObject({ schema: 'covey.market-receive/1', orderId: order });
    const key = ['--content-key', at('bought.key'), '--out', at('third.safetensors')];
    expect(await run(other, 'pull', '--listing', listing, ...key)).toMatchObject({ orderId: null, opened: true });
    expect(error(await run(buyer, 'pull', '--order', order, ...key)).code).toBe('CONFIG_INVALID');
  });
});

describe('what is not what was sold', () => {
  it('a wrong key: pull says until when to prove it, and the proof brings the price back', async () => {
    const sealed = await sealModel(network.store, network.account(seller));
    const listing = String(await listSealed(network.account(seller), sealed, price));
    const made = await run(buyer, 'market', 'buy', '--listing', listing, '--out', at('wrong'), '--no-wait');
    const order = made.orderId as string;
    await deliverWrongKey(BigInt(order));
    const { disputeEnd } = await readOrder(network.covey, BigInt(order));
    const day = new Date(disputeEnd! * 1_000).toISOString().slice(0, 10);
    const refused = error(await run(buyer, 'pull', '--order', order, '--out', at('wrong')));
    expect(refused.code).toBe('ORDER_KEY_WRONG');
    expect(refused.hint).toMatch(new RegExp(`before ${day} .*covey market dispute --order ${order}`));
    expect(await run(buyer, 'market', 'dispute', '--order', order)).toMatchObject({ refunded: String(price) });
    const over = error(await run(buyer, 'pull', '--order', order, '--out', at('wrong')));
    expect(over).toMatchObject({ code: 'ORDER_STATE' });
    expect((await readListing(network.covey, BigInt(listing))).state).toBe('fraudulent');
  });

  it('wrong content: the files that pull kept are the evidence, when nobody serves them any more', async () => {
    const spoil = (ciphertext: Uint8Array) => void (ciphertext[5_000]! ^= 1);
    const sealed = await sealModel(network.store, network.account(seller), spoil);
    const listing = String(await listSealed(network.account(seller), sealed, price));
    const made = await run(buyer, 'market', 'buy', '--listing', listing, '--out', at('spoilt'), '--no-wait');
    const order = made.orderId as string;
    const key = at('spoilt.key');
    await writeFile(
      key,
      JSON.stringify({
        ...{ schema: 'covey.content-key/1', key: bytesToHex(sealed.key), keyHash: sealed.manifest.keyHash },
      }),
    );
    await run(seller, 'market', 'deliver', '--order', order, '--content-key', key, '--confirmations', '0');
    const refused = error(await run(buyer, 'pull', '--order', order, '--out', at('spoilt')));
    const [advised] = /covey market dispute [^`]*/.exec(refused.hint)!;
    await network.store.remove(sealed.manifest.ciphertext);
    expect(await run(buyer, ...advised.split(' ').slice(1))).toMatchObject({ refunded: String(price) });
  });
});

describe('an open model', () => {
  it('is bought, though it is larger than what is fetched whole', async () => {
    // Each mebibyte is the same block: 257 of them are quickly stored.
    const cid = await network.store.add(new Uint8Array(257 * mebibyte));
    const { listingId } = await run(seller, 'market', 'publish', '--cid', cid, '--price', '5');
    const bought = await run(buyer, 'market', 'buy', '--listing', String(listingId), '--out', at('large.bin'));
    expect(bought).toMatchObject({ model: cid, bytes: 257 * mebibyte, out: at('large.bin') });
    expect((await stat(at('large.bin'))).size).toBe(257 * mebibyte);
  });

  it('is bought without a file, and pulled by anybody from its listing', async () => {
    const cid = await network.store.add(new Uint8Array(3 * mebibyte));
    const { listingId } = await run(seller, 'market', 'publish', '--cid', cid, '--price', '5');
    const bought = await run(buyer, 'market', 'buy', '--listing', String(listingId));
    expect(bought).toMatchObject({ bytes: 3 * mebibyte, out: null });
    const pulled = await run(other, 'pull', '--listing', String(listingId), '--out', at('open.bin'));
    expect(pulled).toMatchObject({ sealed: false, listingId, card: null, tensors: null });
  });
});
