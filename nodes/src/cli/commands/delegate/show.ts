import { getVotingPower, listDelegators } from '@covey/governance';
import { ethereumAddress } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { coveyText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const delegateShow = defineCommand({
  name: 'delegate show',
  summary: 'Show who an account lends its votes to, and who lends it theirs',
  examples: ['delegate show --address 0x…'],
  options: { ...chainOptions, address: required('--address <address>', 'account', ethereumAddress) },
  async run(options, out) {
    const { address } = options;
    const covey = await openChain(options);
    const [power, delegators] = await Promise.all([
      getVotingPower(covey, { address }),
      listDelegators(covey, { delegate: address }),
    ]);
    out.result('covey.delegate/1', { address, ...power, delegate: power.delegate ?? null, delegators }, [
      say`${address} can vote with ${coveyText(power.votes)}`,
      power.delegate
        ? say`its own ${coveyText(power.units)} are voted by ${power.delegate}`
        : say`its own ${coveyText(power.units)} are voted by nobody, so they do not count`,
      ...delegators.map((lender) => say`${lender.address} lends ${coveyText(lender.units)}`),
    ]);
  },
});
