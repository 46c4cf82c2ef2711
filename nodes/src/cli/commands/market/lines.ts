import { licensedForEver, type ListingOnChain, type OrderOnChain, type SaleState, type TokenUnit } from '@covey/client';
import { InvalidArgumentError } from 'commander';
import { parseUnits } from 'viem';
import { nodeError } from '../../../errors.ts';
import { coveyText, durationText, tokenText, utcText } from '../../../quantities.ts';
import { taskId as positiveId } from '../../arguments.ts';
import { required } from '../../define-command.ts';
import { momentText } from '../../words/moment.ts';
import { phrase, say } from '../../words/say.ts';

export const listingOption = { listing: required('--listing <id>', 'listing', positiveId) };
export const orderOption = { order: required('--order <id>', 'order', positiveId) };
export const orderIds = (text: string): bigint[] => {
  const ids = text.split(',').map(positiveId);
  if (ids.length > 64) throw new InvalidArgumentError('Expected at most 64 orders.');
  return ids;
};

/** What `--price` says, in the smallest unit of the token. */
export function priceOf(text: string, { decimals }: TokenUnit): bigint {
  const units = /^(\d+)wei$/.exec(text);
  const [, part = ''] = text.split('.');
  if (!units && part.length > decimals) {
    throw nodeError('CONFIG_INVALID', `The token has fewer decimals than ${text}.`, {
      expected: `at most ${decimals}`,
    });
  }
  const price = units ? BigInt(units[1]!) : parseUnits(text, decimals);
  if (price > 0n && price < 2n ** 128n) return price;
  throw nodeError('CONFIG_INVALID', 'A price is above nothing, and below what the contract holds.', { got: text });
}

/** What the model is of: its task's, one of its rounds', its maker's own, sealed. */
function whatLine({ kind, taskId, rounds }: ListingOnChain): string {
  switch (kind) {
    case 'task':
      return say`model of task ${String(taskId)}`;
    case 'round':
      return say`model of task ${String(taskId)}, round ${rounds - 1}`;
    case 'own':
      return say`a maker’s own model, open`;
    case 'sealed':
      return say`a maker’s own model, sealed`;
  }
}

const forHowLong = (period: number) => (period === 0 ? say`for ever` : say`for ${durationText(period)}`);

/** A proposal is active in another sense. */
export const stateText = (state: SaleState): string => (state === 'active' ? say`for sale` : phrase(state));

/** A line for the list. The name is a text of others: it is quoted. */
export function listingLine(listing: ListingOnChain, name: string | null, unit: TokenUnit): string {
  const { listingId, state, price, period, sales } = listing;
  const called = name === null ? '' : ` ${JSON.stringify(name)}`;
  const terms = `${tokenText(price, unit)} ${forHowLong(period)}`;
  return `${listingId}${called} (${whatLine(listing)}): ${stateText(state)}, ${terms}, ${say`${sales} sold`}`;
}

/** All of a listing, for people. */
export function listingLines(listing: ListingOnChain, name: string | null, unit: TokenUnit): string[] {
  const { seller, model, card, previous, creatorShare, sealed, kind, listingId, state } = listing;
  const percent = Number(creatorShare / 10n ** 14n) / 100;
  return [
    listingLine(listing, name, unit),
    say`seller ${seller}`,
    model === null ? say`it names no content that Covey reads: do not buy it` : say`model ${model}`,
    ...(card === null ? [] : [say`card ${card}`]),
    ...(previous === null ? [] : [say`a new version of listing ${previous}`]),
    ...(kind === 'task' || kind === 'round'
      ? [say`${percent} % of sales go to the creator, after the fee the rest to contributors`]
      : []),
    kind === 'sealed'
      ? say`its ciphertext is public, the key is what is sold`
      : say`the model is public: what is sold is the licence, and what its contributors are paid`,
    ...(sealed
      ? [say`${sealed.bytes} bytes, a bond of ${coveyText(sealed.bond)}, ${sealed.openOrders} open orders`]
      : []),
    ...(state === 'unsecured'
      ? [say`nobody can order it before its seller’s bond stands: \`covey market bond --listing ${listingId}\``]
      : []),
    ...(state === 'fraudulent' ? [say`its seller was proven to have delivered a wrong key or wrong content`] : []),
  ];
}

export const licenceText = (end: number): string =>
  end === 0
    ? say`no licence`
    : end === licensedForEver
      ? say`a licence for ever`
      : say`a licence until ${utcText(end)}`;

/** Where an order is, as the account sees it, and what there is to do next. */
export interface OrderView {
  side: 'buyer' | 'seller';
  /** By the command that does it; null for nothing. */
  next: 'deliver' | 'refund' | 'receive' | 'dispute' | 'settle' | 'wait' | null;
  /** Until when, or from when on; unix seconds. */
  deadline: number | null;
}

export function orderView(
  order: OrderOnChain,
  listing: ListingOnChain,
  side: OrderView['side'],
  now: number,
): OrderView {
  const { state, deliverBy, disputeEnd } = order;
  const fraudulent = listing.state === 'fraudulent';
  if (state === 'settled' || state === 'refunded') return { side, next: null, deadline: null };
  if (fraudulent) return { side, next: 'refund', deadline: null };
  if (state === 'open') {
    if (now >= deliverBy) return { side, next: 'refund', deadline: null };
    return { side, next: side === 'seller' ? 'deliver' : 'wait', deadline: deliverBy };
  }
  if (now >= disputeEnd!) return { side, next: 'settle', deadline: null };
  return { side, next: side === 'buyer' ? 'receive' : 'wait', deadline: disputeEnd };
}

export function orderLines(order: OrderOnChain, view: OrderView, unit: TokenUnit, now: number): string[] {
  const { orderId, listingId, state, price, buyer } = order;
  const who = view.side === 'buyer' ? say`bought` : say`sold to ${buyer}`;
  return [
    say`order ${orderId}, listing ${listingId}: ${phrase(state)}, ${tokenText(price, unit)}, ${who}`,
    ...nextLines(order, view, now).map((line) => `    ${line}`),
  ];
}

function nextLines({ orderId, state }: OrderOnChain, { next, deadline, side }: OrderView, now: number): string[] {
  const until = deadline === null ? '' : momentText(deadline, now);
  switch (next) {
    case null:
      return [];
    case 'deliver':
      return [say`deliver its key before ${until}: \`covey market deliver --order ${orderId} --content-key FILE\``];
    case 'refund':
      return [say`the price goes back to the buyer: \`covey market refund --order ${orderId}\``];
    case 'settle':
      return [say`its seller can be paid: \`covey market settle --order ${orderId}\``];
    case 'receive':
    case 'dispute':
      return [
        say`the key is there: \`covey pull --order ${orderId}\` opens what was bought`,
        say`if key or content is wrong, prove it before ${until}: \`covey market dispute --order ${orderId}\``,
      ];
    case 'wait':
      if (state === 'open') return [say`the seller delivers before ${until}, or the price comes back`];
      return side === 'seller' ? [say`the buyer may dispute until ${until}; then it is settled`] : [];
  }
}
