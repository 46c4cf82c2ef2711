import { describe, expect, it } from 'vitest';
import { distance, meanOf } from './attack.ts';
import { normalQuantile } from './little-is-enough.ts';
import {
  flippedLabels,
  gaussian,
  innerProduct,
  largeValue,
  littleIsEnough,
  mimic,
  minMax,
  notANumber,
  signFlip,
  type Round,
} from './index.ts';

const honest = Array.from({ length: 12 }, (_, i) =>
  Float32Array.from({ length: 40 }, (_, c) => 1 + Math.sin(i * 3.7 + c) * (c === 0 ? 3 : 0.3)),
);
const own = [3, 4, 5].map((i) => honest[i]!.map((x) => x + 0.1));
const round: Round = { honest, own, seed: 5 };

describe('attacks', () => {
  it('send one update for each hostile node, of the right length, and leave the honest ones alone', () => {
    const before = structuredClone(honest);
    for (const attack of [
      signFlip(),
      innerProduct(),
      littleIsEnough,
      mimic,
      minMax,
      gaussian(),
      largeValue(),
      notANumber,
    ]) {
      const sent = attack(round);
      expect(sent).toHaveLength(3);
      for (const update of sent) expect(update).toHaveLength(40);
    }
    expect(honest).toEqual(before);
  });

  it('do what their papers say', () => {
    const mean = meanOf(honest);
    signFlip(4)(round).forEach((update, i) => expect([...update]).toEqual([...own[i]!.map((x) => -4 * x)]));
    expect(innerProduct(0.5)(round)[0]![7]).toBeCloseTo(-0.5 * mean[7]!, 5);
    const widest = Math.max(...honest.flatMap((a) => honest.map((b) => distance(a, b))));
    const hidden = minMax(round)[0]!;
    const furthest = Math.max(...honest.map((update) => distance(update, hidden)));
    expect(furthest / widest).toBeGreaterThan(0.999);
    expect(furthest / widest).toBeLessThanOrEqual(1);
    expect(honest.some((update) => update.every((x, c) => x === mimic(round)[0]![c]))).toBe(true);
    expect(gaussian(2)(round)).toEqual(gaussian(2)(round));
    expect(gaussian(2)(round)).not.toEqual(gaussian(2)({ ...round, seed: 6 }));
    expect([...flippedLabels(Uint8Array.of(0, 1, 9), 10)]).toEqual([9, 8, 0]);
  });

  it('ALIE takes z from the normal distribution', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 6);
    // n = 15, f = 3: s = 5, z = Φ⁻¹(7/12).
    const mean = meanOf(honest);
    const column = honest.map((update) => update[0]!);
    const deviation = Math.sqrt(column.reduce((sum, x) => sum + (x - mean[0]!) ** 2, 0) / 12);
    expect((mean[0]! - littleIsEnough(round)[0]![0]!) / deviation).toBeCloseTo(normalQuantile(7 / 12), 4);
  });
});
