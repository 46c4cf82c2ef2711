import {
  chainTime,
  readListing,
  readListings,
  readOrder,
  readOrders,
  type ListingOnChain,
  type OrderOnChain,
} from '@covey/client';
import { isAddressEqual, type Address } from 'viem';
import { unitsOf } from '../../../market/about-listing.ts';
import { nodeError } from '../../../errors.ts';
import { ethereumAddress, taskId as positiveId } from '../../arguments.ts';
import { accountOf } from '../../account.ts';
import { openChain } from '../../context.ts';
import { defineCommand, flag, optional } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { orderLines, orderView, type OrderView } from './lines.ts';

export const marketOrders = defineCommand({
  name: 'market orders',
  summary: 'Orders of sealed models, as buyer and as seller: where they are, until when, what to do next',
  examples: ['market orders --key-file me.key', 'market orders --account 0x… --all', 'market orders --order 7 --json'],
  options: {
    ...accountOptions,
    account: optional('--account <address>', 'whose (default: the own account)', ethereumAddress),
    order: optional('--order <id>', 'only this one', positiveId),
    all: flag('--all', 'also those that are settled or refunded'),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const account = options.account ?? (await accountOf(options));
    const now = Number(await chainTime(covey));
    const found = await (options.order === undefined
      ? ordersOf(covey, requireAccount(account))
      : oneOrder(covey, options.order, account));
    const shown = found
      .map(({ order, listing, side }) => ({ order, listing, view: orderView(order, listing, side, now) }))
      .filter(({ view }) => options.all || options.order !== undefined || view.next !== null);
    const unitOf = await unitsOf(
      covey,
      shown.map(({ listing }) => listing.token),
    );
    out.result(
      'covey.market-orders/1',
      {
        now,
        orders: shown.map(({ order, listing, view }) => ({
          ...order,
          token: listing.token,
          model: listing.model,
          ...view,
        })),
      },
      shown.length === 0
        ? [say`no orders with anything to do; --all shows ${found.length}`]
        : shown.flatMap(({ order, listing, view }) => orderLines(order, view, unitOf(listing.token), now)),
    );
  },
});

interface Found {
  order: OrderOnChain;
  listing: ListingOnChain;
  side: OrderView['side'];
}

type Chain = Parameters<typeof readOrder>[0];

async function oneOrder(covey: Chain, orderId: bigint, account: Address | undefined): Promise<Found[]> {
  const order = await readOrder(covey, orderId);
  const listing = await readListing(covey, order.listingId);
  const sells = account !== undefined && isAddressEqual(account, listing.seller);
  return [{ order, listing, side: sells ? 'seller' : 'buyer' }];
}

async function ordersOf(covey: Chain, account: Address): Promise<Found[]> {
  const listings = await readListings(covey);
  const own = listings.filter(({ seller, kind }) => kind === 'sealed' && isAddressEqual(seller, account));
  const [bought, sold] = await Promise.all([
    readOrders(covey, { buyer: account }),
    readOrders(covey, { listings: own.map(({ listingId }) => listingId) }),
  ]);
  const of = (side: OrderView['side']) => (order: OrderOnChain) => ({
    order,
    listing: listings.find(({ listingId }) => listingId === order.listingId)!,
    side,
  });
  return [...bought.map(of('buyer')), ...sold.map(of('seller'))].toSorted((a, b) =>
    a.order.orderId > b.order.orderId ? -1 : 1,
  );
}

function requireAccount(account: Address | undefined): Address {
  if (account !== undefined) return account;
  throw nodeError('CONFIG_INVALID', 'Whose orders?', { expected: '--account ADDRESS, --order ID, or a key' });
}
