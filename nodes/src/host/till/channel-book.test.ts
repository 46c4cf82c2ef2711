import type { ChannelOnChain } from '@covey/client/inference';
import { pad, toHex, zeroAddress, type Hex } from 'viem';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ChannelBook } from './channel-book.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const id = (n: number): Hex => pad(toHex(n));
const real = (channel: Hex): ChannelOnChain => ({
  ...{ payer: zeroAddress, host: zeroAddress, signer: zeroAddress, state: 'open' },
  ...{ deposit: 10n + BigInt(channel), redeemed: 0n, closeAt: 0 },
});
const busy = { code: 'HOST_BUSY' };
/** Ids below this are channels. */
const CHANNELS = 8;

function bookOf(isPayers?: (channel: Hex) => boolean) {
  let reads = 0;
  const book = new ChannelBook((channel) => {
    reads++;
    return Promise.resolve(Number(channel) < CHANNELS ? real(channel) : null);
  }, isPayers);
  return { book, reads: () => reads };
}

/** Asks for so many made-up channels in this second; how many were refused. */
async function flood(book: ChannelBook, from: number, count: number): Promise<number> {
  let refused = 0;
  for (let n = from; n < from + count; n++) await book.get(id(n), 0n).catch(() => refused++);
  return refused;
}

it('who makes ids up is refused beyond a rate, and keeps no payer out whose channel is there', async () => {
  const { book, reads } = bookOf();
  expect((await book.get(id(1), 5n))?.deposit).toBe(11n);
  vi.advanceTimersByTime(40_000);
  expect(await flood(book, 1_000, 300)).toBeGreaterThan(100);
  const before = reads();
  // It was read long ago, and is read again.
  expect((await book.get(id(1), 5n))?.deposit).toBe(11n);
  expect(reads()).toBe(before + 1);
  await expect(book.get(id(2), 5n)).rejects.toMatchObject(busy);
});

it('a channel that paid before this host was started is no stranger’s', async () => {
  const { book } = bookOf((channel) => channel === id(3));
  await flood(book, 1_000, 300);
  expect((await book.get(id(3), 5n))?.deposit).toBe(13n);
  await expect(book.get(id(4), 5n)).rejects.toMatchObject(busy);
});

it('ids that are no channels push no channel out, however many there are', async () => {
  const { book, reads } = bookOf();
  await book.get(id(1), 5n);
  for (let second = 0; second < 105; second++) {
    await flood(book, 1_000 + 100 * second, 100);
    vi.advanceTimersByTime(1_000);
    if (second % 20 === 19) await book.get(id(1), 5n);
  }
  await flood(book, 50_000, 200);
  const before = reads();
  expect((await book.get(id(1), 5n))?.deposit).toBe(11n);
  expect(reads() - before).toBeLessThanOrEqual(1);
});
