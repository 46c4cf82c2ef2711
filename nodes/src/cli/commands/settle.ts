import { settleFromChain } from '@covey/client';
import { formatEther } from 'viem';
import { openChain, openReader } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { chainOptions, readerOptions, roundOptions } from '../options.ts';

export const settle = defineCommand({
  name: 'settle',
  summary: 'Recompute what an accepted round pays to whom',
  examples: ['settle --deployment covey.json --task 1 --round 0'],
  options: { ...chainOptions, ...readerOptions, ...roundOptions },
  async run(options, out) {
    const { task: taskId, round } = options;
    const covey = await openChain(options);
    const { document: _, ...found } = await settleFromChain(covey, openReader(options), taskId, round);
    const { units, common } = found.funds;
    const { secured, trainers, validators } = found.parts;
    out.result('covey.settle/2', { taskId, round, ...found }, [
      `pool ${formatEther(units + common)} COVEY, of it ${formatEther(secured)} secured by ${formatEther(found.stakeBehind)} of stake`,
      `fee ${formatEther(found.fee)}, trainers ${formatEther(trainers)}, validators ${formatEther(validators)}`,
      ...found.trainers.map(({ node, payout }) => `trainer   ${node} ${formatEther(payout.total)}`),
      ...found.validators.map(({ validator, payout }) => `validator ${validator} ${formatEther(payout.total)}`),
      `paid ${formatEther(found.paid)}, carried over ${formatEther(found.carried)}`,
    ]);
  },
});
