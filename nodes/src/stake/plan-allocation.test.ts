import { ONE, allocatedStake } from '@covey/protocol';
import { describe, expect, it } from 'vitest';
import { planAllocation } from './plan-allocation.ts';

const half = ONE / 2n;
const fresh = { own: 0n, allocated: 0n, bound: 0n, free: ONE };
const asking = (asked: bigint, more: object = {}) => ({ taskId: 1n, asked, ...more });

describe('what a node stakes and allocates for a task', () => {
  it('is nothing beyond what it holds, unless its operator lets it stake', () => {
    expect(() => planAllocation(asking(5_000n), fresh)).toThrow(
      expect.objectContaining({ code: 'STAKE_LIMIT', got: '5000' }),
    );
    expect(planAllocation(asking(5_000n), { ...fresh, own: 5_000n })).toEqual({ stake: 0n, ratio: ONE });
    expect(planAllocation(asking(5_000n, { limit: 5_000n }), fresh)).toEqual({ stake: 5_000n, ratio: ONE });
  });

  it('is what is free, up to the limit of a task', () => {
    const own = 20_000n;
    expect(planAllocation(asking(5_000n, { limit: 10_000n }), { ...fresh, own })).toEqual({ stake: 0n, ratio: half });
    const second = { own, allocated: 0n, bound: 0n, free: half };
    expect(planAllocation(asking(5_000n, { limit: 30_000n }), second)).toEqual({ stake: 0n, ratio: half });
    // Half of a stake is half as much: more is needed.
    expect(planAllocation(asking(15_000n, { limit: 30_000n }), second)).toEqual({ stake: 10_000n, ratio: half });
  });

  it('is the part that its operator names', () => {
    const part = ONE / 4n;
    expect(planAllocation(asking(5_000n, { ratio: part, limit: 20_000n }), fresh)).toEqual({
      stake: 20_000n,
      ratio: part,
    });
    expect(() => planAllocation(asking(5_000n, { ratio: part, limit: 19_999n }), fresh)).toThrow(
      expect.objectContaining({ code: 'STAKE_LIMIT', got: '20000' }),
    );
    // Less is free than it names.
    const holding = { own: 40_000n, allocated: 0n, bound: 0n, free: part };
    expect(planAllocation(asking(5_000n, { ratio: half }), holding)).toEqual({ stake: 0n, ratio: part });
  });

  it('leaves what was allocated by hand, and what rounds still hold is the task’s own', () => {
    const byHand = { own: 40_000n, allocated: ONE / 8n, bound: 0n, free: half };
    expect(planAllocation(asking(5_000n), byHand)).toEqual({ stake: 0n, ratio: ONE / 8n });
    const held = { own: 10_000n, allocated: 0n, bound: half, free: 0n };
    expect(planAllocation(asking(5_000n), held)).toEqual({ stake: 0n, ratio: half });
  });

  it('is nothing where other tasks have everything', () => {
    expect(() => planAllocation(asking(1n, { limit: 9n }), { own: 9n, allocated: 0n, bound: 0n, free: 0n })).toThrow(
      expect.objectContaining({ code: 'ALLOCATION_LIMIT' }),
    );
  });

  it('always suffices where it is not refused, and never passes limit or pool', () => {
    let seed = 7n;
    const random = (below: bigint) => (seed = (seed * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n) % below;
    for (let n = 0; n < 2_000; n++) {
      const allocated = random(ONE);
      const bound = random(ONE);
      const used = allocated > bound ? allocated : bound;
      const holding = { own: random(10n ** 22n), allocated, bound, free: random(ONE - used + 1n) };
      const limit = n % 3 === 0 ? undefined : random(10n ** 22n);
      const target = asking(1n + random(10n ** 22n), { limit, ratio: n % 2 ? undefined : 1n + random(ONE) });
      try {
        const plan = planAllocation(target, holding);
        expect(allocatedStake(holding.own + plan.stake, plan.ratio)).toBeGreaterThanOrEqual(target.asked);
        expect(plan.ratio).toBeGreaterThanOrEqual(allocated);
        expect(plan.ratio).toBeLessThanOrEqual(used + holding.free);
        expect(plan.stake).toBeGreaterThanOrEqual(0n);
        if (plan.stake > 0n) expect(holding.own + plan.stake).toBeLessThanOrEqual(limit ?? 0n);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(STAKE|ALLOCATION)_LIMIT$/) as string });
      }
    }
  });
});
