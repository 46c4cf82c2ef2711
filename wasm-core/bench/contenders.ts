import { fillF32, fillI8 } from './fill.ts';
import type { Kernel } from './kernels.ts';
import { LineProcess } from './line-process.ts';
import type { Contender } from './measure.ts';
import { compileNative, type Native } from './native.ts';
import { ortMatmul, ortMatmulInteger } from './peers/ort.ts';
import { findPython, pythonRule } from './peers/python.ts';
import { tfjsMatmul } from './peers/tfjs.ts';

/** What the core is measured against: same inputs where C can have them, same sizes everywhere. */
export interface Rival extends Contender {
  /** Units of one run, in the kernel's unit. */
  work: number;
  /** FNV-1a of the result, of those that must have the core's bits. */
  fingerprint?(): Promise<number>;
  close(): void;
}

/** Operations of one run of the peak: a tenth of a second on a machine of this decade. */
const PEAK_OPERATIONS = 2e9;
const compute = ['gram', 'matmul'];

/** Finds the compilers and libraries of this machine once; what is missing is told by `missing`. */
export class Field {
  readonly missing: string[] = [];
  readonly #native: Native | undefined;
  readonly #flower: string | undefined;
  readonly #byzfl: string | undefined;

  constructor() {
    try {
      this.#native = compileNative();
    } catch (error) {
      this.missing.push(`native-read, c-128, peak-128: gcc for x86 is needed (${firstLine(error)})`);
    }
    this.#flower = findPython('numpy');
    this.#byzfl = findPython('torch');
    if (!this.#flower) this.missing.push('flower: a python3 with numpy is needed');
    if (!this.#byzfl) this.missing.push('byzfl: a python3 with torch is needed');
  }

  /** Rivals of a kernel on one thread, or those that can be given two. */
  async rivals(kernel: Kernel, threads: number): Promise<Rival[]> {
    const found: Rival[] = [];
    const { name, n, d, work } = kernel;
    if (name.startsWith('matmul-')) return name === 'matmul-int8' && threads === 1 ? this.#integerPeer(kernel) : [];
    if (threads === 1) {
      const c = this.#native;
      if (c) {
        found.push(program('c-native', new LineProcess(c.native, [name, `${n}`, `${d}`]), work));
        found.push(program('c-128', new LineProcess(c.c128, [name, `${n}`, `${d}`]), work));
        for (const rival of found) {
          if (name !== 'gram') rival.fingerprint = () => (rival as Program).ask('hash');
        }
        if (compute.includes(name)) {
          const sizes = ['1000', `${PEAK_OPERATIONS / 1000}`];
          found.push(program('peak-128', new LineProcess(c.c128, ['peak', ...sizes]), PEAK_OPERATIONS / 1e9));
        } else if (name !== 'int8-sum') {
          found.push(program('native-read', new LineProcess(c.native, ['read', `${n}`, `${d}`]), work));
        }
      }
      if (name === 'matmul') found.push(...(await this.#webPeers(kernel)));
    }
    if (!['matmul', 'int8-sum'].includes(name)) {
      if (this.#flower && threads === 1) {
        found.push(program('flower', pythonRule(this.#flower, `flower-${name}`, n, d, 1), work));
      }
      if (this.#byzfl) found.push(program('byzfl', pythonRule(this.#byzfl, `byzfl-${name}`, n, d, threads), work));
    }
    return found;
  }

  async #webPeers({ n, d, work }: Kernel): Promise<Rival[]> {
    const a = fillF32(new Float32Array(n * d), 1);
    const b = fillF32(new Float32Array(d * n), 2);
    const found: Rival[] = [];
    for (const [name, load] of [
      ['tfjs-wasm', tfjsMatmul],
      ['ort-web', ortMatmul],
    ] as const) {
      try {
        const { run } = await load(a, b, n, d, n);
        found.push({ name, run, work, close: () => undefined });
      } catch (error) {
        this.missing.push(`${name}: ${firstLine(error)}`);
      }
    }
    return found;
  }

  async #integerPeer({ n, d, work }: Kernel): Promise<Rival[]> {
    const bytes = (seed: number) => new Uint8Array(fillI8(new Int8Array(n * d), seed).buffer);
    try {
      const { run } = await ortMatmulInteger(bytes(1), bytes(2), n, d, n);
      return [{ name: 'ort-uint8', run, work, close: () => undefined }];
    } catch (error) {
      this.missing.push(`ort-uint8: ${firstLine(error)}`);
      return [];
    }
  }

  close(): void {
    this.#native?.close();
  }
}

type Program = Rival & { ask(line: string): Promise<number> };

function program(name: string, process: LineProcess, work: number): Program {
  const ask = (line: string): Promise<number> => process.ask(line);
  return { name, work, ask, run: () => ask('run'), close: () => process.close() };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!;
}
