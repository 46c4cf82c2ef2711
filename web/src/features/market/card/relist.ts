import {
  changeListing,
  listOwnModel,
  listSealedModel,
  listTaskModel,
  postBond,
  readSealedManifest,
  soldModel,
  type ContentReader,
  type CoveyWriter,
  type ListingOnChain,
} from '@covey/client';

export type RelistStep = 'listing' | 'bonding' | 'delisting';

/**
 * Lists a model once more with another card, as a new version on the same terms: what a listing names never changes. The old
 * one is taken off; licences and orders of it stay. A round's model stands in one listing at a time, so that goes first there.
 */
export async function relist(
  covey: CoveyWriter,
  reader: ContentReader,
  listing: ListingOnChain,
  card: string,
  tell: (step: RelistStep) => void,
): Promise<bigint> {
  const { listingId, kind, state, token, price, period, creatorShare, taskId, rounds } = listing;
  const terms = { token, price, period, card, previous: listingId };
  const delist = async () => {
    if (state === 'delisted') return;
    tell('delisting');
    await changeListing(covey, listingId, 'delist');
  };
  if (taskId !== null) {
    await delist();
    tell('listing');
    const made = { taskId, ...(kind === 'round' && { round: rounds - 1 }) };
    return (await listTaskModel(covey, made, { ...terms, creatorShare })).listingId;
  }
  tell('listing');
  const cid = soldModel(listing);
  if (!listing.sealed) {
    const listed = await listOwnModel(covey, cid, terms);
    await delist();
    return listed.listingId;
  }
  const listed = await listSealedModel(covey, { cid, manifest: await readSealedManifest(reader, listing) }, terms);
  tell('bonding');
  await postBond(covey, listed.listingId);
  await delist();
  return listed.listingId;
}
