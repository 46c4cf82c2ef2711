import { keccak256, TransactionNotFoundError, TransactionReceiptNotFoundError } from 'viem';
import type { Address, Hex, LocalAccount, TransactionReceipt } from 'viem';
import {
  getBlockNumber,
  getChainId,
  getTransaction,
  getTransactionCount,
  getTransactionReceipt,
  sendRawTransaction,
} from 'viem/actions';
import { clientError } from '../errors.ts';
import { sleep } from '../logs/sleep.ts';
import type { ReadClient, WriteClient } from './clients.ts';
import { atLeast, capped, marketFees, raised, replaces, type Fees } from './fees.ts';
import { minedWith } from './nonces.ts';
import { poolAnswer, type PoolAnswer } from './pool-answer.ts';
import { retrying } from './retrying.ts';
import type { OnTransaction } from './transaction-events.ts';

export interface Transaction {
  /** Undefined creates a contract. */
  to?: Address;
  data: Hex;
  value: bigint;
  gas: bigint;
}

/** How long a transaction may be in no block before it is replaced: both must have passed. */
export interface Patience {
  blocks: number;
  ms: number;
}

export interface DeliveryParameters {
  client: ReadClient;
  wallet: WriteClient;
  account: LocalAccount;
  transaction: Transaction;
  nonce: number;
  /** A block in which the nonce was the account's next one. */
  before: bigint;
  /** Fees to begin with where they are higher than the chain's. */
  least?: Fees | undefined;
  /** What is being done, in words. */
  what: string;
  /** Wei for one unit of gas, at most. */
  maxGasPrice: bigint | undefined;
  patience: Patience;
  timeoutMs: number;
  pollMs: number;
  onTransaction: OnTransaction;
  onPending?: ((tx: Hex) => void) | undefined;
}

/** Another transaction of the account was mined with the nonce: what was to be done must be looked at anew. */
export class NonceTaken extends Error {}

/**
 * Signs a transaction here, sends it and sees it into a block. What is lost on the way is sent again, what no block takes
 * is replaced by the same with a higher price; all have one nonce, so at most one of them is ever mined.
 */
export async function deliver(parameters: DeliveryParameters): Promise<TransactionReceipt> {
  const delivery = new Delivery(parameters);
  return await delivery.run();
}

class Delivery {
  readonly #p: DeliveryParameters;
  readonly #hashes: Hex[] = [];
  #raw: Hex = '0x';
  #fees!: Fees;
  /** A block in which the nonce was free. */
  #before: bigint;
  #seen = -1n;
  #sentBlock = 0n;
  #sentAt = 0;
  #isCapped = false;

  constructor(parameters: DeliveryParameters) {
    this.#p = parameters;
    this.#before = parameters.before;
  }

  async run(): Promise<TransactionReceipt> {
    const { timeoutMs, pollMs, what, nonce, onTransaction } = this.#p;
    const end = performance.now() + timeoutMs;
    await this.#first();
    let trouble: unknown;
    for (;;) {
      try {
        const receipt = await this.#look();
        if (receipt) return receipt;
      } catch (error) {
        if (error instanceof NonceTaken) throw error;
        // The endpoint may recover while there is time; nobody knows what became of the transaction until then.
        trouble = error;
      }
      if (performance.now() > end) break;
      await sleep(pollMs);
    }
    const seconds = Math.round(timeoutMs / 1000);
    onTransaction({ event: 'tx-failed', what, nonce, message: `in no block after ${seconds} s` });
    throw clientError('TRANSACTION_PENDING', `${what} was sent and is in no block yet.`, {
      expected: `a block within ${seconds} s`,
      got: this.#last,
      cause: trouble,
    });
  }

