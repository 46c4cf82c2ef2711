import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
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
  /** Bytes of the file up to which its lines are whole. */
  #length: number;
  /** Whether the folder would name this file after a power cut. */
  #isNamed = true;
  #lines: number;
  /** Lines beyond those that are needed, at which the file is written anew: always, and next. */
  readonly #spare: number;
  #mostOld: number;
  #waiting: { voucher: SignedVoucher; done: () => void; fail: (error: unknown) => void }[] = [];
  #writing: Promise<void> | null = null;

  private constructor(path: string, best: Map<Hex, SignedVoucher>, { file, length }: Written, spare: number) {
    this.#spare = this.#mostOld = spare;
    this.#path = path;
    this.#best = best;
    this.#file = file;
    this.#length = length;
    this.#lines = best.size;
  }

  static async open(path: string, spare = MOST_OLD_LINES): Promise<VoucherLog> {
    const best = await readVouchers(path);
    const written = await rewrite(path, best);
    await syncFolder(dirname(path));
    return new VoucherLog(path, best, written, spare);
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
      this.#waiting.push({ voucher, done, fail });
      this.#writing ??= this.#write();
    });
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
        await this.#append(batch.map(({ voucher }) => lineOf(voucher)).join(''), batch.length);
        // Known before it is promised: a file that is written anew has it.
        for (const { voucher } of batch) keepBest(this.#best, voucher);
        for (const { done } of batch) done();
      } catch (cause) {
        // What was refused must not count at the next start.
        await this.#cut().catch(() => undefined);
        const error = diskError(cause, dirname(this.#path));
        for (const { fail } of batch) fail(error);
      }
      if (this.#lines > this.#best.size + this.#mostOld) await this.#renew();
    }
    // In the same turn in which nothing was waiting: whoever comes next begins again.
    this.#writing = null;
  }

  async #append(text: string, lines: number): Promise<void> {
    await this.#cut();
    if (!this.#isNamed) await syncFolder(dirname(this.#path));
    this.#isNamed = true;
    await this.#file.appendFile(text);
    await this.#file.datasync();
    this.#length += Buffer.byteLength(text);
    this.#lines += lines;
  }

  /** Without what a write that failed left of a line: the next one would be glued to it. */
  async #cut(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size > this.#length) await this.#file.truncate(this.#length);
  }

  /** Where there is no room for another file, this one grows on. */
  async #renew(): Promise<void> {
    try {
      const { file, length } = await rewrite(this.#path, this.#best);
      const old = this.#file;
      [this.#file, this.#length, this.#lines, this.#isNamed] = [file, length, this.#best.size, false];
      this.#mostOld = this.#spare;
      await old.close();
    } catch {
      this.#mostOld = this.#lines - this.#best.size + Math.ceil(this.#spare / 10);
    }
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
    keepBest(best, voucher);
  }
  return best;
}

function keepBest(best: Map<Hex, SignedVoucher>, voucher: SignedVoucher): void {
  const known = best.get(voucher.channel);
  if (!known || known.amount < voucher.amount) best.set(voucher.channel, voucher);
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

interface Written {
  file: FileHandle;
  /** In bytes. */
  length: number;
}

/** The file with one line a channel, opened to go on. Where it fails the old one stays in its place. */
async function rewrite(path: string, best: ReadonlyMap<Hex, SignedVoucher>): Promise<Written> {
  const text = [...best.values()].map(lineOf).join('');
  const temporary = await writeAside(path, text);
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, 'a', 0o600);
    await rename(temporary, path);
    return { file, length: Buffer.byteLength(text) };
  } catch (cause) {
    await file?.close();
    await rm(temporary, { force: true });
    throw diskError(cause, dirname(path));
  }
}
