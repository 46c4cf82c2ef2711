import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { coreError } from './errors.ts';
import { loadCore } from './index.ts';
import type { LoadOptions } from './load-options.ts';
import type { Core } from './types.ts';

/** Where `node wasm-core/build.ts` puts the binary. */
export const coreWasmPath: string = fileURLToPath(new URL('../dist/core.wasm', import.meta.url));

export async function loadNodeCore(options?: LoadOptions): Promise<Core> {
  return loadCore(await readCoreWasm(), options);
}

export async function readCoreWasm(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(coreWasmPath));
  } catch (cause) {
    throw coreError('CORE_NOT_BUILT', 'The core is not built', {
      expected: coreWasmPath,
      hint: 'Run `node wasm-core/build.ts`.',
      cause,
    });
  }
}
