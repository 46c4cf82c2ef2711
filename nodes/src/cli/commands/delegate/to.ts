import { delegateVotes, getVotingPower } from '@covey/governance';
import { nodeError } from '../../../errors.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, flag, optional } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { coveyText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const delegateTo = defineCommand({
  name: 'delegate to',
  summary: 'Let an account vote with your tokens: liquid, staked and locked ones alike',
  examples: [
    'delegate to --delegate 0x… --key-file me.key',
    'delegate to --self --key-file me.key   # vote yourself: tokens that nobody was lent do not count',
  ],
  options: {
    ...accountOptions,
    delegate: optional('--delegate <address>', 'who votes', ethereumAddress),
    self: flag('--self', 'the own account'),
  },
  async run(options, out) {
    if ((options.delegate === undefined) === (options.self === undefined)) {
      throw nodeError('CONFIG_INVALID', 'Who shall vote?', { expected: 'either --delegate ADDRESS or --self' });
    }
    const covey = await openSender(options);
    const { address } = covey.sender;
    const delegatee = options.delegate ?? address;
    const { hash: tx, receipt } = await delegateVotes(covey, { delegatee });
    const power = await getVotingPower(covey, { address });
    out.result('covey.delegate/1', { address, ...power, tx, gasUsed: receipt.gasUsed }, [
      say`${delegatee} votes with the ${coveyText(power.units)} of ${address}`,
    ]);
  },
});
