import { clientError, buyListing, fetchModel, readListing } from '@covey/client';
import { writeFile } from 'node:fs/promises';
import { taskId as positiveId } from '../arguments.ts';
import { openReader, openSender } from '../context.ts';
import { defineCommand, optional, required } from '../define-command.ts';
import { accountOptions, readerOptions } from '../options.ts';
import { coveyText } from '../../quantities.ts';
import { say } from '../words/say.ts';

export const buy = defineCommand({
  name: 'buy',
  summary: 'Buy a listed model, fetch it by CID and check its hash',
  examples: ['buy --listing 1 --key-file buyer.key --out model.safetensors'],
  options: {
    ...accountOptions,
    ...readerOptions,
    listing: required('--listing <id>', 'listing', positiveId),
    out: optional('--out <file>', 'where to write the model'),
  },
  async run(options, out) {
    const { out: file = null } = options;
    const covey = await openSender(options);
    const listing = await readListing(covey, options.listing);
    if (!listing.active) throw clientError('LISTING_UNKNOWN', `Listing ${options.listing} is no longer active.`);
    const sent = await buyListing(covey, listing, (event) => out.step(event));
    const { listingId, taskId, model: cid, price } = listing;
    const model = await fetchModel(covey, openReader(options), taskId, cid);
    if (file !== null) await writeFile(file, model.bytes);
    const bytes = model.bytes.byteLength;
    out.result(
      'covey.buy/1',
      { listingId, taskId, model: cid, price, bytes, tx: sent?.tx ?? null, gasUsed: sent?.gasUsed ?? null, out: file },
      [
        sent ? say`bought listing ${listingId} for ${coveyText(price)}` : say`listing ${listingId} was bought before`,
        file === null
          ? say`model ${cid}: ${bytes} bytes, hash checked`
          : say`model ${cid}: ${bytes} bytes, hash checked, written to ${file}`,
      ],
    );
  },
});
