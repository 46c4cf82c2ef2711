import { getVotingPower, listDelegators } from '@covey/governance';
import { formatEther } from 'viem';
import { ethereumAddress } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';

export const delegateShow = defineCommand({
  name: 'delegate show',
  summary: 'Show who an account lends its votes to, and who lends it theirs',
  examples: ['delegate show --address 0x… --deployment covey.json'],
  options: { ...chainOptions, address: required('--address <address>', 'account', ethereumAddress) },
  async run(options, out) {
    const { address } = options;
    const covey = await openChain(options);
    const [power, delegators] = await Promise.all([
      getVotingPower(covey, { address }),
      listDelegators(covey, { delegate: address }),
    ]);
    out.result('covey.delegate/1', { address, ...power, delegate: power.delegate ?? null, delegators }, [
      `${address} can vote with ${formatEther(power.votes)}`,
      `its own ${formatEther(power.units)} are voted by ${power.delegate ?? 'nobody, so they do not count'}`,
      ...delegators.map((lender) => `${lender.address} lends ${formatEther(lender.units)}`),
    ]);
  },
});
