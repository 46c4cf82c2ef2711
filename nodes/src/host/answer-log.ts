import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Served } from './answers.ts';
import { proofOf } from './http/proof.ts';

/**
 * What was signed, a JSON object a line, for `covey audit`: the file, and the one before it. It is no ledger: what a power
 * cut takes of it is owed to nobody.
 */
export class AnswerLog {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: FileHandle;
  #bytes: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, maxBytes: number, file: FileHandle, bytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#file = file;
    this.#bytes = bytes;
  }

  static async open(path: string, maxBytes: number): Promise<AnswerLog> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a', 0o600);
    return new AnswerLog(path, maxBytes, file, (await stat(path)).size);
  }

  add(served: Served, host: string): void {
    const text = `${JSON.stringify({ host, ...proofOf(served) })}\n`;
    this.#writing = this.#writing.then(() => this.#append(text)).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #append(text: string): Promise<void> {
    if (this.#bytes + text.length > this.#maxBytes / 2) {
      await this.#file.close();
      await rename(this.#path, `${this.#path}.1`);
      this.#file = await open(this.#path, 'a', 0o600);
      this.#bytes = 0;
    }
    await this.#file.appendFile(text);
    this.#bytes += text.length;
  }
}
