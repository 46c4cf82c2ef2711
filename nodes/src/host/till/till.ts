import type { ChannelOnChain } from '@covey/client/inference';
import type { Deployment } from '@covey/contracts/abi';
import { voucherHash } from '@covey/protocol/inference';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import type { ChannelBook } from './channel-book.ts';
import { signerOf } from './recover.ts';
import type { SignedVoucher, VoucherLog } from './voucher-log.ts';

/** Where money is taken: nothing is given that no voucher on the disk pays for. */
export interface Payment {
  channel: Hex;
  price: bigint;
  /** It was not: what was paid counts for another. */
  giveBack(): Promise<void>;
}

export interface TillParameters {
  host: Address;
  deployment: Pick<Deployment, 'chainId' | 'inferenceChannels'>;
  book: ChannelBook;
  log: VoucherLog;
  /** Whether a contract that pays signed (ERC-1271). Null: vouchers of contracts, which can disown them, are refused. */
  signedByContract: ((signer: Address, hash: Hex, signature: Hex) => Promise<boolean>) | null;
  /** Unix seconds of the chain. */
  now: () => number;
}

/** Seconds before the end of a channel in which nothing is taken any more: the host must redeem before it. */
const REDEEM_SECONDS = 600;
/** Signatures of contracts that are asked about at once. */
const MOST_CONTRACT_CALLS = 8;

export class Till {
  readonly #p: TillParameters;
  #contractCalls = 0;

  constructor(parameters: TillParameters) {
    this.#p = parameters;
  }

  /** What a channel owes for answers so far, over restarts. */
  due(channel: Hex): bigint {
    return this.#p.log.due(channel);
  }

  /** What a channel owes and the voucher that is held, for whoever shows any voucher of its signer's, of 0 wei too. */
  async account(voucher: SignedVoucher): Promise<{ due: bigint; held: SignedVoucher | null }> {
    const { book, log } = this.#p;
    const channel = await book.get(voucher.channel, 0n);
    if (!channel) throw nodeError('CHANNEL_UNFIT', `There is no channel ${voucher.channel}.`);
    await this.#requireSigned(channel, voucher);
    return { due: this.#dueOf(voucher.channel, channel), held: log.best(voucher.channel) ?? null };
  }

  async take(voucher: SignedVoucher, price: bigint): Promise<Payment> {
    const { book, log } = this.#p;
    const channel = requireFit(await book.get(voucher.channel, voucher.amount), voucher, this.#p);
    await this.#requireSigned(channel, voucher);
    const { channel: id } = voucher;
    // From here to the reservation nothing waits: two requests at once cannot both be paid by the same voucher.
    const best = log.best(id)?.amount ?? 0n;
    const covered = voucher.amount > best ? voucher.amount : best;
    const due = this.#dueOf(id, channel);
    if (due + price > covered) throw underpaid(id, due + price, covered);
    await log.charge(voucher, price, due);
    return { channel: id, price, giveBack: async () => await log.giveBack(id, price) };
  }

  /** At least what the chain says was redeemed: a host that lost its folder asks for nothing twice. */
  #dueOf(id: Hex, { redeemed }: ChannelOnChain): bigint {
    const due = this.due(id);
    return due > redeemed ? due : redeemed;
  }

  async #requireSigned({ signer }: ChannelOnChain, { channel, amount, signature }: SignedVoucher): Promise<void> {
    const known = this.#p.log.best(channel);
    if (known?.amount === amount && known.signature === signature) return;
    const hash = voucherHash(this.#p.deployment, { channel, amount });
    const recovered = signerOf(hash, signature);
    if (recovered && isAddressEqual(recovered, signer)) return;
    if (await this.#isByContract(signer, hash, signature)) return;
    throw nodeError('VOUCHER_INVALID', 'The voucher is not signed by the channel’s signer.', {
      expected: signer,
      got: recovered ?? 'no signature',
    });
  }

  async #isByContract(signer: Address, hash: Hex, signature: Hex): Promise<boolean> {
    const { signedByContract } = this.#p;
    if (!signedByContract) return false;
    if (this.#contractCalls >= MOST_CONTRACT_CALLS)
      throw nodeError('HOST_BUSY', 'Too many signatures of contracts are being looked at.');
    this.#contractCalls++;
    try {
      return await signedByContract(signer, hash, signature);
    } finally {
      this.#contractCalls--;
    }
  }
}

function requireFit(
  channel: ChannelOnChain | null,
  { channel: id, amount }: SignedVoucher,
  { host, now }: TillParameters,
): ChannelOnChain {
  if (!channel) throw nodeError('CHANNEL_UNFIT', `There is no channel ${id}.`);
  if (!isAddressEqual(channel.host, host))
    throw nodeError('CHANNEL_UNFIT', 'The channel pays another host.', { expected: host, got: channel.host });
  if (channel.state === 'closed') throw nodeError('CHANNEL_UNFIT', 'The channel is closed.', { hint: 'Open another.' });
  if (channel.state === 'closing' && channel.closeAt < now() + REDEEM_SECONDS)
    throw nodeError('CHANNEL_UNFIT', 'The channel is about to close.', { hint: 'Open another.' });
  if (amount > channel.deposit)
    throw nodeError('CHANNEL_UNFIT', 'The voucher is for more than the channel holds.', {
      expected: `at most ${channel.deposit}`,
      got: String(amount),
      hint: 'Top it up.',
    });
  return channel;
}

const underpaid = (channel: Hex, needed: bigint, covered: bigint) =>
  nodeError('PAYMENT_REQUIRED', 'The voucher does not pay for this answer.', {
    expected: `a voucher for ${needed} in channel ${channel}`,
    got: String(covered),
  });
