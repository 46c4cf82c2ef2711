import { readChannel } from '@covey/client/inference';
import { join } from 'node:path';
import { ChannelBook } from '../../../host/till/channel-book.ts';
import { redeemBest } from '../../../host/till/redeem.ts';
import { VoucherLog } from '../../../host/till/voucher-log.ts';
import { coveyText } from '../../../quantities.ts';
import { openSender, stateDir } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, stateOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const hostRedeem = defineCommand({
  name: 'host redeem',
  summary: 'Redeem the vouchers of a host that does not run; one that runs does it by itself',
  examples: ['host redeem --state-dir .covey/state --key-file any.key   # any account may send it'],
  options: { ...accountOptions, ...stateOptions },
  async run(options, out) {
    const covey = await openSender(options);
    const log = await VoucherLog.open(join(stateDir(options), 'host', 'vouchers.jsonl'));
    const book = new ChannelBook((id) => readChannel(covey, id));
    const amount = await redeemBest({ covey, book, log, onEvent: (event) => out.step(event) }, 'all');
    await log.close();
    out.result('covey.host-redeem/1', { amount }, [say`redeemed ${coveyText(amount)}`]);
  },
});
