import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { measureAccuracy } from '../bench/accuracy.ts';
import type { CoreExports } from './exports.ts';
import type { CoreInstance } from './instantiate.ts';
import { testInstance } from './test-fixtures.ts';

let instance: CoreInstance;
let core: CoreExports;
beforeAll(async () => {
  instance = await testInstance();
  core = instance.exports;
});

/** Distance in units in the last place: positive f64s are ordered as their bits. */
function ulps(a: number, b: number): number {
  const bits = (x: number): bigint => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, x);
    const raw = view.getBigInt64(0);
    return raw < 0n ? -(raw & 0x7fffffffffffffffn) : raw;
  };
  const distance = bits(a) - bits(b);
  return Number(distance < 0n ? -distance : distance);
}

describe('e^x', () => {
  it('is within 2 ulp of Math.exp down to e^-138, below which it is 0', () => {
    fc.assert(
      fc.property(fc.double({ min: -138, max: 709.7, noNaN: true }), (x) => ulps(core.exp(x), Math.exp(x)) <= 2),
      { numRuns: 20_000, seed: 1 },
    );
  });

  it('is within 2 ulp on a fine grid of the range that softmax uses', () => {
    let worst = 0;
    for (let x = -40; x <= 0; x += 0.0007) worst = Math.max(worst, ulps(core.exp(x), Math.exp(x)));
    expect(worst).toBeLessThanOrEqual(2);
  });

  it('gives the exact ends', () => {
    expect(core.exp(0)).toBe(1);
    expect(core.exp(-0)).toBe(1);
    expect(core.exp(-138.0000001)).toBe(0);
    expect(core.exp(-1e300)).toBe(0);
    expect(core.exp(710)).toBe(Infinity);
    expect(ulps(core.exp(-138), Math.exp(-138))).toBeLessThanOrEqual(2);
    expect(ulps(core.exp(709.78), Math.exp(709.78))).toBeLessThanOrEqual(2);
  });
});

describe('ln x', () => {
  it('is within 2 ulp of Math.log, denormals included', () => {
    fc.assert(
      fc.property(
        fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
        (x) => ulps(core.log(x), Math.log(x)) <= 2,
      ),
      { numRuns: 20_000, seed: 2 },
    );
  });

  it('is within 2 ulp near 1 and over the sums that softmax makes', () => {
    let worst = 0;
    for (let x = 0.5; x <= 256; x += x < 2 ? 0.0001 : 0.01) worst = Math.max(worst, ulps(core.log(x), Math.log(x)));
    for (let e = 1; e <= 52; e++) worst = Math.max(worst, ulps(core.log(1 + 2 ** -e), Math.log(1 + 2 ** -e)));
    expect(worst).toBeLessThanOrEqual(2);
  });

  it('gives the exact ends', () => {
    expect(core.log(1)).toBe(0);
    expect(core.log(0)).toBe(-Infinity);
    expect(core.log(2 ** 100)).toBe(Math.log(2 ** 100));
  });
});

describe('sin and cos', () => {
  it('are within 2^-52 of Math.sin and Math.cos over the angles of rotary positions', () => {
    let worst = 0;
    for (let x = 0; x < 70_000; x += x < 100 ? 0.00371 : 1.37) {
      worst = Math.max(worst, Math.abs(core.sin(x) - Math.sin(x)), Math.abs(core.cos(x) - Math.cos(x)));
    }
    expect(worst).toBeLessThanOrEqual(2 ** -52);
    expect([core.sin(0), core.cos(0)]).toEqual([0, 1]);
  });
});

describe('functions of f32', () => {
  it('stay within their stated errors over every 4093rd f32 (bench/accuracy.ts measures all)', () => {
    const bounds = { exp: 1.1, tanh: 1.5, erf: 1.5 };
    for (const { name, count, ulp } of measureAccuracy(instance, 4093)) {
      expect(count).toBeGreaterThan(1_000_000);
      expect(ulp, name).toBeLessThan(bounds[name]);
    }
  });

  it('give the exact ends', () => {
    const { arena, exports } = instance;
    arena.scope(() => {
      const call = (which: number, x: number): number => {
        const at = arena.copyIn(Float32Array.of(x));
        exports.functionSimd(which, at, at, 1);
        return arena.f32(at, 1)[0]!;
      };
      expect([0, -0, 89, -35.36, Infinity, -Infinity].map((x) => call(0, x))).toEqual([1, 1, Infinity, 0, Infinity, 0]);
      for (const which of [1, 2]) {
        expect([0, 20, -20, Infinity, -Infinity].map((x) => call(which, x))).toEqual([0, 1, -1, 1, -1]);
      }
      for (const which of [0, 1, 2]) expect(call(which, NaN)).toBeNaN();
    });
  });
});
