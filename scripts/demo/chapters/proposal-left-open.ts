import { setPolicy } from '@covey/governance';
import { parseEther } from 'viem';
import { cast } from '../cast.ts';
import { castVotes, propose, type Proposed } from '../proposals.ts';
import type { Stage } from '../stage.ts';
import { endVotingOnceVoted } from '../visitor.ts';

/** A vote that waits for whoever looks at the demo. */
export async function proposalLeftOpen({ world, progress, stops }: Stage): Promise<Proposed> {
  return await progress.step('Leave a proposal open: the visitor’s vote decides it', async () => {
    const proposed = await propose(world, {
      title: 'Pay half of a reward at once',
      summary: 'Unlock ratio from 0.4 to 0.5; the rest still vests over thirty days.',
      description:
        'Two holders have voted yes, too few for a tenth of all tokens. **Account 7 of the demo wallet** has enough ' +
        'votes to decide it; once it has voted, the demo’s clock jumps to the end of the vote.',
      actions: [setPolicy(world.deployment, [{ param: 'unlockRatio', value: parseEther('0.5') }])],
      days: 7,
    });
    await castVotes(world, proposed.proposalId, cast.voters.slice(0, 2));
    stops.push(endVotingOnceVoted(world, proposed, cast.visitor));
    return proposed;
  });
}
