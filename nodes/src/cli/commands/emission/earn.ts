import { earnEmission } from '@covey/client';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, roundOptions } from '../../options.ts';
import { coveyText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const emissionEarn = defineCommand({
  name: 'emission earn',
  summary: 'Mint what a finished round earned, for its task’s next rounds',
  examples: ['emission earn --task 1 --round 0 --key-file any.key'],
  options: { ...accountOptions, ...roundOptions },
  async run(options, out) {
    const { task: taskId, round } = options;
    const earned = await earnEmission(await openSender(options), { taskId, round });
    const { amount, tx, gasUsed } = earned ?? { amount: 0n, tx: null, gasUsed: null };
    out.result('covey.emission-earn/1', { taskId, round, amount, tx, gasUsed }, [
      earned ? say`minted ${coveyText(amount)}` : say`nothing to mint: the round is not finished, or has earned before`,
    ]);
  },
});
