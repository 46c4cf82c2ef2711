import {
  BuyerKeys,
  buyListing,
  chainTime,
  clientError,
  orderModel,
  readLicence,
  readListing,
  readOrder,
  readTokenUnit,
  readSealedManifest,
  soldModel,
  streamFile,
  type ContentReader,
  type CoveyWriter,
  type ListingOnChain,
  type OrderOnChain,
} from '@covey/client';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MAX_SEALED_BYTES } from '@covey/protocol/sealed';
import { nodeError } from '../../../errors.ts';
import { keyOf, notDelivered } from '../../../market/bought.ts';
import { keepContentKey } from '../../../market/content-keys.ts';
import { fetchPart, type PullParameters } from '../../../pull/pull-file.ts';
import { pullSealed } from '../../../pull/pull-sealed.ts';
import { tokenText, utcText } from '../../../quantities.ts';
import { nativeEngine } from '../../../sealed/native-engine.ts';
import { tokenAmount } from '../../arguments.ts';
import { openReader, openSender } from '../../context.ts';
import { defineCommand, flag, optional, unlessNot, type Values } from '../../define-command.ts';
import { accountOptions, pollOption, readerOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { eventLines } from '../../pull-lines.ts';
import { untilDone } from '../../until-done.ts';
import { momentText } from '../../words/moment.ts';
import { say } from '../../words/say.ts';
import { licenceText, listingOption, priceOf, stateText } from './lines.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  ...listingOption,
  maxPrice: optional('--max-price <amount>', 'pay no more than this, in the listing’s token', tokenAmount),
  extend: flag('--extend', 'pay for one more period of a licence that still runs'),
  out: optional(
    '--out <file>',
    'where an open model is written; of a sealed one, what was checked and `covey pull` opens (default: its CID)',
  ),
  contentKey: optional('--content-key <file>', 'sealed models: write the key there, too'),
  wait: unlessNot('--no-wait', 'sealed models: order, and leave the key for `covey pull --order`'),
  ...pollOption,
};

export const marketBuy = defineCommand({
  name: 'market buy',
  summary: 'Buy a licence of a model; a sealed one is checked, ordered, and its key received',
  examples: [
    'market buy --listing 1 --key-file buyer.key --out model.safetensors',
    'market buy --listing 3 --out model.safetensors --key-file buyer.key   # sealed: then `covey pull --order` opens it',
    'market buy --listing 3 --no-wait --key-file buyer.key',
  ],
  options,
  async run(given, out) {
    const covey = await openSender(given);
    const reader = openReader(given);
    const listing = await readListing(covey, given.listing);
    const unit = await readTokenUnit(covey, listing.token);
    if (given.maxPrice !== undefined && listing.price > priceOf(given.maxPrice, unit)) {
      throw clientError('LISTING_NOT_SOLD', `Listing ${given.listing} costs more than --max-price.`, {
        expected: given.maxPrice,
        got: tokenText(listing.price, unit),
      });
    }
    await (listing.sealed
      ? buySealed(covey, reader, listing, given, out)
      : buyOpen(covey, reader, listing, given, out));
  },
});

type Options = Values<typeof options>;

/** Nobody pays for what is not served: all of it is fetched first, whether it is kept or not. */
async function buyOpen(
  covey: CoveyWriter,
  reader: ContentReader,
  listing: ListingOnChain,
  given: Options,
  out: Output,
): Promise<void> {
  const { listingId, taskId, price, token } = listing;
  const path = given.out ?? null;
  requireSold(listing);
  if (path !== null) requireAbsent(path);
  const model = soldModel(listing);
  const fetched = path === null ? null : await fetchPart(model, path, partsFrom(reader, given, out));
  const bytes = fetched ? fetched.size : await streamed(reader, model);
  const extend = given.extend === true;
  const sent = await buyListing(covey, listing, { extend, onEvent: (event) => out.step(event) });
  await fetched?.file.keep();
  const [unit, licence] = await Promise.all([
    readTokenUnit(covey, token),
    readLicence(covey, listing, covey.sender.address),
  ]);
  const { tx = null, gasUsed = null } = sent ?? {};
  out.result('covey.market-buy/1', { listingId, taskId, model, price, bytes, licence, tx, gasUsed, out: path }, [
    sent ? say`bought listing ${listingId} for ${tokenText(price, unit)}` : say`listing ${listingId} was bought before`,
    licenceText(licence),
    path === null
      ? say`model ${model}: ${bytes} bytes, hash checked`
      : say`model ${model}: ${bytes} bytes, hash checked, written to ${path}`,
  ]);
}

