import { caseStates, slashCourtAbi, stakeManagerAbi } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import { isAddressEqual, parseEventLogs, type Address } from 'viem';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import { chainTime } from '../chain/phase.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { ignoreActions } from '../events.ts';
import { requireCount } from '../logs/check-counts.ts';
import type { CrankParameters } from '../round/crank-parameters.ts';

type Parameters = Pick<CrankParameters, 'covey' | 'onEvent'>;

/** Collections a look, so that a large pool does not keep rounds from their windows. */
const atOnce = 16;
/** Slashes that one collection takes in at most: bounds its gas. */
const slashesAtOnce = 16n;

export interface ExecuteCasesParameters extends Parameters {
  /** Cases that were found over at an earlier look, and are not looked at again; those that are now are added. */
  over?: Set<bigint>;
}

/** Executes every open slash case whose appeal window has passed; returns how many are still open. */
export async function executeCases({
  covey,
  onEvent = ignoreActions,
  over = new Set(),
}: ExecuteCasesParameters): Promise<number> {
  const { publicClient } = covey;
  const contract = { address: covey.deployment.slashCourt, abi: slashCourtAbi } as const;
  const total = await publicClient.readContract({ ...contract, functionName: 'caseCount' });
  const now = await chainTime(covey);
  let open = 0;
  for (let caseId = 1n; caseId <= total; caseId++) {
    if (over.has(caseId)) continue;
    const slashCase = await publicClient.readContract({ ...contract, functionName: 'slashCase', args: [caseId] });
    if (decodeEnum(caseStates, slashCase.state) !== 'open') {
      over.add(caseId);
      continue;
    }
    if (now < BigInt(slashCase.appealEnd)) {
      open++;
      continue;
    }
    const sent = await ignoring(['WrongCaseState', 'AppealWindowOpen'], () =>
      covey.sender.send({ ...contract, functionName: 'execute', args: [caseId] }),
    );
    if (!sent) continue;
    const [event] = parseEventLogs({ abi: slashCourtAbi, eventName: 'CaseExecuted', logs: sent.logs, strict: true });
    const parts = parseEventLogs({ abi: slashCourtAbi, eventName: 'SlashDistributed', logs: sent.logs, strict: true });
    const collected = parts.reduce((sum, { args }) => sum + args.toTreasury + args.toReporter + args.toChallenger, 0n);
    const taken = event?.args.taken ?? 0n;
    const { tx, gasUsed } = sent;
    onEvent({ event: 'case-executed', caseId, target: slashCase.target, taken, collected, tx, gasUsed });
  }
  return open;
}

/**
 * Takes from delegators' positions what slashes of their nodes' pools cost them, so that it reaches treasury and reporters
 * and stops voting. Returns how many positions were left for the next time.
 */
export async function collectSlashes({ covey, onEvent = ignoreActions }: Parameters): Promise<number> {
  const uncollected = await covey.publicClient.readContract({
    address: covey.deployment.stakeManager,
    abi: stakeManagerAbi,
    functionName: 'uncollected',
  });
  // Roundings leave some wei that belong to nobody's position: then the list below is empty.
  if (uncollected === 0n) return 0;
  const behind = await positionsBehind(covey);
  for (const { node, owner } of behind.slice(0, atOnce)) {
    const sent = await covey.sender.send({
      address: covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'collect',
      args: [node, owner, slashesAtOnce],
    });
    const parts = parseEventLogs({ abi: stakeManagerAbi, eventName: 'SlashCollected', logs: sent.logs, strict: true });
    const amount = parts.reduce((sum, { args }) => sum + args.amount, 0n);
    onEvent({ event: 'slash-collected', node, owner, amount, tx: sent.tx, gasUsed: sent.gasUsed });
  }
  return Math.max(0, behind.length - atOnce);
}

/**
 * Positions of slashed pools from which not every slash has been collected. What was slashed and not collected is what
 * the contract counts, and a pool's positions hold all of its shares: LOGS_INCOMPLETE where an event of either is missing.
 */
async function positionsBehind(covey: CoveyChain): Promise<{ node: Address; owner: Address }[]> {
  const { publicClient } = covey;
  const contract = { address: covey.deployment.stakeManager, abi: stakeManagerAbi } as const;
  try {
    const blockNumber = await newestBlock(covey);
    const at = { ...contract, blockNumber } as const;
    const [slashed, collected, uncollected] = await Promise.all([
      covey.events({ ...contract, eventName: 'Slashed', toBlock: blockNumber }),
      covey.events({ ...contract, eventName: 'SlashCollected', toBlock: blockNumber }),
      publicClient.readContract({ ...at, functionName: 'uncollected' }),
    ]);
    const sum = (events: readonly { args: { amount: bigint } }[]) =>
      events.reduce((total, { args }) => total + args.amount, 0n);
    requireCount('slashes that were not collected, in wei', uncollected, sum(slashed) - sum(collected));
    const nodes = [...new Set(slashed.map(({ args }) => args.node))];
    const behind = await Promise.all(
      nodes.map(async (node) => {
        const [{ slashes, shares }, staked] = await Promise.all([
          publicClient.readContract({ ...at, functionName: 'pool', args: [node] }),
          covey.events({ ...contract, eventName: 'Staked', args: { node }, toBlock: blockNumber }),
        ]);
        const owners = [...new Set(staked.map(({ args }) => args.owner))];
        const positions = await Promise.all(
          owners.map(async (owner) => {
            const args = [node, owner] as const;
            const position = await publicClient.readContract({ ...at, functionName: 'position', args });
            const held = position.shares + position.unstakingShares;
            return { node, owner, held, behind: held > 0n && position.slashesCollected < slashes };
          }),
        );
        const held = positions.reduce((total, position) => total + position.held, 0n);
        requireCount(`stakes with ${node}, in shares`, shares, held);
        return positions.filter((position) => position.behind && !isAddressEqual(position.owner, node));
      }),
    );
    return behind.flat().map(({ node, owner }) => ({ node, owner }));
  } catch (cause) {
    throw chainError(cause, 'reading positions of slashed pools');
  }
}
