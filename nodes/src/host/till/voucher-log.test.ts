import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pad, toHex, type Hex } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
  await Promise.all(Array.from({ length: 110 }, (_, i) => log.keep(voucher(i % 8, i + 1))));
  await log.keep(voucher(8, 1));
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
  await log.keep(voucher(9, 7));
  expect(log.best(voucher(9, 7).channel)?.amount).toBe(7n);
  await log.close();
});

it('what is left of a line that failed is glued to no other, and one at the end is dropped at the start', async () => {
  const path = join(folder, 'torn.jsonl');
  const log = await VoucherLog.open(path);
  await log.keep(voucher(1, 1));
  await appendFile(path, '{"channel":"0x22');
  await log.keep(voucher(1, 2));
  await log.keep(voucher(1, 3));
  await log.close();
  await appendFile(path, '{"channel":"0x22');
  const again = await VoucherLog.open(path);
  expect(again.all).toEqual([voucher(1, 3)]);
  await again.close();
});
