import { CoveyError } from '@covey/errors';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import vm from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from './index.ts';
import { instantiate } from './instantiate.ts';
import { loadNodeCore } from './node.ts';
import { wasmBytes } from './test-fixtures.ts';

let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  bytes = await wasmBytes();
});

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing thrown',
    (error: unknown) => (error as CoveyError).code,
  );

describe('loadCore', () => {
  it('names the binary by its sha256, which is the committed one', async () => {
    const core = await loadCore(bytes);
    expect(core.sha256).toBe(`0x${createHash('sha256').update(bytes).digest('hex')}`);
    expect(core.sha256).toBe(readFileSync(new URL('../core.sha256', import.meta.url), 'utf8').trim());
    expect((await loadNodeCore({ expectedSha256: core.sha256 })).sha256).toBe(core.sha256);
  });

  it('refuses another scorer than the expected one, before running it', async () => {
    const expectedSha256 = `0x${'ab'.repeat(32)}` as const;
    expect(await codeOf(loadCore(bytes, { expectedSha256 }))).toBe('CORE_SCORER_MISMATCH');
    const { sha256 } = await loadCore(bytes);
    const changed = Uint8Array.from(bytes);
    changed[changed.length - 1]! ^= 1;
    expect(await codeOf(loadCore(changed, { expectedSha256: sha256 }))).toBe('CORE_SCORER_MISMATCH');
  });

  it('refuses what is not our core', async () => {
    expect(await codeOf(loadCore(new Uint8Array(0)))).toBe('CORE_BAD_BINARY');
    expect(await codeOf(loadCore(bytes.subarray(0, 1000)))).toBe('CORE_BAD_BINARY');
    expect(await codeOf(loadCore(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)))).toBe('CORE_BAD_BINARY');
    expect(await codeOf(loadCore('core.wasm' as unknown as BufferSource))).toBe('CORE_BAD_ARGUMENT');
  });

  it('takes buffers, views at an offset, shared ones, and those of another realm', async () => {
    const { sha256 } = await loadCore(bytes);
    expect((await loadCore(bytes.buffer)).sha256).toBe(sha256);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect((await loadCore(shifted.subarray(3))).sha256).toBe(sha256);
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    expect((await loadCore(shared as unknown as ArrayBuffer)).sha256).toBe(sha256);
    const foreign = vm.runInNewContext(`new Uint8Array(${bytes.length})`) as Uint8Array<ArrayBuffer>;
    foreign.set(bytes);
    expect((await loadCore(foreign)).sha256).toBe(sha256);
    const values = vm.runInNewContext('Float32Array.of(1, 2)') as Float32Array;
    expect((await loadCore(bytes)).isFinite(values)).toBe(true);
  });

  it('needs no global SharedArrayBuffer, which pages without cross-origin isolation lack', async () => {
    const held = globalThis.SharedArrayBuffer;
    Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
    try {
      const core = await loadCore(bytes);
      expect(core.add(Float32Array.of(1), Float32Array.of(2))).toEqual(Float32Array.of(3));
    } finally {
      globalThis.SharedArrayBuffer = held;
    }
  });

  it('hands out ordinary memory', async () => {
    const core = await loadCore(bytes);
    const { result } = core.aggregate({ rule: 'median' }, [Float32Array.of(1)]);
    expect(result.buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe('the arena', () => {
  it('is empty after every call, failed ones too, so memory stops growing', async () => {
    const { arena, exports } = await instantiate(bytes);
    const base = arena.allocate(0);
    for (let i = 0; i < 100; i++) {
      arena.scope(() => arena.allocate(1_000_000));
      expect(() =>
        arena.scope(() => {
          arena.allocate(1000);
          throw new Error('on purpose');
        }),
      ).toThrow('on purpose');
    }
    expect(arena.allocate(0)).toBe(base);
    expect(exports.heapBase()).toBeLessThanOrEqual(base);
  });

  it('grows over 2 GiB and refuses more than the address space', async () => {
    const { arena, exports } = await instantiate(bytes);
    arena.scope(() => {
      arena.allocate(2 ** 31);
      const at = arena.copyIn(Float32Array.of(1, 2, 3, 4, 5));
      expect(at).toBeGreaterThan(2 ** 31);
      exports.addSimd(at, at, at, 5);
      expect(arena.copyOut(at, 5)).toEqual(Float32Array.of(2, 4, 6, 8, 10));
      expect(() => arena.allocate(2 ** 32)).toThrow(CoveyError);
      expect(() => arena.allocate(NaN)).toThrow(CoveyError);
    });
  });
});
