import { chainError } from '../chain/contract-error.ts';
import { readRound } from '../chain/read-round.ts';
import type { CoveyChain } from '../chain/chain.ts';
import {
  caseStates,
  modelMarketAbi,
  params,
  policyAbi,
  reasons,
  slashCourtAbi,
  stakeManagerAbi,
} from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import type { ReplayCase, ReplayPurchase } from './types.ts';

/** The newest slash cases, with the stake that each takes a part of. */
export async function readReplayCases(covey: CoveyChain, limit: number): Promise<{ cases: ReplayCase[]; of: number }> {
  const court = { address: covey.deployment.slashCourt, abi: slashCourtAbi } as const;
  const stakes = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
  try {
    const count = await covey.publicClient.readContract({ ...court, functionName: 'caseCount' });
    const ids = Array.from({ length: Math.min(Number(count), limit) }, (_, i) => count - BigInt(i));
    const cases: ReplayCase[] = [];
    for (const caseId of ids) {
      const slashed = await covey.publicClient.readContract({ ...court, functionName: 'slashCase', args: [caseId] });
      const { openedAt, openedBlock } = await readRound(covey, slashed.taskId, slashed.round);
      const [stake, distributed] = await Promise.all([
        covey.publicClient.readContract({ ...stakes, functionName: 'stakeAt', args: [slashed.target, openedAt - 1] }),
        covey.events({
          ...court,
          eventName: 'SlashDistributed',
          args: { caseId },
          fromBlock: openedBlock,
        }),
      ]);
      const state = decodeEnum(caseStates, slashed.state);
      cases.push({
        caseId,
        target: slashed.target,
        reporter: slashed.reporter,
        reason: decodeEnum(reasons, slashed.reason),
        state: state === 'none' ? 'open' : state,
        stake: stake.own + stake.delegated,
        ratio: slashed.ratio,
        reporterShare: slashed.reporterShare,
        amount: slashed.amount,
        taken: slashed.taken,
        collections: distributed.map(({ args }) => ({
          amount: args.amount + args.toReporter,
          toReporter: args.toReporter,
        })),
      });
    }
    return { cases, of: Number(count) };
  } catch (cause) {
    throw chainError(cause, 'reading the slash cases');
  }
}

/** The newest purchases of models, each with the fee that held when it was made. */
export async function readReplayPurchases(
  covey: CoveyChain,
  limit: number,
): Promise<{ purchases: ReplayPurchase[]; of: number }> {
  try {
    const logs = await covey.events({
      address: covey.deployment.modelMarket,
      abi: modelMarketAbi,
      eventName: 'ModelBought',
    });
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

async function readFees({ publicClient, deployment }: CoveyChain) {
  const policy = { address: deployment.policy, abi: policyAbi } as const;
  const count = await publicClient.readContract({ ...policy, functionName: 'announcedVersion' });
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const [effectiveAt, marketFee] = await Promise.all([
        publicClient.readContract({ ...policy, functionName: 'effectiveAt', args: [i + 1] }),
        publicClient.readContract({ ...policy, functionName: 'valueAt', args: [params.indexOf('marketFee'), i + 1] }),
      ]);
      return { effectiveAt, marketFee };
    }),
  );
}
