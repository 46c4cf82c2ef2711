import { readListing, readOrder, readTokenUnit, refundOrder, settleOrders } from '@covey/client';
import { unitsOf } from '../../../market/about-listing.ts';
import { tokenText } from '../../../quantities.ts';
import { openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { orderIds, orderOption } from './lines.ts';

export const marketRefund = defineCommand({
  name: 'market refund',
  summary: 'Give the price of an order back, where no key came in time or the seller was proven a fraud; anyone may',
  examples: ['market refund --order 7 --key-file buyer.key'],
  options: { ...accountOptions, ...orderOption },
  async run(options, out) {
    const covey = await openSender(options);
    const { orderId, listingId, buyer } = await readOrder(covey, options.order);
    const { token } = await readListing(covey, listingId);
    const unit = await readTokenUnit(covey, token);
    const { amount, tx, gasUsed } = await refundOrder(covey, orderId);
    out.result('covey.market-refund/1', { orderId, listingId, buyer, token, amount, tx, gasUsed }, [
      say`order ${orderId}: ${tokenText(amount, unit)} went back to ${buyer}`,
    ]);
  },
});

export const marketSettle = defineCommand({
  name: 'market settle',
  summary: 'Pay the seller of orders whose dispute window is over; the buyer may before, anyone after',
  examples: ['market settle --order 7,8 --key-file any.key'],
  options: { ...accountOptions, order: required('--order <ids>', 'orders, comma-separated', orderIds) },
  async run(options, out) {
    const covey = await openSender(options);
    const { settled, tx, gasUsed } = await settleOrders(covey, options.order);
    const listings = await Promise.all(settled.map(({ listingId }) => readListing(covey, listingId)));
    const unitOf = await unitsOf(
      covey,
      listings.map(({ token }) => token),
    );
    out.result(
      'covey.market-settle/1',
      { settled, tx, gasUsed },
      settled.length === 0
        ? [say`none of them can be settled`]
        : settled.map(
            ({ orderId, toSeller }, i) =>
              say`order ${orderId}: ${tokenText(toSeller, unitOf(listings[i]!.token))} to the seller`,
          ),
    );
  },
});
