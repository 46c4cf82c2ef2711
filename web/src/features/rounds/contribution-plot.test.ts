import { describe, expect, it } from 'vitest';
import { contributionPlot, type Given } from './contribution-plot.ts';

const given = (contributions: bigint[], seats = 1): Given[] =>
  contributions.map((contribution, index) => ({ index, contribution, seats }));

describe('the plot of contributions', () => {
  it('goes from nothing at the left to the most at the right', () => {
    const { dots, most, width } = contributionPlot(given([0n, 50n, 100n]));
    expect(most).toBe(100n);
    expect(dots.map(({ x }) => x)).toEqual([12, width / 2, width - 12]);
  });

  it('shows every dot: none covers another, all are inside', () => {
    const many = contributionPlot(
      given(
        Array.from({ length: 300 }, (_, i) => BigInt((i * 7919) % 101)),
        3,
      ),
    );
    for (const [i, a] of many.dots.entries()) {
      expect(a.y - a.radius).toBeGreaterThanOrEqual(0);
      expect(a.y + a.radius).toBeLessThanOrEqual(many.height);
      for (const b of many.dots.slice(i + 1)) {
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan((a.radius + b.radius) * 0.7);
      }
    }
  });

  it('draws an area a seat, and stands where nobody gave anything', () => {
    const [small, large] = contributionPlot([...given([5n], 4), { index: 1, contribution: 9n, seats: 16 }]).dots;
    expect(large!.radius / small!.radius).toBeCloseTo(2, 5);
    const none = contributionPlot(given([0n, 0n]));
    expect(none.most).toBe(0n);
    expect(new Set(none.dots.map(({ x }) => x)).size).toBe(1);
    expect(contributionPlot([]).dots).toEqual([]);
  });
});
