import { roundManagerAbi } from '@covey/contracts/abi';
import { clientError } from '../errors.ts';
import type { CoveyChain } from './chain.ts';
import { newestBlock } from './events.ts';
import type { RoundOnChain } from './read-round.ts';

/** What only grows while a round runs. */
const growing = ['submissions', 'candidateStake', 'attestedSeats', 'revealedSeats'] as const;

/**
 * A block at which events and state of a round can be read alike, with what its contract counts there. CHAIN_LAGGING
 * where the endpoint that answers now is behind the one that told of the round.
 */
export async function pinRound(
  covey: CoveyChain,
  info: RoundOnChain,
): Promise<Pick<RoundOnChain, (typeof growing)[number] | 'drawn'> & { block: bigint }> {
  const block = await newestBlock(covey);
  const { submissions, candidateStake, attestedSeats, revealedSeats, drawn } = await covey.publicClient.readContract({
    address: covey.deployment.roundManager,
    abi: roundManagerAbi,
    functionName: 'round',
    args: [info.taskId, info.round],
    blockNumber: block,
  });
  const counts = { submissions, candidateStake, attestedSeats, revealedSeats };
  const behind = growing.find((name) => counts[name] < info[name]);
  if (behind !== undefined) {
    throw clientError('CHAIN_LAGGING', 'The endpoint is behind what it, or another one, said of this round.', {
      expected: `${behind} of at least ${info[behind]}`,
      got: `${counts[behind]} in block ${block}`,
    });
  }
  return { ...counts, drawn, block };
}
