import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the encoding of a task's last update took from it (f32, little-endian). Losing it costs accuracy only, so it is
 * written whole but not fsynced.
 */
export class Residual {
  readonly #path: string;

  constructor(folder: string, taskId: bigint) {
    this.#path = join(folder, `${taskId}.residual`);
  }

  async load(): Promise<Float32Array | undefined> {
    const bytes = await readFile(this.#path).catch(() => undefined);
    if (!bytes || bytes.length % 4 !== 0) return undefined;
    const values = new Float32Array(Uint8Array.from(bytes).buffer);
    return values.every(Number.isFinite) ? values : undefined;
  }

  async save(values: Float32Array): Promise<void> {
    await mkdir(join(this.#path, '..'), { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.tmp`;
    await writeFile(temporary, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), { mode: 0o600 });
    await rename(temporary, this.#path);
  }
}
