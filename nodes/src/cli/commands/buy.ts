import { buyListing, clientError, fetchModel, readListing } from '@covey/client';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { formatEther } from 'viem';

import { command, taskId, withAccount, withChain, withReader } from '../arguments.ts';
import { openReader, openSender, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

export function buyCommand(): Command {
  const buy = command('buy', 'Buy a listed model, fetch it by CID and check its hash', [
    'buy --listing 1 --key-file buyer.key --out model.safetensors',
  ]);
  return withReader(withAccount(withChain(buy)))
    .requiredOption('--listing <id>', 'listing', taskId)
    .option('--out <file>', 'where to write the model')
    .action(async (options: CommonOptions & { listing: bigint; out?: string }) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const listing = await readListing(covey, options.listing);
      if (!listing.active) {
        throw clientError('LISTING_UNKNOWN', `Listing ${options.listing} is no longer active.`);
      }
      const sent = await buyListing(covey, listing, (event) => out.step(event));
      const model = await fetchModel(covey, openReader(options), listing.taskId, listing.model);
      if (options.out) await writeFile(options.out, model.bytes);
      const bytes = model.bytes.byteLength;
      const { taskId: task, model: cid, price, listingId } = listing;
      out.result(
        'covey.buy/1',
        {
          listingId,
          taskId: task,
          model: cid,
          price,
          bytes,
          tx: sent?.tx ?? null,
          gasUsed: sent?.gasUsed ?? null,
          out: options.out ?? null,
        },
        [
          sent
            ? `bought listing ${listingId} for ${formatEther(price)} COVEY`
            : `listing ${listingId} was bought before`,
          `model ${cid}: ${bytes} bytes, hash checked${options.out ? `, written to ${options.out}` : ''}`,
        ],
      );
    });
}
