import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Voucher } from '@covey/protocol/inference';
import type { Hex } from 'viem';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import { diskError } from '../../state/disk.ts';
import { syncFolder, writeAside } from '../../state/write-aside.ts';

export interface SignedVoucher extends Voucher {
  signature: Hex;
}

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`));
const line = z.strictObject({
  channel: hex(32),
  amount: z.string().regex(/^\d{1,39}$/),
  signature: z.string().regex(/^0x([0-9a-f]{2}){1,4096}$/),
});

/** Lines beyond those that are needed, before the file is written anew. */
const MOST_OLD_LINES = 100_000;

/**
 * The best voucher of each channel, in a file of JSON lines that only grows while it is open. A voucher is on the disk
 * before what it pays for is given: those that come while the disk is busy are written together.
 */
export class VoucherLog {
  readonly #path: string;
  readonly #best: Map<Hex, SignedVoucher>;
  #file: FileHandle;
  #lines: number;
  #waiting: { text: string; done: () => void; fail: (error: unknown) => void }[] = [];
  #writing: Promise<void> | null = null;

  private constructor(path: string, best: Map<Hex, SignedVoucher>, file: FileHandle) {
    this.#path = path;
    this.#best = best;
    this.#file = file;
    this.#lines = best.size;
  }

  static async open(path: string): Promise<VoucherLog> {
    const best = await readVouchers(path);
    return new VoucherLog(path, best, await rewrite(path, best));
  }

  best(channel: Hex): SignedVoucher | undefined {
    return this.#best.get(channel);
  }

  get all(): SignedVoucher[] {
    return [...this.#best.values()];
  }

  /** Resolves once it would survive a power cut. A voucher that is no better than the known one changes nothing. */
  async keep(voucher: SignedVoucher): Promise<void> {
    const known = this.#best.get(voucher.channel);
    if (known && known.amount >= voucher.amount) return;
    await new Promise<void>((done, fail) => {
      this.#waiting.push({ text: lineOf(voucher), done, fail });
      this.#writing ??= this.#write().finally(() => (this.#writing = null));
    });
    const now = this.#best.get(voucher.channel);
    if (!now || now.amount < voucher.amount) this.#best.set(voucher.channel, voucher);
  }

  /** Its channel is closed. */
  drop(channel: Hex): void {
    this.#best.delete(channel);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#file.appendFile(batch.map(({ text }) => text).join(''));
        await this.#file.datasync();
        this.#lines += batch.length;
        for (const { done } of batch) done();
      } catch (cause) {
        const error = diskError(cause, dirname(this.#path));
        for (const { fail } of batch) fail(error);
      }
      if (this.#lines > this.#best.size + MOST_OLD_LINES) await this.#renew();
    }
  }

  async #renew(): Promise<void> {
    const old = this.#file;
    this.#file = await rewrite(this.#path, this.#best);
    this.#lines = this.#best.size;
    await old.close();
  }
}

const lineOf = ({ channel, amount, signature }: SignedVoucher) =>
  `${JSON.stringify({ channel, amount: String(amount), signature })}\n`;

async function readVouchers(path: string): Promise<Map<Hex, SignedVoucher>> {
  const best = new Map<Hex, SignedVoucher>();
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as { code?: string }).code === 'ENOENT') return '';
    throw corrupt(path, cause);
  });
  // What a power cut left of a line was promised to nobody.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const written of whole.split('\n').filter(Boolean)) {
    const { channel, amount, signature } = parsed(path, written);
    const voucher = { channel: channel as Hex, amount: BigInt(amount), signature: signature as Hex };
    const known = best.get(voucher.channel);
    if (!known || known.amount < voucher.amount) best.set(voucher.channel, voucher);
  }
  return best;
}

function parsed(path: string, written: string): z.infer<typeof line> {
  try {
    return line.parse(JSON.parse(written));
  } catch (cause) {
    throw corrupt(path, cause);
  }
}

const corrupt = (path: string, cause: unknown) =>
  nodeError('STATE_CORRUPT', `The vouchers in ${path} cannot be read.`, { cause });

/** The file with one line a channel, opened to go on. */
async function rewrite(path: string, best: ReadonlyMap<Hex, SignedVoucher>): Promise<FileHandle> {
  const temporary = await writeAside(path, [...best.values()].map(lineOf).join(''));
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return await open(path, 'a', 0o600);
}
