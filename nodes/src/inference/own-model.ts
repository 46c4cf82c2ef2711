import { readListing, type CoveyChain } from '@covey/client';
import { modelFromBytes, modelLimit, parameterRoot, type Architecture } from '@covey/protocol';
import { windowOf, type OfferedModel } from '@covey/protocol/inference';
import { nodeError } from '../errors.ts';
import { readLocalModel } from './local-models.ts';

export interface OwnModel {
  path: string;
  name: string;
  architecture: Architecture;
  /** CID of the document that says what its network is. */
  network: string;
  /** Where it is sold sealed: the file must be the one that was promised there. */
  listingId?: bigint | undefined;
}

/** What an offer says of a model in a file of this machine, sealed for everybody else. */
export async function offerOwnModel(
  covey: CoveyChain,
  { path, name, architecture, network, listingId }: OwnModel,
): Promise<Pick<OfferedModel, 'name' | 'model' | 'network' | 'window'>> {
  const { bytes, cid: model } = await readLocalModel(path);
  if (listingId !== undefined) await requirePromised(covey, listingId, bytes);
  modelFromBytes(architecture, bytes, { maxBytes: modelLimit(architecture) });
  return { name, model, network, window: windowOf(architecture) };
}

async function requirePromised(covey: CoveyChain, listingId: bigint, bytes: Uint8Array): Promise<void> {
  const { sealed } = await readListing(covey, listingId);
  const root = parameterRoot(bytes);
  if (sealed?.plainRoot === root) return;
  throw nodeError('CONFIG_INVALID', `The file is not the model of listing ${listingId}.`, {
    expected: sealed ? `a file whose root is ${sealed.plainRoot}` : 'a sealed listing',
    got: root,
  });
}
