import {
  deliverKeys,
  inTurns,
  readListings,
  readListingCount,
  readOrder,
  readOrderCount,
  readOwed,
  settleOrders,
  withdrawOwed,
  type CoveyWriter,
  type ListingOnChain,
  type OrderOnChain,
} from '@covey/client';
import { isAddressEqual, type Address, type Hex } from 'viem';
import type { PendingOrder } from '../daemon/duties.ts';
import { poll, type RunOptions } from '../daemon/poll.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { isConfirmed, momentOf, type Moment } from './confirmations.ts';

export interface SellerOptions {
  covey: CoveyWriter;
  /** Whose listings it serves: the account's own, or those of a seller that named it to deliver. */
  seller?: Address | undefined;
  /** Content keys by their hashes; asked at each look at new orders, so that a key can be added while it runs. */
  keys: () => Promise<ReadonlyMap<Hex, Uint8Array>>;
  /**
   * How many blocks must stand on an order before its key is sent (`isConfirmed`): after a reorganisation who paid for the key
   * may have it without having paid. Default 12.
   */
  confirmations?: number;
  /** Seconds of the chain between two withdrawals of what was sold; null for none. Default a day. */
  withdrawEvery?: number | null;
  onEvent?: OnEvent;
}

/** Deliveries and settlements of one transaction: each delivery costs some 100,000 gas. */
const atOnce = 16;
const day = 86_400;
/** Seconds of the chain between two looks back, and how far back they reach: no reorganisation is as deep. */
const rescanSeconds = 300n;
const rescanned = 3_600n;

interface Watched {
  order: OrderOnChain;
  /** When it was first seen, with this public key and listing. */
  seen: Moment;
  lacking: boolean;
}

/**
 * Sells sealed models unattended: delivers the key of each order before its deadline, settles what nobody disputed, and
 * withdraws. All that it knows stands on the chain, so it may be stopped at any moment: what was delivered is seen there, and
 * nothing is delivered twice. What it delivers is held to the hash that the listing committed to.
 */
export class Seller {
  readonly covey: CoveyWriter;
  readonly #options: SellerOptions;
  readonly #onEvent: OnEvent;
  readonly #seller: Address;
  /** Own sealed listings, and orders of them that are neither settled nor refunded. */
  readonly #listings = new Map<bigint, ListingOnChain>();
  readonly #orders = new Map<bigint, Watched>();
  readonly #fraudulent = new Set<bigint>();
  #listingsSeen = 0n;
  #ordersSeen = 0n;
  #lookedAt = 0n;
  #lookedBackAt = 0n;
  /** What had been seen when: of the last hour, and once before it. */
  readonly #scans: { at: bigint; listings: bigint; orders: bigint }[] = [];
  /** Orders whose deadline passed, each by its number and its key. */
  readonly #late = new Set<string>();
  #withdrawnAt = 0n;

  constructor(options: SellerOptions) {
    this.covey = options.covey;
    this.#options = options;
    this.#onEvent = options.onEvent ?? ignoreEvents;
    this.#seller = options.seller ?? options.covey.sender.address;
  }

