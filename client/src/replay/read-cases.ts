import { chainError } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import { readCandidate } from '../chain/read-candidates.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import { readRound } from '../chain/read-round.ts';
import { readStakeInRound } from '../chain/read-stake.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { caseStates, modelMarketAbi, policyAbi, reasons, slashCourtAbi } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import { requireCount } from '../logs/check-counts.ts';
import { inTurns } from '../logs/rpc.ts';
import type { ReplayCase, ReplayPurchase } from './types.ts';

/** The newest slash cases, with the stake that each takes a part of. */
export async function readReplayCases(covey: CoveyChain, limit: number): Promise<{ cases: ReplayCase[]; of: number }> {
  const court = { address: covey.deployment.slashCourt, abi: slashCourtAbi } as const;
  try {
    // Events and state are of one block, so that the sums in one show what is missing of the other.
    const blockNumber = await newestBlock(covey);
    const at = { ...court, blockNumber } as const;
    const count = await covey.publicClient.readContract({ ...at, functionName: 'caseCount' });
    const ids = Array.from({ length: Math.min(Number(count), limit) }, (_, i) => count - BigInt(i));
    const cases: ReplayCase[] = [];
    for (const caseId of ids) {
      const slashed = await covey.publicClient.readContract({ ...at, functionName: 'slashCase', args: [caseId] });
      const { taskId, round, attempt, target } = slashed;
      const info = await readRound(covey, taskId, round);
      const candidate = await readCandidate(covey, { taskId, round, attempt, block: blockNumber }, target);
      const [stake, distributed] = await Promise.all([
        readStakeInRound(covey, info, { node: target, ratio: candidate?.ratio ?? 0n }),
        covey.events({
          ...court,
          eventName: 'SlashDistributed',
          args: { caseId },
          fromBlock: info.openedBlock,
          toBlock: blockNumber,
        }),
      ]);
      const collections = distributed.map(({ args }) => ({
        amount: args.toTreasury + args.toReporter + args.toChallenger,
        toReporter: args.toReporter,
        toChallenger: args.toChallenger,
      }));
      const collected = collections.reduce((sum, { amount }) => sum + amount, 0n);
      requireCount(`what was collected in slash case ${caseId}, in wei`, slashed.collected, collected);
      const state = decodeEnum(caseStates, slashed.state);
      cases.push({
        caseId,
        target,
        reporter: slashed.reporter,
        reason: decodeEnum(reasons, slashed.reason),
        state: state === 'none' ? 'open' : state,
        stake: stake.own + stake.delegated,
        ratio: slashed.ratio,
        reporterCap: slashed.reporterCap,
        challengerShare: slashed.challengerShare,
        amount: slashed.amount,
        taken: slashed.taken,
        collections,
      });
    }
    return { cases, of: Number(count) };
  } catch (cause) {
    throw chainError(cause, 'reading the slash cases');
  }
}

/**
 * The newest purchases of models, each with the fee that held when it was made. The market counts each listing's sales:
 * LOGS_INCOMPLETE where one is missing.
 */
export async function readReplayPurchases(
  covey: CoveyChain,
  limit: number,
): Promise<{ purchases: ReplayPurchase[]; of: number }> {
  try {
    const block = await newestBlock(covey);
    const [logs, sales] = await Promise.all([
      covey.events({
        address: covey.deployment.modelMarket,
        abi: modelMarketAbi,
        eventName: 'ModelBought',
        toBlock: block,
      }),
      readSales(covey, block),
    ]);
    requireCount('purchases of models', sales, logs.length);
    const fees = logs.length === 0 ? [] : await readFees(covey);
    const newest = logs.toReversed().slice(0, limit);
    const purchases: ReplayPurchase[] = [];
    for (const { args, blockNumber } of newest) {
      const { timestamp } = await covey.publicClient.getBlock({ blockNumber });
      // The newest version whose time had come.
      const inForce = fees.findLast(({ effectiveAt }) => BigInt(effectiveAt) <= timestamp);
      purchases.push({ ...args, block: blockNumber, marketFee: inForce?.marketFee ?? 0n });
    }
    return { purchases, of: logs.length };
  } catch (cause) {
    throw chainError(cause, 'reading the purchases');
  }
}

async function readSales({ publicClient, deployment }: CoveyChain, blockNumber: bigint): Promise<bigint> {
  const market = { address: deployment.modelMarket, abi: modelMarketAbi, blockNumber } as const;
  const count = await publicClient.readContract({ ...market, functionName: 'listingCount' });
  const listings = await inTurns(
    Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1)),
    (id) => publicClient.readContract({ ...market, functionName: 'listing', args: [id] }),
  );
  return listings.reduce((sum, listing) => sum + listing.sales, 0n);
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
