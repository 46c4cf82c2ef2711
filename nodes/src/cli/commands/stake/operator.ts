import {
  acceptOperator,
  dismissOperator,
  ignoring,
  offerOperator,
  readActingFor,
  readOperator,
  resignOperator,
} from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import { nodeError } from '../../../errors.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, flag, optional, type Values } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

const options = {
  ...accountOptions,
  offer: optional('--offer <address>', 'the node: offer this account to act for it', ethereumAddress),
  accept: optional('--accept <node>', 'the operator: act for this node from now on', ethereumAddress),
  dismiss: flag('--dismiss', 'the node: act itself again'),
  resign: flag('--resign', 'the operator: act for it no longer'),
};

export const stakeOperator = defineCommand({
  name: 'stake operator',
  summary: 'Let another account join, commit, reveal and attest for a node, whose own key stays cold',
  examples: [
    'stake operator --offer 0x… --key-file node.key',
    'stake operator --accept 0x… --key-file operator.key',
    'stake operator --dismiss --key-file node.key',
  ],
  options,
  async run(given, out) {
    const covey = await openSender(given);
    const { tx, gasUsed } = await change(covey, given);
    const account = covey.sender.address;
    const actsFor = await ignoring(['OperatorActs'], () => readActingFor(covey, account));
    const operator = await readOperator(covey, account);
    out.result('covey.stake-operator/1', { account, actsFor, operator, tx, gasUsed }, [
      actsFor ? say`${account} acts for ${actsFor}` : say`${operator} acts for ${account}`,
    ]);
  },
});

async function change(covey: CoveyWriter, given: Values<typeof options>): Promise<Sent> {
  const { offer, accept, dismiss, resign } = given;
  const asked = [offer, accept, dismiss, resign].filter((one) => one !== undefined);
  if (asked.length !== 1) {
    throw nodeError('CONFIG_INVALID', 'One change at a time.', {
      expected: '--offer ADDRESS, --accept NODE, --dismiss or --resign',
    });
  }
  if (offer !== undefined) return await offerOperator(covey, offer);
  if (accept !== undefined) return await acceptOperator(covey, accept);
  return dismiss ? await dismissOperator(covey) : await resignOperator(covey);
}
