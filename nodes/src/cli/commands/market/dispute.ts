import {
  BuyerKeys,
  dispute,
  findFault,
  nothingToDispute,
  readListing,
  readOrder,
  readSealedManifest,
  readTokenUnit,
  servedBy,
  type ServedSealed,
} from '@covey/client';
import { nodeError } from '../../../errors.ts';
import { coveyText, tokenText } from '../../../quantities.ts';
import { fileStream } from '../../../sealed/file-stream.ts';
import { nativeEngine } from '../../../sealed/native-engine.ts';
import { openReader, openSender } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { accountOptions, readerOptions } from '../../options.ts';
import { phrase, say } from '../../words/say.ts';
import { orderOption } from './lines.ts';

export const marketDispute = defineCommand({
  name: 'market dispute',
  summary: 'Find out whether the delivered key or the content is wrong, and prove it: the price comes back',
  examples: [
    'market dispute --order 7 --key-file buyer.key',
    'market dispute --order 7 --sealed model.sealed --leaves model.leaves --key-file buyer.key   # files that were kept',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...orderOption,
    sealed: optional('--sealed <file>', 'the ciphertext, where nobody serves it any more'),
    leaves: optional('--leaves <file>', 'its leaves'),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const order = await readOrder(covey, options.order);
    const { orderId, listingId } = order;
    const listing = await readListing(covey, listingId);
    if (!listing.sealed) throw nothingToDispute(orderId);
    const kept = keptFiles(options);
    const served = async () => {
      const reader = openReader(options);
      if (kept) return { manifest: listing.sealed!, files: kept };
      const manifest = await readSealedManifest(reader, listing);
      return { manifest, files: servedBy(reader, manifest) };
    };
    const found = { order, sealed: listing.sealed, keys: new BuyerKeys(covey), served, engine: await nativeEngine() };
    const proof = await findFault(covey, found);
    if (!proof) throw nothingToDispute(orderId);
    out.progress(
      proof.fault === 'wrongKey'
        ? say`the delivered key is not the one that was committed to`
        : say`piece ${proof.proof.index} opens to something else than was committed to`,
    );
    const unit = await readTokenUnit(covey, listing.token);
    const { refunded, reward, tx, gasUsed } = await dispute(covey, orderId, proof);
    const { fault } = proof;
    out.result('covey.market-dispute/1', { orderId, listingId, fault, refunded, reward, tx, gasUsed }, [
      say`order ${orderId}: ${phrase(fault)} is proven`,
      say`${tokenText(refunded, unit)} came back, and ${coveyText(reward)} of the seller’s bond`,
    ]);
  },
});

function keptFiles({
  sealed,
  leaves,
}: {
  sealed: string | undefined;
  leaves: string | undefined;
}): ServedSealed | null {
  if (sealed === undefined && leaves === undefined) return null;
  if (sealed !== undefined && leaves !== undefined)
    return () => ({ ciphertext: fileStream(sealed, 'ciphertext'), leaves: fileStream(leaves, 'leaves') });
  throw nodeError('CONFIG_INVALID', 'Evidence needs both files.', { expected: '--sealed FILE with --leaves FILE' });
}
