import { mintEmission } from '@covey/client';
import { formatEther } from 'viem';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';

export const emissionMint = defineCommand({
  name: 'emission mint',
  summary: 'Mint the day’s amount for the tasks that have a weight',
  examples: ['emission mint --key-file any.key'],
  options: accountOptions,
  async run(options, out) {
    const minted = await mintEmission(await openSender(options));
    const { amount, tx, gasUsed } = minted ?? { amount: 0n, tx: null, gasUsed: null };
    out.result('covey.emission-mint/1', { amount, tx, gasUsed }, [
      minted ? `minted ${formatEther(amount)} COVEY` : 'nothing to mint: too early, or no task has a weight',
    ]);
  },
});
