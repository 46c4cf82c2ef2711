import { redeemVouchers, type ChannelOnChain } from '@covey/client/inference';
import type { CoveyWriter } from '@covey/client';
import type { OnEvent } from '../../events.ts';
import type { ChannelBook } from './channel-book.ts';
import type { SignedVoucher, VoucherLog } from './voucher-log.ts';

/** Vouchers of one transaction: a quarter of the most that the contract takes keeps it far from a block's gas. */
const BATCH = 25;
/** Channels that are read at once. */
const READS = 8;

export interface RedeemParameters {
  covey: CoveyWriter;
  book: ChannelBook;
  log: VoucherLog;
  onEvent: OnEvent;
}

interface Unredeemed {
  voucher: SignedVoucher;
  channel: ChannelOnChain;
}

/**
 * Redeems what is worth it: all vouchers, or only those of channels that their payers are closing. Gives the wei that
 * was paid, the treasury's fee included.
 */
export async function redeemBest(parameters: RedeemParameters, which: 'all' | 'closing'): Promise<bigint> {
  const { covey, onEvent } = parameters;
  const found = await unredeemed(parameters);
  const due = which === 'all' ? found : found.filter(({ channel }) => channel.state === 'closing');
  let total = 0n;
  for (let from = 0; from < due.length; from += BATCH) {
    const part = due.slice(from, from + BATCH);
    const { paid, tx, gasUsed } = await redeemVouchers(
      covey,
      part.map(({ voucher }) => voucher),
    );
    total += paid;
    onEvent({ event: 'redeemed', channels: part.length, amount: paid, tx, gasUsed });
  }
  return total;
}

async function unredeemed({ book, log }: RedeemParameters): Promise<Unredeemed[]> {
  const waiting = log.all;
  const found: Unredeemed[] = [];
  const next = async (): Promise<void> => {
    for (let voucher = waiting.pop(); voucher; voucher = waiting.pop()) {
      const channel = await book.refresh(voucher.channel);
      // An endpoint that is behind knows of no channel: its voucher is money for all that.
      if (!channel) continue;
      if (channel.state === 'closed') log.drop(voucher.channel);
      else if (min(voucher.amount, channel.deposit) > channel.redeemed) found.push({ voucher, channel });
    }
  };
  await Promise.all(Array.from({ length: READS }, next));
  return found;
}

const min = (a: bigint, b: bigint) => (a < b ? a : b);
