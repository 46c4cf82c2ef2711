import { chainError } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import { readCandidate } from '../chain/read-candidates.ts';
import { readRound } from '../chain/read-round.ts';
import { readStakeInRound } from '../chain/read-stake.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { caseStates, reasons, slashCourtAbi } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import { requireCount } from '../logs/check-counts.ts';
import type { ReplayCase } from './types.ts';

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
