import { coveyErrorsAbi } from '@covey/contracts/abi';
import type {
  Abi,
  Account,
  Address,
  Chain,
  ContractFunctionArgs,
  ContractFunctionName,
  Hex,
  Log,
  PublicClient,
  Transport,
  WalletClient,
} from 'viem';
import { clientError } from '../errors.ts';
import { chainError } from './contract-error.ts';

/** A wallet client that has an account. */
export type Wallet = WalletClient<Transport, Chain | undefined, Account>;

export interface Sent<result = unknown> {
  tx: Hex;
  gasUsed: bigint;
  blockNumber: bigint;
  logs: Log[];
  /** What the call returned when it was simulated just before. */
  result: result;
}

export interface SenderOptions {
  publicClient: PublicClient;
  wallet: Wallet;
  /** Milliseconds to wait for a receipt. Default 120,000. */
  timeoutMs?: number;
}

type Write = 'nonpayable' | 'payable';

/** Sends calls of one account, one after the other: simulate, estimate, send, wait, check. */
export class Sender {
  readonly publicClient: PublicClient;
  readonly wallet: Wallet;
  readonly #timeoutMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SenderOptions) {
    this.publicClient = options.publicClient;
    this.wallet = options.wallet;
    this.#timeoutMs = options.timeoutMs ?? 120_000;
  }

  get address(): Address {
    return this.wallet.account.address;
  }

  /** Throws CONTRACT_REVERTED with the contract's error name before anything is sent when the call would fail. */
  send<const abi extends Abi, name extends ContractFunctionName<abi, Write>>(call: {
    address: Address;
    abi: abi;
    functionName: name;
    args: ContractFunctionArgs<abi, Write, name>;
  }): Promise<Sent> {
    const next = this.#last.then(() => this.#send(call as unknown as LooseCall));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Lets other code send with the account, in its turn among the calls of this sender: so no nonce is used twice. */
  inTurn<T>(action: (wallet: Wallet) => Promise<T>): Promise<T> {
    const next = this.#last.then(() => action(this.wallet));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #send(call: LooseCall): Promise<Sent> {
    const { publicClient, wallet } = this;
    const abi = [...call.abi, ...coveyErrorsAbi] as Abi;
    const request = { ...call, abi, account: wallet.account };
    let tx: Hex;
    let result: unknown;
    try {
      // `pending`: an idle chain's latest block may be old, and windows are judged by the time of the next one.
      const pending = await publicClient.simulateContract({ ...request, blockTag: 'pending' });
      result = pending.result;
      const gas = await publicClient.estimateContractGas({ ...request, blockTag: 'pending' });
      // Head room: another node's transaction may land first and make a path longer.
      tx = await wallet.writeContract({ ...request, chain: wallet.chain ?? null, gas: gas + gas / 4n + 20_000n });
    } catch (cause) {
      throw chainError(cause, call.functionName);
    }
    let receipt;
    try {
      receipt = await publicClient.waitForTransactionReceipt({
        hash: tx,
        timeout: this.#timeoutMs,
        pollingInterval: Math.min(publicClient.pollingInterval, 250),
      });
    } catch (cause) {
      throw chainError(cause, `${call.functionName} (${tx})`);
    }
    if (receipt.status !== 'success') {
      // Lost a race after the simulation: ask again why, at the state it failed in.
      await publicClient.simulateContract({ ...request, blockNumber: receipt.blockNumber }).catch((cause: unknown) => {
        throw chainError(cause, call.functionName);
      });
      throw clientError('TRANSACTION_FAILED', `${call.functionName} was mined but failed.`, { got: tx });
    }
    return { tx, gasUsed: receipt.gasUsed, blockNumber: receipt.blockNumber, logs: receipt.logs, result };
  }
}

interface LooseCall {
  address: Address;
  abi: Abi;
  functionName: string;
  args: readonly unknown[];
}