  get #last(): Hex {
    return this.#hashes.at(-1)!;
  }

  async #first(): Promise<void> {
    const { client, what, nonce, least, maxGasPrice, onTransaction, onPending } = this.#p;
    const market = await retrying(() => marketFees(client));
    this.#fees = capped(least ? atLeast(least, market) : market, market, maxGasPrice);
    const answer = await this.#send(this.#fees).catch((error: unknown) => {
      onTransaction({ event: 'tx-failed', what, nonce, message: (error as Error).message.split('\n', 1)[0]! });
      throw error;
    });
    onTransaction({ event: 'tx-sent', what, tx: this.#last, nonce, maxPrice: this.#fees.max });
    onPending?.(this.#last);
    // Who holds the nonce is given its time; then this one offers more.
    if (answer === 'cheap') this.#sentBlock = -1n;
  }

  /** Signs with these fees and hands it over; what the node says where it does not take it. */
  async #send(fees: Fees): Promise<PoolAnswer | null> {
    this.#fees = fees;
    this.#raw = await this.#sign(fees);
    const hash = keccak256(this.#raw);
    if (!this.#hashes.includes(hash)) this.#hashes.push(hash);
    this.#sentAt = performance.now();
    this.#sentBlock = this.#seen < 0n ? this.#before : this.#seen;
    return await this.#broadcast();
  }

  async #sign({ max, tip }: Fees): Promise<Hex> {
    const { client, wallet, account, transaction, nonce } = this.#p;
    const { chain } = wallet;
    const serializer = chain?.serializers?.transaction;
    const chainId = chain?.id ?? (await retrying(() => getChainId(client)));
    const price =
      tip === null
        ? ({ type: 'legacy', gasPrice: max } as const)
        : ({ type: 'eip1559', maxFeePerGas: max, maxPriorityFeePerGas: tip } as const);
    return await account.signTransaction({ ...transaction, chainId, nonce, ...price }, serializer && { serializer });
  }

  /** The same bytes as often as it takes to hear an answer: the chain takes them once. */
  async #broadcast(): Promise<PoolAnswer | null> {
    const { client } = this.#p;
    try {
      await retrying(() => sendRawTransaction(client, { serializedTransaction: this.#raw }));
      return null;
    } catch (error) {
      const answer = poolAnswer(error);
      // Whether a used nonce is this one's own, the blocks say.
      if (answer !== null) return answer;
      throw error;
    }
  }

  /** The receipt where it is mined; else does what the newest block asks for. */
  async #look(): Promise<TransactionReceipt | null> {
    const { client, account, nonce, patience } = this.#p;
    for (const hash of this.#hashes.toReversed()) {
      const receipt = await receiptOf(client, hash);
      if (receipt) return this.#mined(receipt);
    }
    const head = await getBlockNumber(client, { cacheTime: 0 });
    if (head <= this.#seen) return null;
    const { address } = account;
    const used = await getTransactionCount(client, { address, blockNumber: head });
    if (used > nonce) return await this.#taken(head);
    this.#seen = head;
    this.#before = head;
    const isLate = head - this.#sentBlock >= BigInt(patience.blocks) && performance.now() - this.#sentAt >= patience.ms;
    if (isLate || this.#sentBlock < 0n) await this.#replace();
    else if (!(await isKnown(client, this.#last))) await this.#resend();
    return null;
  }

  #mined(receipt: TransactionReceipt): TransactionReceipt {
    const { what, nonce, onTransaction } = this.#p;
    const { transactionHash: tx, gasUsed, effectiveGasPrice: price, status } = receipt;
    onTransaction({ event: 'tx-mined', what, tx, nonce, gasUsed, price, reverted: status === 'reverted' });
    return receipt;
  }

  /** The nonce is used: by one of these, whose receipt comes, or by another. */
  async #taken(by: bigint): Promise<TransactionReceipt | null> {
    const { client, account, what, nonce, onTransaction } = this.#p;
    const hash = await minedWith(client, { address: account.address, nonce, after: this.#before, by });
    if (hash !== null && this.#hashes.includes(hash)) {
      const receipt = await receiptOf(client, hash);
      return receipt && this.#mined(receipt);
    }
    // A block that lists no such transaction is one of another branch: look again.
    if (hash === null) return null;
    onTransaction({ event: 'tx-displaced', what, nonce, by: hash });
    throw new NonceTaken(hash);
  }

  async #replace(): Promise<void> {
    const { client, what, nonce, maxGasPrice, onTransaction } = this.#p;
    const market = await marketFees(client);
    const replaced = this.#last;
    for (;;) {
      const next = capped(atLeast(raised(this.#fees), market), market, maxGasPrice);
      if (!replaces(next, this.#fees)) return await this.#capped();
      const answer = await this.#send(next);
      // Somebody else's transaction has the nonce and offers more than this one did: go on until it offers less.
      if (answer === 'underpriced') continue;
      const tx = this.#last;
      onTransaction({ event: 'tx-replaced', what, tx, replaced, nonce, maxPrice: next.max });
      return;
    }
  }

  async #capped(): Promise<void> {
    const { what, nonce, onTransaction } = this.#p;
    const tx = this.#last;
    if (!this.#isCapped) onTransaction({ event: 'tx-capped', what, tx, nonce, maxPrice: this.#fees.max });
    this.#isCapped = true;
    this.#sentBlock = this.#seen;
    await this.#broadcast();
  }

  async #resend(): Promise<void> {
    const { what, nonce, onTransaction } = this.#p;
    if ((await this.#broadcast()) === null) onTransaction({ event: 'tx-resent', what, tx: this.#last, nonce });
  }
}

async function receiptOf(client: ReadClient, hash: Hex): Promise<TransactionReceipt | null> {
  try {
    return await getTransactionReceipt(client, { hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
}

async function isKnown(client: ReadClient, hash: Hex): Promise<boolean> {
  try {
    return (await getTransaction(client, { hash })).hash === hash;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return false;
    throw error;
  }
}
