import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WireEnvelope } from '@covey/governance';
import type { Hex } from 'viem';
import { syncPath } from '../ipfs/durable-blockstore.ts';

/** One accepted message. Signed messages exist nowhere else, so this file is the only thing here that must not be lost. */
export interface LoggedMessage {
  id: Hex;
  /** CID of the block that holds the same message. */
  ipfs: string;
  /** The chain's time when it was accepted, unix seconds. */
  received: number;
  envelope: WireEnvelope;
}

/** An append-only file of JSON lines; a line is on the disk before its message is acknowledged. */
export class MessageLog {
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Opens the log and reads what is in it; cuts off a last line that a killed process left half-written. */
  async open(): Promise<LoggedMessage[]> {
    await mkdir(dirname(this.#path), { recursive: true });
    this.#file = await open(this.#path, 'a+');
    const text = await this.#file.readFile('utf8');
    const end = text.lastIndexOf('\n') + 1;
    if (end < text.length) await this.#file.truncate(Buffer.byteLength(text.slice(0, end)));
    await this.#file.sync();
    await syncPath(dirname(this.#path));
    return text
      .slice(0, end)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LoggedMessage);
  }

  async append(message: LoggedMessage): Promise<void> {
    if (this.#file === undefined) throw new Error('the message log is not open');
    await this.#file.appendFile(`${JSON.stringify(message)}\n`);
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
