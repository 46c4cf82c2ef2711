import { clientError, deliverKeys, readListing, readOrder } from '@covey/client';
import { bytesToHex } from 'viem';
import { readContentKeys } from '../../../market/content-keys.ts';
import { utcText } from '../../../quantities.ts';
import { openSender } from '../../context.ts';
import { defineCommand, required, several } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { nodeError } from '../../../errors.ts';
import { orderIds } from './lines.ts';

export const contentKeysOption = {
  contentKey: several('--content-key <paths...>', 'key files that `covey seal` wrote, or folders of `.key` files'),
};

export const marketDeliver = defineCommand({
  name: 'market deliver',
  summary: 'Deliver the key of a sealed model to who ordered it',
  examples: ['market deliver --order 7 --content-key model.key --key-file seller.key'],
  options: {
    ...accountOptions,
    order: required('--order <ids>', 'orders, comma-separated', orderIds),
    ...contentKeysOption,
  },
  async run(options, out) {
    const covey = await openSender(options);
    const keys = await readContentKeys(requireKeys(options.contentKey));
    const deliveries = await Promise.all(
      options.order.map(async (orderId) => {
        const order = await readOrder(covey, orderId);
        const { sealed, listingId } = await readListing(covey, order.listingId);
        const key = sealed && keys.get(sealed.keyHash);
        if (key) return { order, key };
        throw clientError('ORDER_KEY_WRONG', `None of these is the key of listing ${listingId}.`, {
          expected: `a key whose hash is ${sealed?.keyHash ?? bytesToHex(new Uint8Array(32))}`,
        });
      }),
    );
    const { delivered, tx, gasUsed } = await deliverKeys(covey, deliveries);
    out.result(
      'covey.market-deliver/1',
      { delivered, tx, gasUsed },
      delivered.map(
        ({ orderId, disputeEnd }) => say`order ${orderId}: delivered; it can be disputed until ${utcText(disputeEnd)}`,
      ),
    );
  },
});

export function requireKeys(paths: string[] | undefined): string[] {
  if (paths) return paths;
  throw nodeError('CONFIG_INVALID', 'Which keys are sold?', { expected: '--content-key FILE' });
}
