import type { Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import type { SignedVoucher } from '../till/voucher-log.ts';

/** `covey-voucher: CHANNEL:AMOUNT:SIGNATURE`, hex as 0x…, the amount in wei. Signatures of contracts may be longer than 65 bytes. */
export const voucherHeader = 'covey-voucher';

const pattern = /^(0x[0-9a-fA-F]{64}):(0|[1-9]\d{0,38}):(0x(?:[0-9a-fA-F]{2}){1,1024})$/;
const MAX_UINT128 = (1n << 128n) - 1n;

export function voucherOf(header: string | string[] | undefined): SignedVoucher | null {
  if (header === undefined) return null;
  const [, channel, amount, signature] = (typeof header === 'string' && pattern.exec(header)) || [];
  if (channel === undefined || BigInt(amount!) > MAX_UINT128)
    throw nodeError('VOUCHER_INVALID', 'The voucher is not written as it must be.', {
      expected: 'CHANNEL:AMOUNT:SIGNATURE',
    });
  return {
    channel: channel.toLowerCase() as Hex,
    amount: BigInt(amount!),
    signature: signature!.toLowerCase() as Hex,
  };
}
