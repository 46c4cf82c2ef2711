import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantiate, type CoreInstance } from './instantiate.ts';
import { bitsOf, integers, wasmBytes } from './test-fixtures.ts';
import { Control, CONTROL_BYTES, DIED, END, FAILED, JOB, TASKS } from './threads-control.ts';
import type { Call } from './threads.ts';

const counts = [1, 2, 3, 7];
let instances: CoreInstance[];

beforeAll(async () => {
  const bytes = await wasmBytes();
  instances = await Promise.all(counts.map((threads) => instantiate(bytes, { threads })));
});

afterAll(() => {
  for (const { threads } of instances) threads.close();
});

const random = integers(7);
const values = (length: number): Float32Array => Float32Array.from({ length }, () => (random(2001) - 1000) / 64);

describe('threads', () => {
  it('are as many as asked for', () => {
    expect(instances.map(({ threads }) => threads.count)).toEqual(counts);
  });

  it('give the same bits with any number of them', () => {
    const a = values(50_000);
    const b = values(50_000);
    const results = instances.map(({ arena, threads }) =>
      arena.scope(() => {
        const left = arena.copyIn(a);
        const right = arena.copyIn(b);
        const out = arena.allocate(a.byteLength);
        const calls = Array.from({ length: 100 }, (_, i): Call => {
          const offset = i * 500 * 4;
          return ['subtractSimd', left + offset, right + offset, out + offset, 500];
        });
        threads.run(calls);
        return bitsOf(arena.f32(out, a.length));
      }),
    );
    expect(results[0]).toEqual(bitsOf(a.map((value, i) => value - b[i]!)));
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('give results back in the order of the calls, job after job, past the table’s length', () => {
    const rows = [values(64), values(64)];
    for (const { arena, exports, threads } of instances) {
      arena.scope(() => {
        const [a, b] = rows.map((row) => arena.copyIn(row)) as [number, number];
        const calls = Array.from({ length: 3 * TASKS + 17 }, (_, i): Call => ['floorSimd', i % 2 ? a : b, i % 64]);
        const expected = calls.map((_, i) => exports.floorSimd(i % 2 ? a : b, i % 64));
        expect(threads.run(calls)).toEqual(expected);
        for (let job = 0; job < 300; job++) expect(threads.run([calls[job]!])).toEqual([expected[job]]);
        expect(threads.run([])).toEqual([]);
      });
    }
  });

  it('see memory that grew after they had started', () => {
    const { arena, threads } = instances[2]!;
    arena.scope(() => {
      arena.allocate(200 * 2 ** 20);
      const a = values(4 * 64);
      const [from, out] = [arena.copyIn(a), arena.allocate(a.byteLength)];
      threads.run(
        Array.from({ length: 64 }, (_, i): Call => ['addSimd', from + i * 16, from + i * 16, out + i * 16, 4]),
      );
      expect(arena.f32(out, a.length)).toEqual(a.map((value) => value + value));
    });
  });

  it('tell of a trap and can be used again', () => {
    for (const { threads, arena } of instances.slice(1)) {
      const outside: Call = ['addSimd', 2 ** 32 - 64, 2 ** 32 - 64, 2 ** 32 - 64, 8];
      expect(() => threads.run(Array<Call>(20).fill(outside))).toThrowError(
        expect.objectContaining({ code: 'CORE_THREADS_FAILED' }),
      );
      expect(threads.run([['notFiniteSimd', arena.allocate(16), 4]])).toEqual([0]);
    }
  });

  it('tell of a thread that died, instead of waiting for it', async () => {
    const { arena, threads } = await instantiate(await wasmBytes(), { threads: 3 });
    // The block lies where the first allocation was made; an export that does not exist ends whoever takes the task.
    const memory = { buffer: arena.u8(0, 1).buffer } as WebAssembly.Memory;
    const at = arena.allocate(0) - CONTROL_BYTES;
    const control = new Control(memory, at - (at % 64));
    control.writeTask(Atomics.load(control.words, END), 9999, []);
    Atomics.add(control.words, END, 1);
    Atomics.add(control.words, JOB, 1);
    Atomics.notify(control.words, JOB);
    await expect.poll(() => Atomics.load(control.words, FAILED)).toBe(DIED);
    expect(() => threads.run([['notFiniteSimd', 0, 0]])).toThrowError(
      expect.objectContaining({ code: 'CORE_THREADS_FAILED' }),
    );
    threads.close();
  });

  it('are closed for good; calls go on with the caller’s own', async () => {
    const { threads, arena } = await instantiate(await wasmBytes(), { threads: 2 });
    threads.close();
    threads.close();
    expect(threads.count).toBe(1);
    expect(threads.run([['notFiniteSimd', arena.allocate(16), 4]])).toEqual([0]);
  });

  it('number 1 to 64', async () => {
    const bytes = await wasmBytes();
    for (const count of [0, 65, 1.5, NaN]) {
      await expect(instantiate(bytes, { threads: count })).rejects.toMatchObject({ code: 'CORE_BAD_ARGUMENT' });
    }
  });
});
