import { boughtByOrder, keyOf } from '../../../market/bought.ts';
import { keepContentKey } from '../../../market/content-keys.ts';
import { openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { orderOption } from './lines.ts';

export const marketReceive = defineCommand({
  name: 'market receive',
  summary: 'Unwrap the key that was delivered to this account, and check that it is the one that was sold',
  examples: ['market receive --order 7 --content-key model.key --key-file buyer.key'],
  options: {
    ...accountOptions,
    ...orderOption,
    contentKey: required('--content-key <file>', 'where the key is written'),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const bought = await boughtByOrder(covey, options.order);
    const { orderId, listingId, disputeEnd } = bought.order;
    await keepContentKey(options.contentKey, await keyOf(covey, bought));
    const { model } = bought.listing;
    out.result('covey.market-receive/1', { orderId, listingId, model, contentKey: options.contentKey, disputeEnd }, [
      say`order ${orderId}: the key is right, and written to ${options.contentKey}`,
      say`open it now: \`covey pull ${String(model)} --content-key ${options.contentKey}\``,
    ]);
  },
});
