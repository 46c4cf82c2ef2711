import { clientError, deliverKeys, readListing, readOrder, type CoveyChain, type OrderOnChain } from '@covey/client';
import { bytesToHex, type Hex } from 'viem';
import { readContentKeys } from '../../../market/content-keys.ts';
import { isConfirmed, momentOf, type Moment } from '../../../seller/confirmations.ts';
import { utcText } from '../../../quantities.ts';
import { integer } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, preset, required, several } from '../../define-command.ts';
import { accountOptions, pollOption } from '../../options.ts';
import type { Output } from '../../output.ts';
import { untilDone } from '../../until-done.ts';
import { say } from '../../words/say.ts';
import { nodeError } from '../../../errors.ts';
import { orderIds } from './lines.ts';

export const contentKeysOption = {
  contentKey: several('--content-key <paths...>', 'key files that `covey seal` wrote, or folders of `.key` files'),
};

export const confirmationsOption = {
  confirmations: preset(
    '--confirmations <n>',
    'blocks that must stand on an order before its key is sent',
    12,
    integer,
  ),
};

export const marketDeliver = defineCommand({
  name: 'market deliver',
  summary: 'Deliver the key of a sealed model to who ordered it',
  examples: ['market deliver --order 7 --content-key model.key --key-file seller.key'],
  options: {
    ...accountOptions,
    order: required('--order <ids>', 'orders, comma-separated', orderIds),
    ...contentKeysOption,
    ...confirmationsOption,
    ...pollOption,
  },
  async run(options, out) {
    const covey = await openSender(options);
    const keys = await readContentKeys(requireKeys(options.contentKey));
    // A key that is wrong or missing is said before anything is waited for.
    await deliveriesOf(covey, await readAll(covey, options.order), keys);
    const orders = await untilConfirmed(covey, options, out);
    const deliveries = await deliveriesOf(covey, orders, keys);
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

const readAll = (covey: CoveyChain, orderIds: readonly bigint[]): Promise<OrderOnChain[]> =>
  Promise.all(orderIds.map((orderId) => readOrder(covey, orderId)));

const deliveriesOf = (covey: CoveyChain, orders: readonly OrderOnChain[], keys: ReadonlyMap<Hex, Uint8Array>) =>
  Promise.all(
    orders.map(async (order) => {
      const { sealed, listingId } = await readListing(covey, order.listingId);
      const key = sealed && keys.get(sealed.keyHash);
      if (key) return { order, key };
      throw clientError('ORDER_KEY_WRONG', `None of these is the key of listing ${listingId}.`, {
        expected: `a key whose hash is ${sealed?.keyHash ?? bytesToHex(new Uint8Array(32))}`,
      });
    }),
  );

/** The orders once all stand for long enough. One that is no longer open is not waited for: the contract refuses it. */
async function untilConfirmed(
  covey: CoveyChain,
  { order: orderIds, confirmations, pollMs }: { order: bigint[]; confirmations: number; pollMs: number },
  out: Output,
): Promise<OrderOnChain[]> {
  // By number, key and listing: another one under the same number is another order, whose blocks count from then on.
  const seen = new Map<string, Moment>();
  const look = async () => {
    const at = await momentOf(covey);
    const orders = await readAll(covey, orderIds);
    const waiting = orders.filter(({ orderId, publicKeyHash, listingId, state, deliverBy }) => {
      const name = `${orderId} ${publicKeyHash} ${listingId}`;
      const first = seen.get(name) ?? at;
      seen.set(name, first);
      return state === 'open' && !isConfirmed(first, at, deliverBy, confirmations);
    });
    return { orders, waiting };
  };
  if (confirmations > 0)
    out.progress(say`waiting for ${confirmations} blocks, so that no reorganisation changes who ordered`);
  const { orders, waiting } = await untilDone({
    look,
    isDone: (found) => found.waiting.length === 0,
    pollMs,
    onEvent: (event) => out.step(event),
  });
  const [early] = waiting;
  if (!early) return orders;
  throw clientError('ORDER_STATE', `No key was sent: too few blocks stand on order ${early.orderId}.`, {
    expected: `--confirmations ${confirmations}`,
    hint: 'Run it again before its deadline.',
  });
}

export function requireKeys(paths: string[] | undefined): string[] {
  if (paths) return paths;
  throw nodeError('CONFIG_INVALID', 'Which keys are sold?', { expected: '--content-key FILE' });
}
