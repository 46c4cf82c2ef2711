import { appendFile, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pad, toHex, type Hex } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChannelBook } from './channel-book.ts';
import { redeemBest } from './redeem.ts';
import { VoucherLog } from './voucher-log.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-vouchers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const signature: Hex = `0x${'11'.repeat(65)}`;
const voucher = (channel: number, amount: number) => ({
  channel: pad(toHex(channel)),
  amount: BigInt(amount),
  signature,
});

/** As many as make the file be written anew, with a last one of a channel of its own. */
async function fill(log: VoucherLog): Promise<void> {
  await Promise.all(Array.from({ length: 110 }, (_, i) => log.charge(voucher(i % 8, i + 1), 1n, 0n)));
  await log.charge(voucher(8, 1), 1n, 0n);
}

it('a file that is written anew has the vouchers that came last', async () => {
  const path = join(folder, 'anew.jsonl');
  const log = await VoucherLog.open(path, 100);
  await fill(log);
  await log.close();
  const again = await VoucherLog.open(path);
  expect(again.all).toEqual(log.all);
  expect(again.best(voucher(8, 1).channel)?.amount).toBe(1n);
  await again.close();
});

it('where the file cannot be written anew, the old one goes on', async () => {
  const path = join(folder, 'stays.jsonl');
  const log = await VoucherLog.open(path, 100);
  // No file can be moved over a folder.
  await rm(path);
  await mkdir(join(path, 'in-the-way'), { recursive: true });
  await fill(log);
  await log.charge(voucher(9, 7), 7n, 0n);
  expect(log.best(voucher(9, 7).channel)?.amount).toBe(7n);
  await log.close();
});

it('what is left of a line that failed is glued to no other, and one at the end is dropped at the start', async () => {
  const path = join(folder, 'torn.jsonl');
  const log = await VoucherLog.open(path);
  await log.charge(voucher(1, 1), 1n, 0n);
  await appendFile(path, '{"channel":"0x22');
  await log.charge(voucher(1, 2), 1n, 0n);
  await log.charge(voucher(1, 3), 1n, 0n);
  await log.close();
  await appendFile(path, '{"channel":"0x22');
  const again = await VoucherLog.open(path);
  expect(again.all).toEqual([voucher(1, 3)]);
  expect(again.due(voucher(1, 3).channel)).toBe(3n);
  await again.close();
});

it('what is owed outlives a kill at any moment: charged before it is given, given back before it is said', async () => {
  const path = join(folder, 'dues.jsonl');
  const log = await VoucherLog.open(path);
  const { channel } = voucher(1, 0);
  /** As a start after a kill would find it: nothing is closed. */
  const killed = async () => {
    const copy = join(folder, 'killed.jsonl');
    await copyFile(path, copy);
    const started = await VoucherLog.open(copy);
    const found = { due: started.due(channel), best: started.best(channel)?.amount };
    await started.close();
    return found;
  };
  await log.charge(voucher(1, 5), 5n, 0n);
  expect(await killed()).toEqual({ due: 5n, best: 5n });
  await log.giveBack(channel, 5n);
  // The voucher is held, and its money counts for the next answer.
  expect(await killed()).toEqual({ due: 0n, best: 5n });
  await Promise.all([log.charge(voucher(1, 5), 5n, 0n), log.charge(voucher(1, 9), 4n, 0n)]);
  expect(await killed()).toEqual({ due: 9n, best: 9n });
  // What the chain says was redeemed is owed, whatever the folder says.
  await log.charge(voucher(1, 25), 5n, 20n);
  expect(await killed()).toEqual({ due: 25n, best: 25n });
  await log.close();
});

it('what cannot be written is not owed', async () => {
  const path = join(folder, 'full.jsonl');
  const log = await VoucherLog.open(path);
  const { channel } = voucher(1, 0);
  await log.charge(voucher(1, 2), 2n, 0n);
  await log.close();
  await expect(log.charge(voucher(1, 5), 3n, 0n)).rejects.toBeDefined();
  expect([log.due(channel), log.best(channel)?.amount]).toEqual([2n, 2n]);
});

it('what is given back of a channel that was closed under way makes no account that cannot be read again', async () => {
  const path = join(folder, 'closed.jsonl');
  const log = await VoucherLog.open(path);
  const { channel } = voucher(1, 0);
  await log.charge(voucher(1, 5), 5n, 0n);
  log.drop(channel);
  await log.giveBack(channel, 5n);
  expect(log.due(channel)).toBe(0n);
  // A reorganisation took the closing back.
  await log.charge(voucher(1, 6), 1n, 0n);
  await log.close();
  const again = await VoucherLog.open(path);
  expect([again.due(channel), again.best(channel)?.amount]).toEqual([1n, 6n]);
  await again.close();
});

it('an endpoint that is behind and knows of no channel makes nobody forget its voucher', async () => {
  const log = await VoucherLog.open(join(folder, 'behind.jsonl'));
  await log.charge(voucher(1, 5), 5n, 0n);
  const book = new ChannelBook(() => Promise.resolve(null));
  const covey = undefined as never;
  expect(await redeemBest({ covey, book, log, onEvent: () => undefined }, 'all')).toBe(0n);
  expect(log.all).toEqual([voucher(1, 5)]);
  await log.close();
});
