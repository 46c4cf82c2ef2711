import { readEarning, readEmission } from '@covey/client';
import { nodeError } from '../../../errors.ts';
import { integer, taskId } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { coveyText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const emissionShow = defineCommand({
  name: 'emission show',
  summary: 'Show the emission, and what a round earned of it',
  examples: ['emission show', 'emission show --task 1 --round 0 --json'],
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
      say`${coveyText(emission.minted)} of ${coveyText(emission.communityShare)} minted`,
      say`today’s rounds earn at most ${coveyText(emission.today)} together`,
      ...(earning
        ? [
            earning.earned
              ? say`task ${earning.taskId} round ${earning.round}: earned and minted`
              : say`task ${earning.taskId} round ${earning.round}: ${coveyText(earning.earning)} to mint`,
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
