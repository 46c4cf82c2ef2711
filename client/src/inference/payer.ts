import type { Deployment } from '@covey/contracts/abi';
import { voucherHash, voucherTypedData, type Voucher } from '@covey/protocol/inference';
import { isAddressEqual, recoverAddress, type Address, type Hex, type LocalAccount } from 'viem';
import { clientError } from '../errors.ts';
import type { Purse, PurseEntry } from './purse.ts';

/** Who signs vouchers: an account of viem, or a key made for one channel. */
export type VoucherSigner = Pick<LocalAccount, 'address' | 'signTypedData'>;

export interface PayerParameters {
  deployment: Pick<Deployment, 'chainId' | 'inferenceChannels'>;
  signer: VoucherSigner;
  purse: Purse;
  /** A channel to a host that the purse knows none of: opened, or found. Its deposit covers `price` at least. */
  channelFor: (host: Address, price: bigint) => Promise<Hex>;
  /** Sees that a channel holds so much, and says how much it holds: read, or topped up. Null where it was closed. */
  cover: (channel: Hex, amount: bigint) => Promise<bigint | null>;
}

/** A voucher for one request, as the header has it; the request's end says what becomes of its price. */
export interface Paid {
  channel: Hex;
  header: string;
  /** The host did not answer, and said so: the price counts for another request. */
  takeBack(): Promise<void>;
  /** It answered: its count is known to be this purse's, and nothing that it says changes it. */
  answered(): void;
}

/** What a host says that a channel owes, and the voucher that it holds. */
export interface HostAccount {
  due: bigint;
  voucher: (Voucher & { signature: Hex }) | null;
}

/**
 * Signs vouchers, each for all that a channel owes and the price of one request more. Never more: what a host demands beyond
 * its price is refused, and what it keeps without an answer is one request's price at most.
 */
export class Payer {
  readonly #p: PayerParameters;
  readonly #deposits = new Map<Hex, bigint>();
  readonly #entries = new Map<string, Promise<PurseEntry>>();
  /** Hosts of whose channel this purse knows nothing: a purse may have been lost, and they may say what is due. */
  readonly #unknown = new Set<string>();

  constructor(parameters: PayerParameters) {
    this.#p = parameters;
  }

  async pay(host: Address, price: bigint): Promise<Paid> {
    for (;;) {
      const entry = await this.#entry(host, price);
      // Nothing waits between reading and writing, so that requests at once sign one above the other.
      entry.spent += price;
      const amount = entry.spent > entry.signed ? entry.spent : entry.signed;
      try {
        if (await this.#cover({ channel: entry.channel, amount })) return await this.#sign(host, entry, price, amount);
      } catch (error) {
        // No voucher left: nobody is owed for it.
        entry.spent -= price;
        throw error;
      }
      // The host closed it, and the rest came back: another one is opened, once for all who wait.
      if ((await this.#entries.get(host)) === entry) await this.forget(host);
    }
  }

  async #sign(host: Address, entry: PurseEntry, price: bigint, amount: bigint): Promise<Paid> {
    if (amount > entry.signed) entry.signed = amount;
    const voucher = { channel: entry.channel, amount };
    const [signature] = await Promise.all([
      this.#p.signer.signTypedData(voucherTypedData(this.#p.deployment, voucher)),
      // Before it leaves: what was signed and forgotten could be taken unseen.
      this.#p.purse.set(host, entry),
    ]);
    return {
      channel: voucher.channel,
      header: `${voucher.channel}:${voucher.amount}:${signature}`,
      takeBack: async () => {
        // Why it was refused may be that the channel is closed: the next request looks.
        this.#deposits.delete(voucher.channel);
        entry.spent -= price;
        await this.#p.purse.set(host, entry);
      },
      answered: () => void this.#unknown.delete(host),
    };
  }

  /** Shows a host that the channel is its payer's: a voucher of 0 wei. */
  async identify(host: Address): Promise<{ channel: Hex; header: string }> {
    const { channel } = await this.#entry(host, 0n);
    const typed = voucherTypedData(this.#p.deployment, { channel, amount: 0n });
    return { channel, header: `${channel}:0:${await this.#p.signer.signTypedData(typed)}` };
  }

  /**
   * Takes over what a host says that a channel owes, as far as own signatures prove it, where the purse was lost. Throws
   * HOST_OVERCHARGES where it says more than was ever signed, or more than a purse that was not lost has counted.
   */
  async settle(host: Address, account: HostAccount): Promise<void> {
    const entry = await this.#entry(host, 0n);
    const { voucher, due } = account;
    if (voucher && voucher.channel === entry.channel && voucher.amount > entry.signed && (await this.#isOwn(voucher)))
      entry.signed = voucher.amount;
    if (due > entry.signed)
      throw clientError('HOST_OVERCHARGES', 'The host says that more is due than was ever signed.', {
        expected: `at most ${entry.signed}`,
        got: String(due),
      });
    if (due > entry.spent && !this.#unknown.has(host))
      throw clientError('HOST_OVERCHARGES', 'The host says that more is due than its answers cost.', {
        expected: `at most ${entry.spent}`,
        got: String(due),
      });
    this.#unknown.delete(host);
    if (due > entry.spent) entry.spent = due;
    await this.#p.purse.set(host, entry);
  }

  /** The channel is closed, or another one shall be used. */
  async forget(host: Address): Promise<void> {
    this.#entries.delete(host);
    await this.#p.purse.set(host, null);
  }

  async entry(host: Address): Promise<PurseEntry | null> {
    return (await this.#entries.get(host)) ?? (await this.#p.purse.get(host));
  }

  /** False where the channel was closed. */
  async #cover({ channel, amount }: Voucher): Promise<boolean> {
    if ((this.#deposits.get(channel) ?? 0n) >= amount) return true;
    const deposit = await this.#p.cover(channel, amount);
    if (deposit === null) return false;
    this.#deposits.set(channel, deposit);
    if (deposit >= amount) return true;
    throw clientError('CHANNEL_EMPTY', 'The channel holds less than the answer costs.', {
      expected: `at least ${amount}`,
      got: String(deposit),
    });
  }

  async #entry(host: Address, price: bigint): Promise<PurseEntry> {
    const known = this.#entries.get(host) ?? this.#load(host, price);
    this.#entries.set(host, known);
    try {
      return await known;
    } catch (error) {
      this.#entries.delete(host);
      throw error;
    }
  }

  async #load(host: Address, price: bigint): Promise<PurseEntry> {
    const kept = await this.#p.purse.get(host);
    if (!kept || kept.signed === 0n) this.#unknown.add(host);
    if (kept) return kept;
    return { channel: await this.#p.channelFor(host, price), signed: 0n, spent: 0n };
  }

  async #isOwn({ channel, amount, signature }: Voucher & { signature: Hex }): Promise<boolean> {
    const hash = voucherHash(this.#p.deployment, { channel, amount });
    const signer = await recoverAddress({ hash, signature }).catch(() => null);
    return signer !== null && isAddressEqual(signer, this.#p.signer.address);
  }
}
