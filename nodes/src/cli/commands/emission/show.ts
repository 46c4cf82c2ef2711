import { readEarning, readEmission } from '@covey/client';
import { formatEther } from 'viem';
import { nodeError } from '../../../errors.ts';
import { integer, taskId } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';

export const emissionShow = defineCommand({
  name: 'emission show',
  summary: 'Show the emission, and what a round earned of it',
  examples: ['emission show --deployment covey.json', 'emission show --task 1 --round 0 --json'],
  options: {
    ...chainOptions,
    task: optional('--task <id>', 'with --round: of which task', taskId),
    round: optional('--round <n>', 'a round, from 0', integer),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const emission = await readEmission(covey);
    const round = roundOf(options);
    const earning = round && { ...round, ...(await readEarning(covey, round)) };
    out.result('covey.emission/2', { ...emission, round: earning }, [
      `${formatEther(emission.minted)} of ${formatEther(emission.communityShare)} COVEY minted`,
      `today's rounds earn at most ${formatEther(emission.today)} COVEY together`,
      ...(earning
        ? [
            `task ${earning.taskId} round ${earning.round}: ${earning.earned ? 'earned and minted' : `${formatEther(earning.earning)} COVEY to mint`}`,
          ]
        : []),
    ]);
  },
});

function roundOf({ task, round }: { task: bigint | undefined; round: number | undefined }) {
  if (task === undefined && round === undefined) return null;
  if (task !== undefined && round !== undefined) return { taskId: task, round };
  throw nodeError('CONFIG_INVALID', 'Which round of which task?', { expected: '--task ID with --round N' });
}
