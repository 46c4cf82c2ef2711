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
  /** What the channel owes for answers. */
  due: z.string().regex(/^\d{1,39}$/),
});

/** Lines beyond those that are needed, before the file is written anew. */
const MOST_OLD_LINES = 100_000;

/** How an account of a channel changes: by a voucher and what it pays for, or by what is given back. Wei. */
interface Change {
  channel: Hex;
  voucher: SignedVoucher | null;
  price: bigint;
  done: () => void;
  fail: (error: unknown) => void;
}

/**
 * The best voucher of each channel and what it owes, in a file of JSON lines that only grows while it is open. Both are on the
 * disk before what is paid for is given, or said not to be: a host that is killed owes and is owed the same at its next start.
 * What comes while the disk is busy is written together.
 */
export class VoucherLog {
  readonly #path: string;
  readonly #best: Map<Hex, SignedVoucher>;
  /** What is owed, that which is being written included. */
  readonly #due: Map<Hex, bigint>;
  #file: FileHandle;
  /** Bytes of the file up to which its lines are whole. */
  #length: number;
  /** Whether the folder would name this file after a power cut. */
  #isNamed = true;
  #lines: number;
  /** Lines beyond those that are needed, at which the file is written anew: always, and next. */
  readonly #spare: number;
  #mostOld: number;
  #waiting: Change[] = [];
  #writing: Promise<void> | null = null;

  private constructor(path: string, { best, due }: Accounts, { file, length }: Written, spare: number) {
    this.#spare = this.#mostOld = spare;
    this.#path = path;
    this.#best = best;
    this.#due = due;
    this.#file = file;
    this.#length = length;
    this.#lines = best.size;
  }

  static async open(path: string, spare = MOST_OLD_LINES): Promise<VoucherLog> {
    const accounts = await readAccounts(path);
    const written = await rewrite(path, accounts);
    await syncFolder(dirname(path));
    return new VoucherLog(path, accounts, written, spare);
  }

  best(channel: Hex): SignedVoucher | undefined {
    return this.#best.get(channel);
  }

  due(channel: Hex): bigint {
    return this.#due.get(channel) ?? 0n;
  }

  get all(): SignedVoucher[] {
    return [...this.#best.values()];
  }

  /**
   * Owes `price` more, and at least `floor` before it. Owed at once, so that nothing is paid for twice; resolves once it would
   * survive a power cut, and is owed no more where it cannot be written.
   */
  async charge(voucher: SignedVoucher, price: bigint, floor: bigint): Promise<void> {
    const { channel } = voucher;
    const due = this.due(channel);
    this.#due.set(channel, (due > floor ? due : floor) + price);
    await this.#change({ channel, voucher, price });
  }

  /** It was not given: the channel owes so much less. */
  async giveBack(channel: Hex, price: bigint): Promise<void> {
    // Its channel was closed under way: nobody is owed, and a due below zero could not be read at the next start.
    if (!this.#due.has(channel)) return;
    this.#due.set(channel, this.due(channel) - price);
    await this.#change({ channel, voucher: null, price: 0n });
  }

  /** Its channel is closed. */
  drop(channel: Hex): void {
    this.#best.delete(channel);
    this.#due.delete(channel);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #change(change: Pick<Change, 'channel' | 'voucher' | 'price'>): Promise<void> {
    await new Promise<void>((done, fail) => {
      this.#waiting.push({ ...change, done, fail });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const best = this.#bestOf(batch);
        const text = [...best.values()].map((voucher) => lineOf(voucher, this.due(voucher.channel))).join('');
        await this.#append(text, best.size);
        // Known before it is promised: a file that is written anew has it.
        for (const voucher of best.values()) this.#best.set(voucher.channel, voucher);
        for (const { done } of batch) done();
      } catch (cause) {
        // What was refused must not count, here or at the next start.
        for (const { channel, price } of batch)
          if (this.#due.has(channel)) this.#due.set(channel, this.due(channel) - price);
        await this.#cut().catch(() => undefined);
        const error = diskError(cause, dirname(this.#path));
        for (const { fail } of batch) fail(error);
      }
      if (this.#lines > this.#best.size + this.#mostOld) await this.#renew();
    }
    // In the same turn in which nothing was waiting: whoever comes next begins again.
    this.#writing = null;
  }

  /** The best voucher of each channel of which something changed. */
  #bestOf(batch: readonly Change[]): Map<Hex, SignedVoucher> {
    const best = new Map<Hex, SignedVoucher>();
    for (const { channel, voucher } of batch) {
      for (const one of [voucher, this.#best.get(channel)]) if (one) keepBest(best, one);
    }
    return best;
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
      const { file, length } = await rewrite(this.#path, { best: this.#best, due: this.#due });
      const old = this.#file;
      [this.#file, this.#length, this.#lines, this.#isNamed] = [file, length, this.#best.size, false];
      this.#mostOld = this.#spare;
      await old.close();
    } catch {
      this.#mostOld = this.#lines - this.#best.size + Math.ceil(this.#spare / 10);
    }
  }
}

const lineOf = ({ channel, amount, signature }: SignedVoucher, due: bigint) =>
  `${JSON.stringify({ channel, amount: String(amount), signature, due: String(due) })}\n`;

interface Accounts {
  best: Map<Hex, SignedVoucher>;
  due: Map<Hex, bigint>;
}

async function readAccounts(path: string): Promise<Accounts> {
  const best = new Map<Hex, SignedVoucher>();
  const dues = new Map<Hex, bigint>();
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as { code?: string }).code === 'ENOENT') return '';
    throw corrupt(path, cause);
  });
  // What a power cut left of a line was promised to nobody.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const written of whole.split('\n').filter(Boolean)) {
    const { channel, amount, signature, due } = parsed(path, written);
    const voucher = { channel: channel as Hex, amount: BigInt(amount), signature: signature as Hex };
    keepBest(best, voucher);
    // What is owed can become less: the last word counts.
    dues.set(voucher.channel, BigInt(due));
  }
  return { best, due: dues };
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
async function rewrite(path: string, { best, due }: Accounts): Promise<Written> {
  const text = [...best.values()].map((voucher) => lineOf(voucher, due.get(voucher.channel) ?? 0n)).join('');
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
