import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WireEnvelope } from '@covey/governance';
import type { Hex } from 'viem';
import { messageOf } from '../errors.ts';
import { syncPath } from '../ipfs/durable-blockstore.ts';

/** One accepted message. Signed messages exist nowhere else, so this file is the only thing here that must not be lost. */
export interface LoggedMessage {
  id: Hex;
  /** CID of the block that holds the same message. */
  ipfs: string;
  /** The chain's time when it was accepted, unix seconds. */
  received: number;
  /** Of votes: wei at the proposal's snapshot block, which never changes; saves asking the chain after a restart. */
  power?: string;
  envelope: WireEnvelope;
}

/** A line of the log that holds no message, though lines follow it. It stays in the file, for whoever looks into it. */
export interface BrokenLine {
  /** Counted from 1. */
  line: number;
  reason: string;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;
/** Several times the longest message that the hub accepts. */
const MAX_LINE_BYTES = 1024 * 1024;

/** An append-only file of JSON lines; a line is on the disk before its message is acknowledged. */
export class MessageLog {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** Bytes of whole lines: what is behind them is of an append that failed. */
  #length = 0;
  #torn = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens the log and hands over what is in it, one message after the other: the whole of it may be more than fits into
   * a string. `intact` says that a line is as it was written; of older lines, without a checksum, the digest says it. Cuts off a last line that a killed process left half-written, and skips lines that hold no message.
   */
  async open(
    take: (message: LoggedMessage, intact: boolean) => void,
    broken: (line: BrokenLine) => void,
  ): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const file = await open(this.#path, 'a+');
    this.#file = file;
    let number = 0;
    for await (const { text, end } of linesOf(file)) {
      number += 1;
      this.#length = end;
      if (text === '') continue;
      try {
        if (text === undefined) throw new Error(`the line has more than ${MAX_LINE_BYTES} bytes`);
        const { sum, ...message } = JSON.parse(text) as LoggedMessage & { sum?: string };
        if (sum !== undefined && sum !== sumOf(message)) throw new Error('the line is not what was written');
        take(message, sum !== undefined);
      } catch (error) {
        broken({ line: number, reason: messageOf(error) });
      }
    }
    await this.#cut(file);
    await syncPath(dirname(this.#path));
  }

  /** Fails without a trace: the next line never continues a part of one that failed, as on a full disk. */
  async append(message: LoggedMessage): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new Error('the message log is not open');
    if (this.#torn) await this.#cut(file);
    const line = Buffer.from(`${JSON.stringify({ ...message, sum: sumOf(message) })}\n`);
    this.#torn = true;
    try {
      await file.appendFile(line);
      await file.sync();
    } catch (error) {
      // When the disk refuses this too, the next append tries it again before it writes anything.
      await this.#cut(file).catch(() => undefined);
      throw error;
    }
    this.#length += line.length;
    this.#torn = false;
  }

  async #cut(file: FileHandle): Promise<void> {
    if ((await file.stat()).size > this.#length) await file.truncate(this.#length);
    await file.sync();
    this.#torn = false;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

/** Twenty times cheaper to check than a message's EIP-712 digest, which matters when a log of many is opened. */
const sumOf = (message: LoggedMessage): string =>
  createHash('sha256').update(JSON.stringify(message)).digest('base64url').slice(0, 22);

/** Lines that end, with the offset behind each; the text of one that is too long for any message is undefined. */
async function* linesOf(file: FileHandle): AsyncGenerator<{ text: string | undefined; end: number }> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let offset = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const hold = (bytes: Buffer) => {
    heldBytes += bytes.length;
    if (heldBytes > MAX_LINE_BYTES) held = [];
    else held.push(Buffer.from(bytes));
  };
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return;
    let from = 0;
    for (;;) {
      const newline = chunk.subarray(0, bytesRead).indexOf(NEWLINE, from);
      if (newline === -1) break;
      hold(chunk.subarray(from, newline));
      yield {
        text: heldBytes > MAX_LINE_BYTES ? undefined : Buffer.concat(held).toString(),
        end: offset + newline + 1,
      };
      held = [];
      heldBytes = 0;
      from = newline + 1;
    }
    hold(chunk.subarray(from, bytesRead));
    offset += bytesRead;
  }
}
