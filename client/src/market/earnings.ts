import { keyEscrowAbi, modelMarketAbi } from '@covey/contracts/abi';
import type { Claim } from '@covey/protocol';
import { getAddress, isAddressEqual, type Address } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { eventsIn } from '../chain/event-in.ts';
import { readRound } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import type { ContentReader } from '../content/content-store.ts';
import { readDocumentOf } from '../settle/accepted-document.ts';
import { escrowContract, marketContract, type ListingOnChain } from './listing.ts';

/** What a contract owes an account in a token, in its smallest unit. */
export interface Owed {
  where: 'market' | 'escrow';
  token: Address;
  amount: bigint;
}

/** What an account can withdraw: from sales that it made, and what a token once refused to send. */
export async function readOwed(covey: CoveyChain, account: Address, tokens: readonly Address[]): Promise<Owed[]> {
  const distinct = [...new Set([covey.deployment.token, ...tokens].map((token) => getAddress(token)))];
  const owed = async (where: Owed['where'], token: Address): Promise<Owed> => {
    const call = { functionName: 'owed', args: [account, token] } as const;
    const amount = await (where === 'market'
      ? covey.publicClient.readContract({ ...marketContract(covey), ...call })
      : covey.publicClient.readContract({ ...escrowContract(covey), ...call }));
    return { where, token, amount };
  };
  try {
    const all = await Promise.all(distinct.flatMap((token) => [owed('market', token), owed('escrow', token)] as const));
    return all.filter(({ amount }) => amount > 0n);
  } catch (cause) {
    throw chainError(cause, `reading what ${account} can withdraw`);
  }
}

/** One transaction, and what it sent in each token. */
export type Withdrawal = Sent & { withdrawn: { token: Address; amount: bigint }[] };

/** Sends an account what it is owed, all tokens of a contract at once. Anyone may. */
export async function withdrawOwed(covey: CoveyWriter, account: Address, owed: readonly Owed[]): Promise<Withdrawal[]> {
  const all: Withdrawal[] = [];
  for (const where of ['market', 'escrow'] as const) {
    const tokens = owed.filter((one) => one.where === where).map(({ token }) => token);
    if (tokens.length === 0) continue;
    const call = { functionName: 'withdraw', args: [account, tokens] } as const;
    const [{ address }, sent] =
      where === 'market'
        ? [marketContract(covey), await covey.sender.send({ ...marketContract(covey), ...call })]
        : [escrowContract(covey), await covey.sender.send({ ...escrowContract(covey), ...call })];
    const events = eventsIn(sent.receipt, address, keyEscrowAbi, 'Withdrawn');
    all.push({ ...sent, withdrawn: events.map(({ args: { token, amount } }) => ({ token, amount })) });
  }
  return all;
}

/** What a node earned of a listing's sales by one round. */
export interface Revenue {
  listingId: bigint;
  round: number;
  token: Address;
  amount: bigint;
  claim: Claim;
}

/** What a node can claim now of these listings' sales; only those of tasks' models have contributors. */
export async function readRevenues(
  covey: CoveyChain,
  reader: ContentReader,
  node: Address,
  listings: readonly ListingOnChain[],
): Promise<Revenue[]> {
  const claims = new Map<string, Claim | null>();
  const revenues: Revenue[] = [];
  for (const { listingId, taskId, rounds, token, contributorRevenue } of listings) {
    if (taskId === null || contributorRevenue === 0n) continue;
    for (let round = 0; round < rounds; round++) {
      const name = `${taskId}/${round}`;
      if (!claims.has(name)) claims.set(name, await claimOf(covey, reader, { taskId, round, node }));
      const claim = claims.get(name);
      if (!claim) continue;
      const args = [listingId, round, claim.leaf] as const;
      const amount = await covey.publicClient
        .readContract({ ...marketContract(covey), functionName: 'revenueOf', args })
        .catch((cause: unknown) => {
          throw chainError(cause, `reading what ${node} earned of listing ${listingId}`);
        });
      if (amount > 0n) revenues.push({ listingId, round, token, amount, claim });
    }
  }
  return revenues;
}

async function claimOf(
  covey: CoveyChain,
  reader: ContentReader,
  { taskId, round, node }: { taskId: bigint; round: number; node: Address },
): Promise<Claim | null> {
  const info = await readRound(covey, taskId, round);
  if (info.phase !== 'claimable') return null;
  const { claims } = await readDocumentOf(covey, reader, info);
  return claims.find(({ leaf }) => isAddressEqual(leaf.node, node)) ?? null;
}

/** Claims a transaction, so that none outgrows a block. */
const claimsAtOnce = 32;

/** Pays a node what it earned. Anyone may. */
export async function claimRevenues(
  covey: CoveyWriter,
  node: Address,
  revenues: readonly Revenue[],
): Promise<{ sent: Sent[]; claimed: { listingId: bigint; round: number; amount: bigint }[] }> {
  // Those in one token in a row: they are one transfer.
  const inOrder = revenues.toSorted((a, b) => (a.token < b.token ? -1 : a.token > b.token ? 1 : 0));
  const sent: Sent[] = [];
  const claimed: { listingId: bigint; round: number; amount: bigint }[] = [];
  for (let start = 0; start < inOrder.length; start += claimsAtOnce) {
    const claims = inOrder
      .slice(start, start + claimsAtOnce)
      .map(({ listingId, round, claim: { leaf, proof } }) => ({ listingId, round, leaf, proof }));
    const args = [node, claims] as const;
    const one = await covey.sender.send({ ...marketContract(covey), functionName: 'claimRevenues', args });
    sent.push(one);
    const events = eventsIn(one.receipt, covey.deployment.modelMarket, modelMarketAbi, 'RevenueClaimed');
    claimed.push(...events.map(({ args: { listingId, round, amount } }) => ({ listingId, round, amount })));
  }
  return { sent, claimed };
}
