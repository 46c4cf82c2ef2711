import { keyEscrowAbi } from '@covey/contracts/abi';
import { buyerKeyMessage, buyerSecret, publicKeyOf, type BuyerPlace } from '@covey/protocol/sealed';
import { keccak256, type Hex } from 'viem';
import { signTypedData } from 'viem/actions';
import type { CoveyWriter } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import type { OrderOnChain } from './orders.ts';

/** Orders of one account and listing that are made at once, before any of them is seen. */
export const MOST_TAKEN = 4;

/**
 * An account's secrets for sealed models, one for each order. All follow from one signature, which the wallet is asked for
 * when the first is needed, and which goes nowhere.
 */
export class BuyerKeys {
  readonly #covey: CoveyWriter;
  readonly #place: BuyerPlace;
  #signature: Promise<Hex> | null = null;

  constructor(covey: CoveyWriter) {
    this.#covey = covey;
    const { chainId, keyEscrow } = covey.deployment;
    this.#place = { chainId, escrow: keyEscrow, account: covey.sender.address };
  }

  /**
   * For the account's next order of a listing.
   *
   * @param taken How many of the next ones were named by orders that nobody had seen yet.
   */
  async next(listingId: bigint, taken = 0): Promise<{ secret: bigint; publicKey: Hex }> {
    const attempt = (await this.#orders(listingId)).length + taken;
    const secret = buyerSecret(this.#place, await this.#signed(), listingId, attempt);
    return { secret, publicKey: publicKeyOf(secret) };
  }

  /** The secret that an order was made with. ORDER_KEY_UNKNOWN where it was made with one that this account has not. */
  async of({ orderId, listingId, publicKeyHash }: OrderOnChain): Promise<{ secret: bigint; publicKey: Hex }> {
    const signature = await this.#signed();
    const made = await this.#orders(listingId);
    // Its own place comes first; others are tried for orders that were made at once.
    const place = made.findIndex((id) => id === orderId);
    const known = Array.from({ length: made.length + MOST_TAKEN }, (_, attempt) => attempt);
    const attempts = [...new Set([Math.max(0, place), ...known])];
    for (const attempt of attempts) {
      const secret = buyerSecret(this.#place, signature, listingId, attempt);
      const publicKey = publicKeyOf(secret);
      if (keccak256(publicKey) === publicKeyHash) return { secret, publicKey };
    }
    throw clientError('ORDER_KEY_UNKNOWN', `Order ${orderId} names a public key that is not this account’s.`, {
      got: this.#place.account,
    });
  }

  /** The account's orders of a listing. */
  async #orders(listingId: bigint): Promise<bigint[]> {
    const { keyEscrow: address } = this.#covey.deployment;
    const args = { listingId, buyer: this.#place.account };
    const events = await this.#covey.events({ address, abi: keyEscrowAbi, eventName: 'Ordered', args });
    return events.map(({ args: { orderId } }) => orderId);
  }

  async #signed(): Promise<Hex> {
    const { wallet } = this.#covey.sender;
    this.#signature ??= signTypedData(wallet, { account: wallet.account, ...buyerKeyMessage(this.#place) });
    try {
      return await this.#signature;
    } catch (cause) {
      this.#signature = null;
      throw chainError(cause, 'Signing for the keys of models that you buy');
    }
  }
}
