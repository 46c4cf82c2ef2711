import { keyEscrowAbi, modelMarketAbi, policyAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import { requireCount } from '../logs/check-counts.ts';
import { inTurns } from '../logs/rpc.ts';
import type { ReplayPurchase } from './types.ts';

/**
 * The newest purchases of models, each with the fee that held for it: of licences of open models, and of sealed ones whose
 * orders are settled. Market and escrow count each listing's sales: LOGS_INCOMPLETE where one is missing.
 */
export async function readReplayPurchases(
  covey: CoveyChain,
  limit: number,
): Promise<{ purchases: ReplayPurchase[]; of: number }> {
  const { modelMarket, keyEscrow } = covey.deployment;
  try {
    const toBlock = await newestBlock(covey);
    const [bought, settled, sales] = await Promise.all([
      covey.events({ address: modelMarket, abi: modelMarketAbi, eventName: 'ModelBought', toBlock }),
      covey.events({ address: keyEscrow, abi: keyEscrowAbi, eventName: 'OrderSettled', toBlock }),
      readSales(covey, toBlock),
    ]);
    requireCount('purchases of models', sales.open, bought.length);
    requireCount('settled orders of sealed models', sales.sealed, settled.length);
    const fees = bought.length === 0 ? [] : await readFees(covey);
    const sold = [...bought, ...settled].sort(
      (a, b) => Number(b.blockNumber - a.blockNumber) || b.logIndex - a.logIndex,
    );
    const purchases = await inTurns(sold.slice(0, limit), async (log): Promise<ReplayPurchase> => {
      const { blockNumber: block } = log;
      if (log.eventName === 'OrderSettled') {
        const { orderId, listingId, buyer, price, fee, toSeller } = log.args;
        const marketFee = await feeOfOrder(covey, orderId, toBlock);
        return { listingId, orderId, buyer, block, price, fee, toSeller, toContributors: 0n, marketFee };
      }
      const { listingId, buyer, price, fee, toSeller, toContributors } = log.args;
      const { timestamp } = await covey.publicClient.getBlock({ blockNumber: block });
      // The newest version whose time had come.
      const inForce = fees.findLast(({ effectiveAt }) => BigInt(effectiveAt) <= timestamp);
      const marketFee = inForce?.marketFee ?? 0n;
      return { listingId, orderId: null, buyer, block, price, fee, toSeller, toContributors, marketFee };
    });
    return { purchases, of: sold.length };
  } catch (cause) {
    throw chainError(cause, 'reading the purchases');
  }
}

async function readSales({ publicClient, deployment }: CoveyChain, blockNumber: bigint) {
  const market = { address: deployment.modelMarket, abi: modelMarketAbi, blockNumber } as const;
  const escrow = { address: deployment.keyEscrow, abi: keyEscrowAbi, blockNumber } as const;
  const count = await publicClient.readContract({ ...market, functionName: 'listingCount' });
  const listings = await inTurns(
    Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1)),
    async (id) => {
      const [{ sales: open }, { sales: sealed }] = await Promise.all([
        publicClient.readContract({ ...market, functionName: 'listing', args: [id] }),
        publicClient.readContract({ ...escrow, functionName: 'bondOf', args: [id] }),
      ]);
      return { open, sealed };
    },
  );
  return {
    open: listings.reduce((sum, { open }) => sum + open, 0n),
    sealed: listings.reduce((sum, { sealed }) => sum + sealed, 0n),
  };
}

/** An order keeps the fee under which it was made. */
async function feeOfOrder({ publicClient, deployment }: CoveyChain, orderId: bigint, blockNumber: bigint) {
  const escrow = { address: deployment.keyEscrow, abi: keyEscrowAbi, blockNumber } as const;
  return (await publicClient.readContract({ ...escrow, functionName: 'orderOf', args: [orderId] })).fee;
}

async function readFees(covey: CoveyChain) {
  const { publicClient, deployment } = covey;
  const policy = { address: deployment.policy, abi: policyAbi } as const;
  const count = await publicClient.readContract({ ...policy, functionName: 'announcedVersion' });
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [effectiveAt, marketFee] = await Promise.all([
        publicClient.readContract({ ...policy, functionName: 'effectiveAt', args: [i + 1] }),
        readPolicyNumber(covey, 'marketFee', i + 1),
      ]);
      return { effectiveAt, marketFee };
    }),
  );
}