function requireAbsent(path: string): void {
  if (!existsSync(path)) return;
  throw nodeError('CONFIG_INVALID', `${path} is there already.`, { expected: 'another --out, or no such file' });
}

const partsFrom = (reader: ContentReader, { gateway, ipfs }: Options, out: Output): PullParameters => ({
  sources: [{ name: gateway ?? ipfs, reader }],
  maxBytes: MAX_SEALED_BYTES,
  onEvent: eventLines(out),
});

/** Hashes a file block by block, and keeps nothing of it. */
async function streamed(reader: ContentReader, cid: string): Promise<number> {
  let bytes = 0;
  for await (const block of streamFile(reader, cid, MAX_SEALED_BYTES)) bytes += block.byteLength;
  return bytes;
}

async function buySealed(
  covey: CoveyWriter,
  reader: ContentReader,
  listing: ListingOnChain,
  given: Options,
  out: Output,
): Promise<void> {
  const { contentKey, wait, pollMs, extend } = given;
  const { listingId, price, token } = listing;
  requireSold(listing);
  if (wait && contentKey !== undefined && existsSync(contentKey)) {
    throw nodeError('CONFIG_INVALID', `${contentKey} is there already.`, { expected: 'another --content-key' });
  }
  const path = given.out ?? `${soldModel(listing)}.safetensors`;
  requireAbsent(path);
  const licence = await readLicence(covey, listing, covey.sender.address);
  if (!extend && BigInt(licence) > (await chainTime(covey))) {
    throw clientError('LISTING_NOT_SOLD', `This account has a licence of listing ${listingId} already.`, {
      hint: `Open it: \`covey pull --listing ${listingId}\` takes the key from the chain once more.`,
    });
  }
  out.progress(say`fetching ciphertext and leaves, and comparing both roots with the chain: nothing is paid before`);
  const manifest = await readSealedManifest(reader, listing);
  // What is checked stays beside the path: `covey pull` goes on with it.
  await pullSealed({
    ...partsFrom(reader, given, out),
    ...{ manifest, out: resolve(path), engine: await nativeEngine(), key: undefined, keepSealed: false },
  });
  const keys = new BuyerKeys(covey);
  const { orderId, deliverBy, tx, gasUsed } = await orderModel(covey, listing, keys, (event) => out.step(event));
  const unit = await readTokenUnit(covey, token);
  const now = await chainTime(covey);
  out.progress(
    say`order ${orderId}: ${tokenText(price, unit)} in escrow; the seller delivers before ${momentText(deliverBy, now)}`,
  );
  const value = { listingId, orderId, model: listing.model, name: manifest.name, price, deliverBy, tx, gasUsed };
  const pull = ['covey pull --order', orderId, ...(given.out === undefined ? [] : ['--out', path])].join(' ');
  if (!wait) {
    out.result('covey.market-buy/1', { ...value, state: 'open', contentKey: null }, [
      say`order ${orderId} is open until ${utcText(deliverBy)}`,
      say`then: \`${pull}\`, or the price comes back by \`covey market refund --order ${orderId}\``,
    ]);
    return;
  }
  const order = await untilDelivered(covey, orderId, pollMs, out);
  if (order.deliveryHash === null) throw notDelivered(order);
  const key = await keyOf(covey, { order, listing });
  if (contentKey !== undefined) await keepContentKey(contentKey, key);
  out.result('covey.market-buy/1', { ...value, state: order.state, contentKey: contentKey ?? null }, [
    contentKey === undefined
      ? say`order ${orderId}: the key is there, and it is the one that was sold`
      : say`order ${orderId}: the key is right, and written to ${contentKey}`,
    say`open it now: \`${pull}\``,
    say`if it does not open, prove it before ${utcText(order.disputeEnd ?? 0)}: \`covey market dispute --order ${orderId}\``,
  ]);
}

async function untilDelivered(covey: CoveyWriter, orderId: bigint, pollMs: number, out: Output): Promise<OrderOnChain> {
  const { order } = await untilDone({
    look: async () => ({ order: await readOrder(covey, orderId), now: await chainTime(covey) }),
    isDone: ({ order, now }) => order.state !== 'open' || now >= BigInt(order.deliverBy),
    pollMs,
    onEvent: (event) => out.step(event),
  });
  return order;
}

function requireSold({ listingId, state }: ListingOnChain): void {
  if (state === 'active') return;
  throw clientError('LISTING_NOT_SOLD', `Listing ${listingId} is not for sale.`, { got: stateText(state) });
}
