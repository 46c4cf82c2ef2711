import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Arena, createMemory } from './arena.ts';
import { describe, coreError } from './errors.ts';
import type { CoreExports } from './exports.ts';
import { requireInteger } from './arguments.ts';
import { MAX_THREADS, startThreads, type Threads } from './threads.ts';
import type { Hex, LoadOptions } from './load-options.ts';

export interface CoreInstance {
  readonly sha256: Hex;
  readonly exports: CoreExports;
  readonly arena: Arena;
  readonly threads: Threads;
}

/** Checks the binary's hash before any of it runs. */
export async function instantiate(wasm: BufferSource, options: LoadOptions = {}): Promise<CoreInstance> {
  const bytes = copyOf(wasm);
  const hash: Hex = `0x${bytesToHex(sha256(bytes))}`;
  const { expectedSha256 } = options;
  const count = requireInteger('threads', options.threads ?? 1, 1, MAX_THREADS);
  if (expectedSha256 !== undefined && String(expectedSha256).toLowerCase() !== hash) {
    throw coreError('CORE_SCORER_MISMATCH', 'This is not the scorer that was asked for', {
      expected: `sha256 ${describe(expectedSha256)}`,
      got: hash,
      hint: 'Fetch or build the binary that the DAO approved (`npm run build`).',
    });
  }
  const memory = createMemory();
  let exports: CoreExports;
  let module: WebAssembly.Module;
  let instance: WebAssembly.Instance;
  try {
    module = await WebAssembly.compile(bytes);
    instance = await WebAssembly.instantiate(module, { env: { memory } });
    exports = instance.exports as unknown as CoreExports;
    if (typeof exports.heapBase !== 'function') throw new TypeError('no export heapBase');
  } catch (cause) {
    throw coreError('CORE_BAD_BINARY', 'The bytes are not a core that this host can run', {
      got: `${bytes.length} bytes with sha256 ${hash}`,
      hint: 'WebAssembly SIMD and threads are needed: Node 20 or newer, or a browser from 2023 or newer.',
      cause,
    });
  }
  const arena = new Arena(memory, exports.heapBase() >>> 0);
  const threads = await startThreads(count, module, instance, memory, arena);
  return { sha256: hash, exports, arena, threads };
}

/** A private copy: nobody can change it between the hash and the compiler. */
function copyOf(wasm: BufferSource): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(wasm)) {
    const copy = new Uint8Array(wasm.byteLength);
    copy.set(new Uint8Array(wasm.buffer, wasm.byteOffset, wasm.byteLength));
    return copy;
  }
  const tag = Object.prototype.toString.call(wasm);
  if (tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]') {
    const copy = new Uint8Array(wasm.byteLength);
    copy.set(new Uint8Array(wasm));
    return copy;
  }
  throw coreError('CORE_BAD_ARGUMENT', 'The core is loaded from bytes', {
    expected: 'an ArrayBuffer or a view of one',
    got: describe(wasm),
  });
}
