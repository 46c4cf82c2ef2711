import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreExports } from './exports.ts';
import { testInstance } from './test-fixtures.ts';

let core: CoreExports;
beforeAll(async () => {
  core = (await testInstance()).exports;
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
  it('is within 2 ulp of Math.exp wherever the result is normal', () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709.7, noNaN: true }), (x) => ulps(core.exp(x), Math.exp(x)) <= 2),
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
    expect(core.exp(-746)).toBe(0);
    expect(core.exp(-1e300)).toBe(0);
    expect(core.exp(710)).toBe(Infinity);
    expect(core.exp(-740)).toBeGreaterThan(0);
    expect(ulps(core.exp(-740), Math.exp(-740))).toBeLessThanOrEqual(2);
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
