import {
  changeListing,
  postBond,
  readListing,
  readTokenUnit,
  releaseBond,
  setDeliveryKey,
  setPrice,
} from '@covey/client';
import { zeroAddress } from 'viem';
import { nodeError } from '../../../errors.ts';
import { coveyText, tokenText } from '../../../quantities.ts';
import { ethereumAddress, tokenAmount } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, flag, optional, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { say } from '../../words/say.ts';
import { listingOption, priceOf, stateText } from './lines.ts';

const options = { ...accountOptions, ...listingOption };

export const marketPrice = defineCommand({
  name: 'market price',
  summary: 'Change what a listing costs; orders keep the price that they were made at',
  examples: ['market price --listing 3 --price 300 --key-file seller.key'],
  options: { ...options, price: required('--price <amount>', 'in the listing’s token', tokenAmount) },
  async run(given, out) {
    const covey = await openSender(given);
    const listing = await readListing(covey, given.listing);
    const unit = await readTokenUnit(covey, listing.token);
    const price = priceOf(given.price, unit);
    const { tx, gasUsed } = await setPrice(covey, given.listing, price);
    out.result('covey.market-price/1', { listingId: given.listing, price, tx, gasUsed }, [
      say`listing ${given.listing}: ${tokenText(price, unit)}`,
    ]);
  },
});

export const marketPause = defineCommand({
  name: 'market pause',
  summary: 'Stop selling a model for a while; orders that are made are kept',
  examples: ['market pause --listing 3 --key-file seller.key'],
  options,
  run: async (given, out) => change(given, out, 'pause'),
});

export const marketResume = defineCommand({
  name: 'market resume',
  summary: 'Sell a paused model again',
  examples: ['market resume --listing 3 --key-file seller.key'],
  options,
  run: async (given, out) => change(given, out, 'resume'),
});

export const marketDelist = defineCommand({
  name: 'market delist',
  summary: 'Stop selling a model for ever; licences and open orders stay as they are',
  examples: ['market delist --listing 3 --key-file seller.key'],
  options,
  run: async (given, out) => change(given, out, 'delist'),
});

export const marketBond = defineCommand({
  name: 'market bond',
  summary: 'Put the bond behind a sealed listing, or take it back once the listing is over',
  examples: [
    'market bond --listing 3 --key-file seller.key',
    'market bond --listing 3 --release --key-file seller.key   # delisted, and no order of it is open',
  ],
  options: { ...options, release: flag('--release', 'take it back') },
  async run({ release, ...given }, out) {
    const covey = await openSender(given);
    const { listing: listingId } = given;
    const { bond, tx, gasUsed } = release
      ? await releaseBond(covey, listingId)
      : await postBond(covey, listingId, (event) => out.step(event));
    out.result('covey.market-bond/1', { listingId, bond, released: release === true, tx, gasUsed }, [
      release ? say`a bond of ${coveyText(bond)} came back` : say`a bond of ${coveyText(bond)} stands behind it`,
    ]);
  },
});

export const marketDeliverer = defineCommand({
  name: 'market deliverer',
  summary: 'Name a key that may deliver for all own listings, so that their seller’s key can stay cold',
  examples: [
    'market deliverer --address 0x… --keystore seller.json   # then: `covey seller --for SELLER` with that key',
    'market deliverer --none --keystore seller.json',
  ],
  options: {
    ...accountOptions,
    address: optional('--address <address>', 'whose key; it can lose the bonds by wrong deliveries', ethereumAddress),
    none: flag('--none', 'take the office back'),
  },
  async run({ address, none, ...given }, out) {
    if ((address === undefined) !== (none === true)) {
      throw nodeError('CONFIG_INVALID', 'Who delivers?', { expected: 'either --address ADDRESS or --none' });
    }
    const deliverer = address ?? zeroAddress;
    const { tx, gasUsed } = await setDeliveryKey(await openSender(given), deliverer);
    out.result('covey.market-deliverer/1', { deliverer: address ?? null, tx, gasUsed }, [
      address === undefined ? say`nobody but the seller delivers` : say`${address} may deliver`,
    ]);
  },
});

async function change(
  given: Parameters<typeof openSender>[0] & { listing: bigint },
  out: Output,
  how: 'pause' | 'resume' | 'delist',
): Promise<void> {
  const covey = await openSender(given);
  const { tx, gasUsed } = await changeListing(covey, given.listing, how);
  const { state } = await readListing(covey, given.listing);
  out.result('covey.market-state/1', { listingId: given.listing, state, tx, gasUsed }, [
    say`listing ${given.listing}: ${stateText(state)}`,
  ]);
}
