import {
  BuyerKeys,
  buyListing,
  chainTime,
  checkServed,
  clientError,
  orderModel,
  readLicence,
  readListing,
  readOrder,
  readTokenUnit,
  receiveKey,
  soldModel,
  type ContentReader,
  type CoveyWriter,
  type ListingOnChain,
  type OrderOnChain,
} from '@covey/client';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { nodeError } from '../../../errors.ts';
import { keepContentKey } from '../../../market/content-keys.ts';
import { tokenText, utcText } from '../../../quantities.ts';
import { nativeEngine } from '../../../sealed/native-engine.ts';
import { tokenAmount } from '../../arguments.ts';
import { openReader, openSender } from '../../context.ts';
import { defineCommand, flag, optional, unlessNot, type Values } from '../../define-command.ts';
import { accountOptions, pollOption, readerOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
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
  out: optional('--out <file>', 'open models: where to write it (large ones: `covey pull`)'),
  contentKey: optional('--content-key <file>', 'sealed models: where its key is written (default: listing-N.key)'),
  wait: unlessNot('--no-wait', 'sealed models: order, and leave the key for `covey market receive`'),
  ...pollOption,
};

export const marketBuy = defineCommand({
  name: 'market buy',
  summary: 'Buy a licence of a model; a sealed one is checked, ordered, and its key received',
  examples: [
    'market buy --listing 1 --key-file buyer.key --out model.safetensors',
    'market buy --listing 3 --content-key model.key --key-file buyer.key   # sealed: then `covey pull` opens it',
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

/** Nobody pays for what is not served: it is fetched first, whether it is written or not. */
async function buyOpen(
  covey: CoveyWriter,
  reader: ContentReader,
  listing: ListingOnChain,
  given: Options,
  out: Output,
): Promise<void> {
  const { listingId, taskId, price, token } = listing;
  const file = given.out ?? null;
  requireSold(listing);
  if (file !== null && existsSync(file)) {
    throw thereAlready(file);
  }
  const model = soldModel(listing);
  const { byteLength: bytes } = await fetched(reader, model, file);
  const extend = given.extend === true;
  const sent = await buyListing(covey, listing, { extend, onEvent: (event) => out.step(event) });
  const [unit, licence] = await Promise.all([
    readTokenUnit(covey, token),
    readLicence(covey, listing, covey.sender.address),
  ]);
  const { tx = null, gasUsed = null } = sent ?? {};
  out.result('covey.market-buy/1', { listingId, taskId, model, price, bytes, licence, tx, gasUsed, out: file }, [
    sent ? say`bought listing ${listingId} for ${tokenText(price, unit)}` : say`listing ${listingId} was bought before`,
    licenceText(licence),
    file === null
      ? say`model ${model}: ${bytes} bytes, hash checked`
      : say`model ${model}: ${bytes} bytes, hash checked, written to ${file}`,
  ]);
}

const thereAlready = (file: string, cause?: unknown) =>
  nodeError('CONFIG_INVALID', `${file} is there already.`, { expected: 'another --out, or no such file', cause });

async function fetched(reader: ContentReader, cid: string, file: string | null): Promise<Uint8Array> {
  const bytes = await reader.get(cid);
  if (file === null) return bytes;
  try {
    await writeFile(file, bytes, { flag: 'wx' });
  } catch (cause) {
    throw (cause as { code?: string }).code === 'EEXIST' ? thereAlready(file, cause) : cause;
  }
  return bytes;
}

async function buySealed(
  covey: CoveyWriter,
  reader: ContentReader,
  listing: ListingOnChain,
  { contentKey, wait, pollMs, extend }: Options,
  out: Output,
): Promise<void> {
  const { listingId, price, token } = listing;
  requireSold(listing);
  const keyFile = contentKey ?? `listing-${listingId}.key`;
  if (wait && existsSync(keyFile)) {
    throw nodeError('CONFIG_INVALID', `${keyFile} is there already.`, { expected: 'another --content-key' });
  }
  const licence = await readLicence(covey, listing, covey.sender.address);
  if (!extend && BigInt(licence) > (await chainTime(covey))) {
    throw clientError('LISTING_NOT_SOLD', `This account has a licence of listing ${listingId} already.`, {
      hint: 'Its key: `covey market orders` names the order, `covey market receive` gives it once more.',
    });
  }
  out.progress(say`fetching ciphertext and leaves, and comparing both roots with the chain: nothing is paid before`);
  const manifest = await checkServed(reader, listing, await nativeEngine());
  const keys = new BuyerKeys(covey);
  const { orderId, deliverBy, tx, gasUsed } = await orderModel(covey, listing, keys, (event) => out.step(event));
  const unit = await readTokenUnit(covey, token);
  const now = await chainTime(covey);
  out.progress(
    say`order ${orderId}: ${tokenText(price, unit)} in escrow; the seller delivers before ${momentText(deliverBy, now)}`,
  );
  const value = { listingId, orderId, model: listing.model, name: manifest.name, price, deliverBy, tx, gasUsed };
  if (!wait) {
    out.result('covey.market-buy/1', { ...value, state: 'open', contentKey: null }, [
      say`order ${orderId} is open until ${utcText(deliverBy)}`,
      say`then: \`covey market receive --order ${orderId} --content-key FILE\`, or the price comes back by \`covey market refund --order ${orderId}\``,
    ]);
    return;
  }
  const order = await untilDelivered(covey, orderId, pollMs, out);
  if (order.deliveryHash === null) throw notDelivered(order);
  await keepContentKey(keyFile, await receiveKey(covey, order, keys));
  out.result('covey.market-buy/1', { ...value, state: order.state, contentKey: keyFile }, [
    say`order ${orderId}: the key is right, and written to ${keyFile}`,
    say`open it now: \`covey pull ${String(listing.model)} --content-key ${keyFile}\``,
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

const notDelivered = ({ orderId, deliverBy }: OrderOnChain) =>
  clientError('ORDER_STATE', `No key was delivered for order ${orderId} so far.`, {
    expected: `before ${utcText(deliverBy)}`,
    hint: `Later: \`covey market receive --order ${orderId}\`; or the price back: \`covey market refund --order ${orderId}\`.`,
  });

function requireSold({ listingId, state }: ListingOnChain): void {
  if (state === 'active') return;
  throw clientError('LISTING_NOT_SOLD', `Listing ${listingId} is not for sale.`, { got: stateText(state) });
}
