import { Eip1559FeesNotSupportedError } from 'viem';
import { estimateFeesPerGas, getGasPrice } from 'viem/actions';
import type { ReadClient } from './clients.ts';

/** What a transaction offers for a unit of gas, in wei: at most `max`, of which `tip` goes to who makes the block. */
export interface Fees {
  max: bigint;
  /** Null on a chain without a base fee, where `max` is the price. */
  tip: bigint | null;
}

/** Without a limit of its own, a transaction offers at most so many times what the chain asks for. */
const mostTimes = 4n;

/** What the chain asks for now, with head room for a base fee that rises. */
export async function marketFees(client: ReadClient): Promise<Fees> {
  try {
    const { maxFeePerGas, maxPriorityFeePerGas } = await estimateFeesPerGas(client);
    return { max: maxFeePerGas, tip: maxPriorityFeePerGas };
  } catch (error) {
    if (!(error instanceof Eip1559FeesNotSupportedError)) throw error;
    return { max: await getGasPrice(client), tip: null };
  }
}

/** The least that nodes take in place of a transaction with these fees: an eighth more of each, rounded up. */
export function raised({ max, tip }: Fees): Fees {
  return { max: anEighthMore(max), tip: tip === null ? null : anEighthMore(tip) };
}

/** Of each the higher. */
export function atLeast(a: Fees, b: Fees): Fees {
  const tip = a.tip === null || b.tip === null ? null : higher(a.tip, b.tip);
  return { max: higher(a.max, b.max), tip };
}

/** No more than an operator allows, or than several times what the chain asks for. */
export function capped({ max, tip }: Fees, market: Fees, limit: bigint | undefined): Fees {
  const ceiling = limit ?? market.max * mostTimes;
  const most = max < ceiling ? max : ceiling;
  return { max: most, tip: tip === null || tip < most ? tip : most };
}

/** Whether nodes would take `next` in place of a transaction with `last`. */
export function replaces(next: Fees, last: Fees): boolean {
  const least = raised(last);
  return next.max >= least.max && (next.tip === null || least.tip === null || next.tip >= least.tip);
}

const anEighthMore = (wei: bigint) => wei + wei / 8n + 1n;
const higher = (a: bigint, b: bigint) => (a > b ? a : b);
