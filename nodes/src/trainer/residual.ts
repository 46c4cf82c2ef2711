import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the encoding of a task's updates took from them, one file a round (f32, little-endian). A round is only given what
 * earlier rounds left, so that it gives the same update when it is made again after a crash. Losing one costs accuracy only:
 * they are written whole but not fsynced.
 */
export class Residual {
  readonly #folder: string;
  readonly #taskId: bigint;

  constructor(folder: string, taskId: bigint) {
    this.#folder = folder;
    this.#taskId = taskId;
  }

  /** What the last round before this one left. */
  async load(round: number): Promise<Float32Array | undefined> {
    const before = (await this.#rounds()).filter((other) => other < round);
    if (before.length === 0) return undefined;
    const bytes = await readFile(this.#path(Math.max(...before))).catch(() => undefined);
    if (!bytes || bytes.length % 4 !== 0) return undefined;
    const values = new Float32Array(Uint8Array.from(bytes).buffer);
    return values.every(Number.isFinite) ? values : undefined;
  }

  /** Keeps what this round leaves, and what it started from in case that it is made again. */
  async save(round: number, values: Float32Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(round);
    const temporary = `${path}.tmp`;
    await writeFile(temporary, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), { mode: 0o600 });
    await rename(temporary, path);
    const before = (await this.#rounds()).filter((other) => other < round).toSorted((a, b) => b - a);
    await Promise.all(before.slice(1).map((old) => rm(this.#path(old), { force: true })));
  }

  async #rounds(): Promise<number[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const pattern = new RegExp(`^${this.#taskId}-(\\d+)\\.residual$`);
    return names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  }

  #path(round: number): string {
    return join(this.#folder, `${this.#taskId}-${round}.residual`);
  }
}
