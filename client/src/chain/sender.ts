import { decodeFunctionResult, encodeDeployData, encodeFunctionData, getAddress } from 'viem';
import type {
  Abi,
  Address,
  ContractConstructorArgs,
  ContractFunctionArgs,
  ContractFunctionName,
  Hex,
  LocalAccount,
  Log,
  TransactionReceipt,
} from 'viem';
import { call as simulate, estimateGas, getGasPrice, sendTransaction, waitForTransactionReceipt } from 'viem/actions';
import { clientError } from '../errors.ts';
import type { ReadClient, WriteClient } from './clients.ts';
import { chainError, type ChainErrorDetails } from './contract-error.ts';
import { deliver, NonceTaken, type Patience, type Transaction } from './deliver.ts';
import { freeNonce, type Account } from './free-nonce.ts';
import { retrying } from './retrying.ts';
import type { OnTransaction } from './transaction-events.ts';

export interface Sent<result = unknown> {
  tx: Hex;
  gasUsed: bigint;
  blockNumber: bigint;
  logs: Log[];
  receipt: TransactionReceipt;
  /** What the call returned when it was simulated just before. */
  result: result;
}

/** Where a transaction is: being simulated, with who signs, or on its way into a block. */
export type SendProgress = { step: 'checking' | 'signing' } | { step: 'pending'; tx: Hex };

/** What an operator allows the transactions of an account to cost. */
export interface GasLimits {
  /** Gas of one transaction; GAS_LIMIT beyond. */
  maxGas?: bigint | undefined;
  /** Wei for one unit of gas; GAS_PRICE_LIMIT beyond. What waits too long is replaced up to it. */
  maxGasPrice?: bigint | undefined;
}

/** How transactions are seen into a block. */
export interface Sending {
  /** Milliseconds to wait for a receipt. Default 300,000. */
  timeoutMs?: number;
  /** How long a transaction may be in no block before it is replaced. Default 3 blocks and 10 s. */
  patience?: Patience;
  onTransaction?: OnTransaction | undefined;
}

export interface SenderOptions extends GasLimits, Sending {
  /** Reads, simulates and waits. Default: the wallet's own connection. */
  client?: ReadClient;
  wallet: WriteClient;
}

type Write = 'nonpayable' | 'payable';

export interface SendOptions {
  /** What is being done, for messages: "Casting the vote". Default: the function's name. */
  what?: string;
  /** What to do when it is refused. */
  hint?: string;
  /** Wei that go along. */
  value?: bigint;
  /** Refuse with GAS_LIMIT to send what is estimated to need more; the head room ends there too. */
  maxGas?: bigint;
  onProgress?: (progress: SendProgress) => void;
}

export interface ContractCall<abi extends Abi, name extends ContractFunctionName<abi, Write>> extends SendOptions {
  address: Address;
  abi: abi;
  functionName: name;
  args: ContractFunctionArgs<abi, Write, name>;
}

export interface ContractCreation<abi extends Abi> extends Omit<SendOptions, 'value'> {
  abi: abi;
  bytecode: Hex;
  args: ContractConstructorArgs<abi>;
  what: string;
}

/** The end of each wallet's queue. A wallet's transactions go one after the other, whoever sends them. */
const queues = new WeakMap<WriteClient, Promise<unknown>>();

/** How often a call is looked at anew when another transaction of the account took its nonce. */
const displacedAtMost = 5;

/**
 * Sends transactions of one account, one after the other: simulate at the block being built, estimate, sign, send, wait,
 * check. Throws CONTRACT_REVERTED with the contract's error by name before anything is signed where the call would
 * fail; GAS_LIMIT, WALLET_REJECTED, CHAIN_UNREACHABLE after some tries, TRANSACTION_PENDING where no block takes it, and
 * TRANSACTION_FAILED otherwise. With a local account one nonce is in use at a time, that of the newest block: whatever gets
 * lost, replaced or displaced, a call is mined once.
 */
export class Sender {
  readonly wallet: WriteClient;
  readonly #client: ReadClient;
  readonly #limits: GasLimits;
  readonly #sending: Required<Sending>;

  constructor({ wallet, client = wallet, maxGas, maxGasPrice, ...sending }: SenderOptions) {
    this.wallet = wallet;
    this.#client = client;
    this.#limits = { maxGas, maxGasPrice };
    const { timeoutMs = 300_000, patience = { blocks: 3, ms: 10_000 }, onTransaction = () => undefined } = sending;
    this.#sending = { timeoutMs, patience, onTransaction };
  }

  get address(): Address {
    return this.wallet.account.address;
  }

  /** Calls a contract. */
  async send<const abi extends Abi, name extends ContractFunctionName<abi, Write>>(
    call: ContractCall<abi, name>,
  ): Promise<Sent> {
    // Inside, the call is plain data: the type parameters have done their work at the call site.
    const { address, abi, functionName, args, ...options } = call as unknown as ContractCall<Abi, string>;
    const data = encodeFunctionData({ abi, functionName, args: args as readonly unknown[] });
    const what = options.what ?? functionName;
    const { returned, ...sent } = await this.#inTurn({ ...options, what, abi, to: address, data });
    try {
      return { ...sent, result: decodeFunctionResult({ abi, functionName, data: returned }) };
    } catch (cause) {
      throw chainError(cause, what);
    }
  }

