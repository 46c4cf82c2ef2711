import type { CoveyError } from '@covey/errors';
import { coreError, isCoreError } from './errors.ts';
import type { Pointer } from './exports.ts';

const PAGE = 65_536;
/** Every allocation starts on one: no two arrays share a cache line. */
const ALIGNMENT = 64;
/** 4 GiB is what a 32-bit memory can hold; hosts that refuse to reserve it get less. */
const MAXIMUM_PAGES = [65_536, 32_768, 16_384, 4_096];
const INITIAL_PAGES = 16;

/** One shared memory; needs no cross-origin isolation as long as it is not posted to another thread. */
export function createMemory(): WebAssembly.Memory {
  let cause: unknown;
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
    } catch (error) {
      cause = error;
    }
  }
  throw coreError('CORE_UNSUPPORTED', 'The host gives no shared WebAssembly memory', {
    hint: 'Use Node 20 or newer, or a browser from 2023 or newer.',
    cause,
  });
}

export interface Held {
  at: Pointer;
  release(): void;
}

/** Memory that outlives calls. */
interface Block {
  at: Pointer;
  bytes: number;
  /** The top before it. */
  mark: number;
  isFree: boolean;
}

/**
 * Bump allocator over the memory behind the core's static data. Everything that a call allocates is freed at once by
 * `scope`, so repeated calls never leak. Views must be made after the last allocation: growing makes longer buffers.
 */
export class Arena {
  readonly #memory: WebAssembly.Memory;
  readonly #base: number;
  #top: number;
  #held = false;
  #scopes = 0;
  /** By place; the last one is in use. */
  readonly #kept: Block[] = [];

  constructor(memory: WebAssembly.Memory, base: number) {
    this.#memory = memory;
    this.#base = base;
    this.#top = base;
  }

  /** Bytes in use by unfinished calls: 0 between calls. */
  get used(): number {
    return this.#top - this.#base;
  }

  scope<T>(work: () => T): T {
    const mark = this.#top;
    this.#scopes++;
    try {
      return work();
    } finally {
      this.#scopes--;
      this.#top = mark;
      this.#trim();
    }
  }

  /** As `keep`, for one owner at a time: undefined where there is another one. */
  hold(bytes: number): Held | undefined {
    if (this.#held) return undefined;
    const kept = this.keep(bytes);
    if (!kept) return undefined;
    this.#held = true;
    return {
      at: kept.at,
      release: () => {
        this.#held = false;
        kept.release();
      },
    };
  }

  /**
   * Memory that stays while other calls come and go, until it is released, once; a place that was released below others' is
   * used again. Undefined inside a scope, which would free it, or where the host has not so much.
   */
  keep(bytes: number): Held | undefined {
    if (this.#scopes > 0) return undefined;
    const block = this.#kept.find((one) => one.isFree && one.bytes >= bytes) ?? this.#append(bytes);
    if (!block) return undefined;
    block.isFree = false;
    return {
      at: block.at,
      release: () => {
        block.isFree = true;
        this.#trim();
      },
    };
  }

  #append(bytes: number): Block | undefined {
    const mark = this.#top;
    try {
      const block = { at: this.allocate(bytes), bytes, mark, isFree: false };
      this.#kept.push(block);
      return block;
    } catch (error) {
      if (isCoreError(error) && error.code === 'CORE_OUT_OF_MEMORY') return undefined;
      throw error;
    }
  }

  /** Gives back what is free at the top, but under a scope, whose memory is above it. */
  #trim(): void {
    if (this.#scopes > 0) return;
    while (this.#kept.at(-1)?.isFree) this.#top = this.#kept.pop()!.mark;
  }

  allocate(bytes: number): Pointer {
    const at = Math.ceil(this.#top / ALIGNMENT) * ALIGNMENT;
    const end = at + bytes;
    const missing = end - this.#memory.buffer.byteLength;
    if (!(end <= 2 ** 32)) throw outOfMemory(bytes);
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / PAGE));
      } catch (cause) {
        throw outOfMemory(bytes, cause);
      }
    }
    this.#top = end;
    return at;
  }

  copyIn(values: Float32Array | Float64Array | Uint32Array | Uint8Array): Pointer {
    const { buffer, byteOffset, byteLength } = values;
    const at = this.allocate(byteLength);
    this.u8(at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    return at;
  }

  f32(at: Pointer, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }

  f64(at: Pointer, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, length);
  }

  u32(at: Pointer, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, length);
  }

  u64(at: Pointer, length: number): BigUint64Array {
    return new BigUint64Array(this.#memory.buffer, at, length);
  }

  u8(at: Pointer, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** A copy in ordinary memory: shared views are refused by many host functions. */
  copyOut(at: Pointer, length: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(length);
    values.set(this.f32(at, length));
    return values;
  }
}

function outOfMemory(bytes: number, cause?: unknown): CoveyError {
  return coreError('CORE_OUT_OF_MEMORY', 'The work does not fit the memory of this host', {
    got: `a need of ${Math.round(bytes / 2 ** 20)} MiB more`,
    hint: 'Use fewer or smaller arrays a call.',
    cause,
  });
}
