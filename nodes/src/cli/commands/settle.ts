import { settleFromChain } from '@covey/client';
import { openChain, openReader } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { chainOptions, readerOptions, roundOptions } from '../options.ts';
import { coveyText } from '../../quantities.ts';
import { say } from '../words/say.ts';

export const settle = defineCommand({
  name: 'settle',
  summary: 'Recompute what an accepted round pays to whom',
  examples: ['settle --task 1 --round 0'],
  options: { ...chainOptions, ...readerOptions, ...roundOptions },
  async run(options, out) {
    const { task: taskId, round } = options;
    const covey = await openChain(options);
    const { document: _, ...found } = await settleFromChain(covey, openReader(options), taskId, round);
    const { units, common } = found.funds;
    const { secured, trainers, validators } = found.parts;
    out.result('covey.settle/2', { taskId, round, ...found }, [
      say`pool ${coveyText(units + common)}, of it ${coveyText(secured)} secured by ${coveyText(found.stakeBehind)} of stake`,
      say`fee ${coveyText(found.fee)}, training nodes ${coveyText(trainers)}, validators ${coveyText(validators)}`,
      ...found.trainers.map(({ node, payout }) => say`trainer   ${node} ${coveyText(payout.total)}`),
      ...found.validators.map(({ validator, payout }) => say`validator ${validator} ${coveyText(payout.total)}`),
      say`paid ${coveyText(found.paid)}, carried over ${coveyText(found.carried)}`,
    ]);
  },
});
