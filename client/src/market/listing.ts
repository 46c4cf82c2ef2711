import {
  bondStates,
  keyEscrowAbi,
  licencesConstants,
  listingKinds,
  listingStates,
  modelMarketAbi,
  type ListingKindName,
} from '@covey/contracts/abi';
import { cidOrNull, decodeEnum } from '@covey/protocol';
import type { Address, ContractFunctionReturnType, Hex } from 'viem';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import { inTurns } from '../logs/rpc.ts';

export const saleStates = ['active', 'paused', 'delisted', 'unsecured', 'fraudulent'] as const;
/**
 * `unsecured`: a sealed listing without its seller's bond, which nobody can order; `fraudulent`: a wrong key or wrong content
 * of it was proven.
 */
export type SaleState = (typeof saleStates)[number];

/** What a sealed file is held to, as its manifest has it. */
export interface SealedOnChain {
  bytes: number;
  keyHash: Hex;
  plainRoot: Hex;
  cipherRoot: Hex;
}

export interface ListingOnChain {
  listingId: bigint;
  seller: Address;
  kind: Exclude<ListingKindName, 'none'>;
  state: SaleState;
  /** CID of the model; of a sealed one that of its manifest. null where its seller named none that Covey reads. */
  model: string | null;
  /** CID of the model card; null for none. */
  card: string | null;
  /** null for a model without a task. Contributors are those of the task's rounds below `rounds`. */
  taskId: bigint | null;
  rounds: number;
  /** What the price is paid in, and how much of it, in its smallest unit. */
  token: Address;
  price: bigint;
  /** Seconds of licence that a price pays for; 0: for ever. */
  period: number;
  /** The seller's part of the sales of a task's model, 1e18 = all. */
  creatorShare: bigint;
  /** The listing that this one is a new version of. */
  previous: bigint | null;
  sales: bigint;
  /** What all contributors together have earned. */
  contributorRevenue: bigint;
  /** Of sealed models alone: what was committed to, the bond in wei of COVEY, and orders that are neither settled nor refunded. */
  sealed: (SealedOnChain & { bond: bigint; openOrders: bigint }) | null;
}

/** The end of a licence that never ends, unix seconds. */
export const licensedForEver = licencesConstants.FOR_EVER;

export const marketContract = ({ deployment }: CoveyChain) =>
  ({ address: deployment.modelMarket, abi: modelMarketAbi }) as const;
export const escrowContract = ({ deployment }: CoveyChain) =>
  ({ address: deployment.keyEscrow, abi: keyEscrowAbi }) as const;

/** How many listings there are: they are numbered from 1. */
export async function readListingCount(covey: CoveyChain): Promise<bigint> {
  try {
    return await covey.publicClient.readContract({ ...marketContract(covey), functionName: 'listingCount' });
  } catch (cause) {
    throw chainError(cause, 'reading the number of listings');
  }
}

export async function readListing(covey: CoveyChain, listingId: bigint): Promise<ListingOnChain> {
  const count = await readListingCount(covey);
  if (listingId < 1n || listingId > count) {
    throw clientError('LISTING_UNKNOWN', `There is no listing ${listingId}.`, {
      expected: count === 0n ? 'none yet' : `1 to ${count}`,
      got: String(listingId),
    });
  }
  return await readExisting(covey, listingId);
}

/** All listings, the newest first; or those of these numbers. */
export async function readListings(covey: CoveyChain, ids?: readonly bigint[]): Promise<ListingOnChain[]> {
  const wanted = ids ?? newestFirst(await readListingCount(covey));
  return await inTurns(wanted, (listingId) => readExisting(covey, listingId), 16);
}

const newestFirst = (count: bigint) => Array.from({ length: Number(count) }, (_, i) => count - BigInt(i));

async function readExisting(covey: CoveyChain, listingId: bigint): Promise<ListingOnChain> {
  const of = { args: [listingId] } as const;
  const { publicClient } = covey;
  try {
    const listing = await publicClient.readContract({ ...marketContract(covey), functionName: 'listing', ...of });
    const kind = decodeEnum(listingKinds, listing.kind);
    if (kind !== 'sealed') return listingOf(listingId, listing, null);
    const [file, bond] = await Promise.all([
      publicClient.readContract({ ...marketContract(covey), functionName: 'sealedFile', ...of }),
      publicClient.readContract({ ...escrowContract(covey), functionName: 'bondOf', ...of }),
    ]);
    return listingOf(listingId, listing, { file, bond });
  } catch (cause) {
    throw chainError(cause, `reading listing ${listingId}`);
  }
}

type Raw = ContractFunctionReturnType<typeof modelMarketAbi, 'view', 'listing'>;

interface RawSealed {
  file: ContractFunctionReturnType<typeof modelMarketAbi, 'view', 'sealedFile'>;
  bond: ContractFunctionReturnType<typeof keyEscrowAbi, 'view', 'bondOf'>;
}

function listingOf(listingId: bigint, raw: Raw, ofSealed: RawSealed | null): ListingOnChain {
  const { seller, token, price, period, creatorShare, rounds, contributorRevenue } = raw;
  const kind = decodeEnum(listingKinds, raw.kind);
  return {
    ...{ listingId, seller, token, price, period, creatorShare, rounds, contributorRevenue },
    kind: kind === 'none' ? 'own' : kind,
    state: saleStateOf(raw, ofSealed),
    model: cidOrNull(raw.model),
    card: cidOrNull(raw.card),
    taskId: raw.taskId === 0n ? null : raw.taskId,
    previous: raw.previous === 0n ? null : raw.previous,
    sales: ofSealed ? ofSealed.bond.sales : raw.sales,
    sealed: ofSealed && {
      bytes: Number(ofSealed.file.size),
      keyHash: ofSealed.file.keyHash,
      plainRoot: ofSealed.file.plainRoot,
      cipherRoot: ofSealed.file.cipherRoot,
      bond: ofSealed.bond.amount,
      openOrders: ofSealed.bond.openOrders,
    },
  };
}

function saleStateOf(raw: Raw, ofSealed: RawSealed | null): SaleState {
  const state = decodeEnum(listingStates, raw.state);
  const bond = ofSealed && decodeEnum(bondStates, ofSealed.bond.state);
  if (bond === 'fraudulent') return 'fraudulent';
  if (state === 'paused') return 'paused';
  if (state !== 'active') return 'delisted';
  return bond === null || bond === 'bonded' ? 'active' : 'unsecured';
}

/** The CID of what is sold. CONTENT_BAD_CID where the seller named none. */
export function soldModel({ listingId, model }: Pick<ListingOnChain, 'listingId' | 'model'>): string {
  if (model !== null) return model;
  throw clientError('CONTENT_BAD_CID', `Listing ${listingId} names no content that Covey reads.`);
}

/** Until when an account has a licence, unix seconds: `licensedForEver`, or 0 for none. */
export async function readLicence(
  covey: CoveyChain,
  { listingId, kind }: Pick<ListingOnChain, 'listingId' | 'kind'>,
  account: Address,
): Promise<number> {
  const call = { functionName: 'licenceEnd', args: [listingId, account] } as const;
  try {
    return kind === 'sealed'
      ? await covey.publicClient.readContract({ ...escrowContract(covey), ...call })
      : await covey.publicClient.readContract({ ...marketContract(covey), ...call });
  } catch (cause) {
    throw chainError(cause, `reading the licence of listing ${listingId}`);
  }
}