  async run(options: RunOptions = {}): Promise<void> {
    const { address } = this.covey.sender;
    this.#onEvent({ event: 'started', role: 'seller', address });
    await poll((signal) => this.step(signal), { ...options, onEvent: this.#onEvent });
    this.#onEvent({ event: 'stopped', role: 'seller', address });
  }

  /** Orders whose key is to be delivered, the nearest deadline first. */
  get pendingOrders(): PendingOrder[] {
    return this.#standing()
      .map(({ order }) => order)
      .filter(({ state, listingId }) => state === 'open' && this.#listings.get(listingId)?.state !== 'fraudulent')
      .map(({ orderId, listingId, deliverBy }) => ({ orderId, listingId, deliverBy }))
      .sort((a, b) => a.deliverBy - b.deliverBy);
  }

  /** Looks once, and does what is due. */
  async step(signal?: AbortSignal): Promise<void> {
    const at = await momentOf(this.covey);
    const { now } = at;
    await this.#look(at);
    if (signal?.aborted) return;
    await this.#deliver(at);
    if (signal?.aborted) return;
    await this.#settle(now);
    if (signal?.aborted) return;
    await this.#withdraw(now);
  }

  /**
   * Takes new listings and orders in, and how those stand with which something is due. Orders are counted before listings, so
   * that each has its listing; what is new is read anew from time to time, since a reorganisation can change it.
   */
  async #look(at: Moment): Promise<void> {
    const { now } = at;
    this.#lookBack(now);
    const orders = await readOrderCount(this.covey);
    await this.#lookAtListings();
    const watched = [...this.#orders.values()].filter(({ order }) => isDue(order, now));
    const known = watched.map(({ order }) => order.orderId).filter((id) => id <= orders && id <= this.#ordersSeen);
    const read = await inTurns([...known, ...range(this.#ordersSeen, orders)], (id) => readOrder(this.covey, id), 16);
    // An endpoint that is behind the one that counted may not have the listing yet.
    const early = read.find(({ listingId }) => listingId > this.#listingsSeen);
    for (const order of read) if (order !== early) this.#take(order, at);
    this.#ordersSeen = early ? early.orderId - 1n : orders;
    this.#lookedAt = now;
  }

  /** Goes on from what had been seen an hour ago; from the beginning, until it has run for as long. */
  #lookBack(now: bigint): void {
    if (now < this.#lookedBackAt + rescanSeconds) return;
    this.#lookedBackAt = now;
    const scans = this.#scans;
    scans.push({ at: this.#lookedAt, listings: this.#listingsSeen, orders: this.#ordersSeen });
    while (scans[1] && scans[1].at + rescanned <= now) scans.shift();
    [this.#listingsSeen, this.#ordersSeen] = [scans[0]!.listings, scans[0]!.orders];
  }

  async #lookAtListings(): Promise<void> {
    const count = await readListingCount(this.covey);
    const known = [...this.#listings.keys()].filter((id) => id <= count && id <= this.#listingsSeen);
    for (const listing of await readListings(this.covey, [...known, ...range(this.#listingsSeen, count)])) {
      const { listingId, seller, sealed, state } = listing;
      if (sealed && isAddressEqual(seller, this.#seller)) this.#listings.set(listingId, listing);
      else this.#listings.delete(listingId);
      if (!this.#listings.has(listingId) || state !== 'fraudulent' || this.#fraudulent.has(listingId)) continue;
      this.#fraudulent.add(listingId);
      this.#onEvent({ event: 'listing-fraudulent', listingId });
    }
    this.#listingsSeen = count;
  }

  #take(order: OrderOnChain, at: Moment): void {
    const { orderId, listingId, state, price, deliverBy, publicKeyHash } = order;
    const before = this.#orders.get(orderId);
    const isOver = state === 'settled' || state === 'refunded' || this.#late.has(`${orderId} ${publicKeyHash}`);
    if (!this.#listings.has(listingId) || isOver) {
      this.#orders.delete(orderId);
      return;
    }
    // Another key or listing under the same number is another order: the chain was reorganised.
    const isSame = before?.order.publicKeyHash === publicKeyHash && before.order.listingId === listingId;
    this.#orders.set(orderId, isSame ? { ...before, order } : { order, seen: at, lacking: false });
    if (!isSame && state === 'open') this.#onEvent({ event: 'order-seen', orderId, listingId, price, deliverBy });
  }

  /** Orders that the last look found: the newest may be gone, by a reorganisation or at an endpoint that is behind. */
  #standing(): Watched[] {
    return [...this.#orders.values()].filter(({ order }) => order.orderId <= this.#ordersSeen);
  }

  async #deliver(at: Moment): Promise<void> {
    const { now } = at;
    const { confirmations = 12 } = this.#options;
    const open = this.#standing().filter(({ order }) => order.state === 'open');
    for (const { order } of open) if (now >= BigInt(order.deliverBy)) this.#missed(order);
    const due = open.filter(
      ({ order, seen }) =>
        now < BigInt(order.deliverBy) &&
        isConfirmed(seen, at, order.deliverBy, confirmations) &&
        this.#listings.get(order.listingId)!.state !== 'fraudulent',
    );
    if (due.length === 0) return;
    const keys = await this.#options.keys();
    const deliveries: { order: OrderOnChain; key: Uint8Array }[] = [];
    for (const watched of due) {
      const { order } = watched;
      const { orderId, listingId, deliverBy } = order;
      const key = keys.get(this.#listings.get(listingId)!.sealed!.keyHash);
      if (key) deliveries.push({ order, key });
      else if (!watched.lacking) {
        watched.lacking = true;
        this.#onEvent({ event: 'key-lacking', orderId, listingId, deliverBy });
      }
    }
    // The nearest deadline first.
    deliveries.sort((a, b) => a.order.deliverBy - b.order.deliverBy);
    for (let start = 0; start < deliveries.length; start += atOnce) {
      const batch = deliveries.slice(start, start + atOnce);
      const { delivered, tx, gasUsed } = await deliverKeys(this.covey, batch);
      for (const { orderId, disputeEnd } of delivered) {
        const { listingId } = batch.find(({ order }) => order.orderId === orderId)!.order;
        this.#onEvent({ event: 'key-delivered', orderId, listingId, disputeEnd, tx, gasUsed });
        this.#take(await readOrder(this.covey, orderId), at);
      }
    }
  }

  #missed({ orderId, listingId, deliverBy, publicKeyHash }: OrderOnChain): void {
    // Refunding is the buyer's; it is said once.
    this.#late.add(`${orderId} ${publicKeyHash}`);
    this.#orders.delete(orderId);
    this.#onEvent({ event: 'order-missed', orderId, listingId, deliverBy });
  }

  async #settle(now: bigint): Promise<void> {
    const due = this.#standing()
      .map(({ order }) => order)
      .filter(
        ({ state, disputeEnd, listingId }) =>
          state === 'delivered' &&
          disputeEnd !== null &&
          now >= BigInt(disputeEnd) &&
          this.#listings.get(listingId)!.state !== 'fraudulent',
      );
    for (let start = 0; start < due.length; start += atOnce) {
      const ids = due.slice(start, start + atOnce).map(({ orderId }) => orderId);
      const { settled, tx, gasUsed } = await settleOrders(this.covey, ids);
      for (const one of settled) {
        this.#orders.delete(one.orderId);
        this.#onEvent({ event: 'order-settled', ...one, tx, gasUsed });
      }
    }
  }

  async #withdraw(now: bigint): Promise<void> {
    const { withdrawEvery = day } = this.#options;
    if (withdrawEvery === null || now < this.#withdrawnAt + BigInt(withdrawEvery)) return;
    const tokens = [...this.#listings.values()].map(({ token }) => token);
    const owed = await readOwed(this.covey, this.#seller, tokens);
    // Nothing to withdraw is looked at again at the next look: the first sale need not wait for a day.
    if (owed.length === 0) return;
    const sent = await withdrawOwed(this.covey, this.#seller, owed);
    this.#withdrawnAt = now;
    for (const { withdrawn, tx, gasUsed } of sent)
      for (const one of withdrawn) this.#onEvent({ event: 'sales-withdrawn', ...one, tx, gasUsed });
  }
}

/** Open orders may be refunded or delivered; delivered ones are looked at once they can be settled. */
const isDue = ({ state, disputeEnd }: OrderOnChain, now: bigint): boolean =>
  state === 'open' || now >= BigInt(disputeEnd ?? 0);

/** Numbers above `from` up to `to`. */
const range = (from: bigint, to: bigint): bigint[] =>
  Array.from({ length: Math.max(0, Number(to - from)) }, (_, i) => from + BigInt(i) + 1n);