  /** Creates a contract. */
  async create<const abi extends Abi>(creation: ContractCreation<abi>): Promise<Sent<Address>> {
    const { bytecode, abi, args, ...options } = creation as unknown as ContractCreation<Abi>;
    const data = encodeDeployData({ abi, bytecode, args: args as readonly unknown[] });
    const { returned: _code, ...sent } = await this.#inTurn({ ...options, abi, data });
    const { contractAddress } = sent.receipt;
    if (!contractAddress) {
      throw clientError('TRANSACTION_FAILED', `${creation.what} created nothing.`, { got: sent.tx });
    }
    return { ...sent, result: getAddress(contractAddress) };
  }

  #inTurn(call: EncodedCall): Promise<SentCall> {
    const last = queues.get(this.wallet) ?? Promise.resolve();
    const next = last.then(() => this.#send(call));
    queues.set(
      this.wallet,
      next.catch(() => undefined),
    );
    return next;
  }

  async #send(call: EncodedCall): Promise<SentCall> {
    try {
      const { returned, receipt } = await this.#deliver(call);
      if (receipt.status !== 'success') await this.#explain(call, receipt);
      const { gasUsed, blockNumber, logs } = receipt;
      return { tx: receipt.transactionHash, gasUsed, blockNumber, logs, receipt, returned };
    } catch (cause) {
      throw chainError(cause, call.what, call);
    }
  }

  /** What a wallet signs is sent once. What is signed here is seen into a block, and looked at anew where it lost its nonce. */
  async #deliver(call: EncodedCall): Promise<{ returned: Hex; receipt: TransactionReceipt }> {
    const { what, onProgress, to, data, value = 0n } = call;
    const { account } = this.wallet;
    for (let displaced = 1; ; displaced++) {
      onProgress?.({ step: 'checking' });
      const free = account.type === 'local' ? await freeNonce(this.#account(account, what)) : null;
      const { returned, gas } = await this.#check(call);
      onProgress?.({ step: 'signing' });
      const transaction = { ...(to && { to }), data, value, gas };
      const onPending = (tx: Hex) => onProgress?.({ step: 'pending', tx });
      if (account.type !== 'local' || !free) return { returned, receipt: await this.#bySigner(transaction, onPending) };
      try {
        const receipt = await deliver({ ...this.#account(account, what), ...free, transaction, onPending });
        return { returned, receipt };
      } catch (error) {
        if (!(error instanceof NonceTaken) || displaced === displacedAtMost) throw error;
      }
    }
  }

  #account(account: LocalAccount, what: string): Account {
    const pollMs = this.#pollMs;
    const { maxGasPrice } = this.#limits;
    return { client: this.#client, wallet: this.wallet, account, what, maxGasPrice, pollMs, ...this.#sending };
  }

  get #pollMs(): number {
    return Math.min(this.#client.pollingInterval, 250);
  }

  async #bySigner(transaction: Transaction, onPending: (tx: Hex) => void): Promise<TransactionReceipt> {
    const { wallet } = this;
    const hash = await sendTransaction(wallet, {
      ...transaction,
      account: wallet.account,
      chain: wallet.chain ?? null,
    });
    onPending(hash);
    const { timeoutMs: timeout } = this.#sending;
    return await waitForTransactionReceipt(this.#client, { hash, timeout, pollingInterval: this.#pollMs });
  }

  /** What the call would return, and the gas to send it with. */
  async #check(call: EncodedCall): Promise<{ returned: Hex; gas: bigint }> {
    const { to, data, value = 0n, what } = call;
    const maxGas = least(call.maxGas, this.#limits.maxGas);
    if (this.#limits.maxGasPrice !== undefined) await this.#checkPrice(what, this.#limits.maxGasPrice);
    // `pending`: windows are judged by the time of the block that it lands in. What to send is decided on mined ones.
    const request = { account: this.wallet.account, to: to ?? null, data, value, blockTag: 'pending' } as const;
    const { data: returned = '0x' } = await retrying(() => simulate(this.#client, request));
    const gas = await retrying(() => estimateGas(this.#client, request));
    if (maxGas !== undefined && gas > maxGas) {
      throw clientError('GAS_LIMIT', `${what} needs too much gas.`, { expected: maxGas, got: gas });
    }
    // Head room: another transaction may land first, if only the clock moves, and make a path longer.
    const roomy = gas + gas / 4n + 20_000n;
    return { returned, gas: maxGas !== undefined && roomy > maxGas ? maxGas : roomy };
  }

  async #checkPrice(what: string, most: bigint): Promise<void> {
    const price = await retrying(() => getGasPrice(this.#client));
    if (price <= most) return;
    throw clientError('GAS_PRICE_LIMIT', `${what} would cost too much now.`, {
      expected: `at most ${most} wei a unit of gas`,
      got: String(price),
    });
  }

  /** Lost a race after the simulation: asks again why, at the state it failed in. */
  async #explain({ to, data, value = 0n, what }: EncodedCall, receipt: TransactionReceipt): Promise<never> {
    const request = { account: this.wallet.account, to: to ?? null, data, value, blockNumber: receipt.blockNumber };
    await simulate(this.#client, request);
    throw clientError('TRANSACTION_FAILED', `${what} was mined but failed.`, { got: receipt.transactionHash });
  }
}

interface EncodedCall extends SendOptions, ChainErrorDetails {
  what: string;
  hint?: string;
  /** Undefined creates a contract. */
  to?: Address;
  data: Hex;
}

type SentCall = Omit<Sent, 'result'> & { returned: Hex };

function least(...values: (bigint | undefined)[]): bigint | undefined {
  return values.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a));
}
