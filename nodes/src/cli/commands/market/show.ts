import { readLicence, readListing, readPolicyNumber, readTokenUnit } from '@covey/client';
import { nameOfListing } from '../../../market/about-listing.ts';
import { durationText } from '../../../quantities.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { licenceText, listingLines, listingOption } from './lines.ts';

export const marketShow = defineCommand({
  name: 'market show',
  summary: 'Show one listing: what is sold, by whom, on which terms, and what is public of it',
  examples: ['market show --listing 3', 'market show --listing 3 --licence 0x…'],
  options: {
    ...chainOptions,
    ...readerOptions,
    ...listingOption,
    licence: optional('--licence <address>', 'and which licence this account has', ethereumAddress),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const listing = await readListing(covey, options.listing);
    const [name, unit, delivery, dispute, licence] = await Promise.all([
      nameOfListing(covey, openReader(options), listing),
      readTokenUnit(covey, listing.token),
      readPolicyNumber(covey, 'deliveryWindow'),
      readPolicyNumber(covey, 'disputeWindow'),
      options.licence === undefined ? null : readLicence(covey, listing, options.licence),
    ]);
    const windows = { deliverySeconds: Number(delivery), disputeSeconds: Number(dispute) };
    out.result('covey.market-listing/1', { ...listing, name, unit, ...windows, ...(licence !== null && { licence }) }, [
      ...listingLines(listing, name, unit),
      ...(listing.sealed
        ? [
            say`an order made now is delivered within ${durationText(delivery)}, and can be disputed for ${durationText(dispute)}`,
          ]
        : []),
      ...(licence === null ? [] : [licenceText(licence)]),
    ]);
  },
});
