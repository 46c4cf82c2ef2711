import { open, readdir, readFile, rm, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from './durable-blockstore.ts';

export interface Pin {
  cid: string;
  type: 'recursive' | 'direct';
  name: string;
}

/** What was asked to be kept: one small file a pin, flushed before it is acknowledged. Nothing is ever collected here. */
export class Pins {
  readonly #directory: string;
  readonly #pins = new Map<string, Pin>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async open(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const cid of await readdir(this.#directory)) {
      const [type, name = ''] = (await readFile(join(this.#directory, cid), 'utf8')).split('\n');
      this.#pins.set(cid, { cid, type: type === 'direct' ? 'direct' : 'recursive', name });
    }
  }

  async add(pin: Pin): Promise<void> {
    const present = this.#pins.get(pin.cid);
    if (present?.type === pin.type && present.name === pin.name) return;
    const handle = await open(join(this.#directory, pin.cid), 'w');
    try {
      await handle.writeFile(`${pin.type}\n${pin.name.replaceAll('\n', ' ')}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await syncPath(this.#directory);
    this.#pins.set(pin.cid, pin);
  }

  async remove(cid: string): Promise<boolean> {
    if (!this.#pins.delete(cid)) return false;
    await rm(join(this.#directory, cid), { force: true });
    await syncPath(this.#directory);
    return true;
  }

  get(cid: string): Pin | undefined {
    return this.#pins.get(cid);
  }

  list(): Pin[] {
    return [...this.#pins.values()];
  }
}
