import { keyEscrowAbi, modelMarketAbi } from '@covey/contracts/abi';
import { cidToChain, type ChainCid } from '@covey/protocol';
import type { SealedManifest } from '@covey/protocol/sealed';
import { zeroHash, type Address } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import { eventIn } from '../chain/event-in.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import { readRoundCount } from '../chain/read-task.ts';
import type { Sent } from '../chain/sender.ts';
import { clientError } from '../errors.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';
import { escrowContract, marketContract } from './listing.ts';

/** On which terms a model is sold. */
export interface SaleTerms {
  /** COVEY, or a token that the DAO allows. */
  token: Address;
  price: bigint;
  /** Seconds of licence that a price pays for; 0: for ever. */
  period: number;
  /** CID of the model card. */
  card?: string | undefined;
  /** The own listing that this one is a new version of. */
  previous?: bigint | undefined;
}

export type Listed = Sent & { listingId: bigint };

const noCid: ChainCid = { codec: 0n, digest: zeroHash };

const termsOf = ({ token, price, period, card, previous }: SaleTerms, creatorShare = 0n) => ({
  ...{ token, price, period, creatorShare },
  card: card === undefined ? noCid : cidToChain(card),
  previous: previous ?? 0n,
});

/**
 * Lists the model of one of a task's rounds, or, without a round, the final model of a completed task; the task's creator
 * alone may.
 */
export async function listTaskModel(
  covey: CoveyWriter,
  { taskId, round }: { taskId: bigint; round?: number | undefined },
  terms: SaleTerms & { creatorShare: bigint },
  onEvent: OnAction = ignoreActions,
): Promise<Listed> {
  const made = await madeBy(covey, taskId, round);
  await payListingFee(covey, onEvent);
  const sale = termsOf(terms, terms.creatorShare);
  const sent =
    round === undefined
      ? await covey.sender.send({ ...marketContract(covey), functionName: 'listTask', args: [taskId, made, sale] })
      : await covey.sender.send({
          ...marketContract(covey),
          functionName: 'listRound',
          args: [taskId, round, made, sale],
        });
  return listed(covey, sent);
}

/** Lists an open model that the account registers alone. */
export async function listOwnModel(
  covey: CoveyWriter,
  cid: string,
  terms: SaleTerms,
  onEvent: OnAction = ignoreActions,
): Promise<Listed> {
  await payListingFee(covey, onEvent);
  const args = [cidToChain(cid), termsOf(terms)] as const;
  return listed(covey, await covey.sender.send({ ...marketContract(covey), functionName: 'listOwn', args }));
}

/** Lists a sealed model by its manifest. Nobody can order it before its bond stands: `postBond`. */
export async function listSealedModel(
  covey: CoveyWriter,
  { cid, manifest }: { cid: string; manifest: SealedManifest },
  terms: SaleTerms,
  onEvent: OnAction = ignoreActions,
): Promise<Listed> {
  await payListingFee(covey, onEvent);
  const { bytes, keyHash, plainRoot, cipherRoot } = manifest;
  const file = { size: BigInt(bytes), keyHash, plainRoot, cipherRoot };
  const args = [cidToChain(cid), file, termsOf(terms)] as const;
  return listed(covey, await covey.sender.send({ ...marketContract(covey), functionName: 'listSealed', args }));
}

/** Puts the policy's SellerBond behind a sealed listing. */
export async function postBond(
  covey: CoveyWriter,
  listingId: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { bond: bigint }> {
  await ensureAllowance(covey, covey.deployment.keyEscrow, await readPolicyNumber(covey, 'sellerBond'), onEvent);
  const sent = await covey.sender.send({ ...escrowContract(covey), functionName: 'postBond', args: [listingId] });
  const { amount } = eventIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'BondPosted').args;
  return { ...sent, bond: amount };
}

/** Gives the bond of a delisted listing back once none of its orders is open. */
export async function releaseBond(covey: CoveyWriter, listingId: bigint): Promise<Sent & { bond: bigint }> {
  const sent = await covey.sender.send({ ...escrowContract(covey), functionName: 'releaseBond', args: [listingId] });
  const { amount } = eventIn(sent.receipt, covey.deployment.keyEscrow, keyEscrowAbi, 'BondReleased').args;
  return { ...sent, bond: amount };
}

/** Names a key that may deliver for the account's listings; the zero address for none. Its wrong deliveries cost their bonds. */
export async function setDeliveryKey(covey: CoveyWriter, deliveryKey: Address): Promise<Sent> {
  return await covey.sender.send({ ...escrowContract(covey), functionName: 'setDeliveryKey', args: [deliveryKey] });
}

/** Orders that are made keep the price that they were made at. */
export async function setPrice(covey: CoveyWriter, listingId: bigint, price: bigint): Promise<Sent> {
  return await covey.sender.send({ ...marketContract(covey), functionName: 'setPrice', args: [listingId, price] });
}

/** `delist` is for ever. */
export async function changeListing(
  covey: CoveyWriter,
  listingId: bigint,
  change: 'pause' | 'resume' | 'delist',
): Promise<Sent> {
  return await covey.sender.send({ ...marketContract(covey), functionName: change, args: [listingId] });
}

async function payListingFee(covey: CoveyWriter, onEvent: OnAction): Promise<void> {
  await ensureAllowance(covey, covey.deployment.modelMarket, await readPolicyNumber(covey, 'listingFee'), onEvent);
}

function listed(covey: CoveyWriter, sent: Sent): Listed {
  const { listingId } = eventIn(sent.receipt, covey.deployment.modelMarket, modelMarketAbi, 'ModelListed').args;
  return { ...sent, listingId };
}

/** What the round accepted; without a round, the last that has a result. */
async function madeBy(covey: CoveyWriter, taskId: bigint, round: number | undefined) {
  const last = round ?? (await readRoundCount(covey, taskId)) - 1;
  for (let n = last; n >= 0; n--) {
    const info = await readRound(covey, taskId, n);
    const accepted = info.phase === 'claimable' ? await readAccepted(covey, info) : null;
    if (accepted) return accepted;
    if (round !== undefined) break;
  }
  throw clientError('ROUND_NOT_READY', `Task ${taskId} has no model to sell there.`, {
    expected: round === undefined ? 'a round whose result stands' : `a result of round ${round} that stands`,
  });
}
