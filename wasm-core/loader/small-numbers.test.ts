import { beforeAll, describe, expect, it } from 'vitest';
import { arithmetics } from './arithmetic.ts';
import { FAINT } from './faint.ts';
import { layerTypes, lossTypes, networkLayout, preAggregators, rules, suitedRule } from './index.ts';
import { integers, testCore } from './test-fixtures.ts';
import type { Core, Layer } from './types.ts';

// Nothing that the core hands on is below its floor, whatever it is given: with factors of 0 or at least 2^-51 no product and
// no sum is subnormal (docs/reference/wasm-numerics.md). What that saves is measured by bench/small-numbers.ts.

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

/** Numbers of an attacker in the place of x, which is about 1. */
const spoilers: Record<string, (x: number, i: number) => number> = {
  subnormal: (x) => x * 1e-40,
  'with subnormal products': (x) => x * 1e-20,
  'of every size': (x, i) => x * 2 ** -((i * 37) % 150),
  'at the floor': (x, i) => x * 2 ** -(49 + (i % 4)),
};
const each = Object.entries(spoilers).map(([name, spoil]) => ({ name, spoil }));

/** How many are neither 0 nor at least the floor: −0 counts too. */
function faint(values: Float32Array): number {
  return values.filter((value) => Object.is(value, -0) || (value !== 0 && Math.abs(value) < FAINT)).length;
}

describe.each(each)('numbers $name', ({ spoil }) => {
  it.each(layerTypes.map(({ name, example }) => ({ name, layers: example as unknown as Layer[] })))(
    'leave nothing faint in what $name gives, forwards, backwards and trained',
    ({ layers }) => {
      const { input, classes } = networkLayout(layers);
      const next = integers(7);
      const count = 5;
      const tokens = input.kind === 'tokens';
      const inputs =
        input.kind === 'features'
          ? Float32Array.from({ length: count * input.size }, (_, i) => spoil(next(2001) / 1000 - 1, i))
          : Uint8Array.from({ length: count * (input.size + Number(tokens)) }, () => next(input.vocabulary));
      const parameters = core.initialise(layers, 3).map((x, i) => spoil(x + 0.01, i));
      for (const { name, targets, tokenCode } of lossTypes) {
        if (tokens && tokenCode === undefined) continue;
        const labels =
          targets === 'class'
            ? Uint8Array.from({ length: count }, () => next(classes))
            : Float32Array.from({ length: count * classes }, (_, i) => spoil(next(2001) / 1000 - 1, i));
        const given = { layers, loss: name, parameters, inputs, ...(tokens ? {} : { labels }) };
        expect(faint(core.outputs(given))).toBe(0);
        for (const arithmetic of arithmetics) expect(faint(core.outputs({ ...given, arithmetic }))).toBe(0);
        expect(faint(core.gradient(given))).toBe(0);
        for (const optimizer of ['sgd', 'adam'] as const) {
          const step = { epochs: 2, batchSize: 2, learningRate: 1e-9, momentum: 1e-30, seed: 1, optimizer };
          expect(faint(core.train({ ...given, ...step }))).toBe(0);
        }
      }
    },
  );

  it('leave nothing faint in what any rule makes of updates', () => {
    const [n, d] = [12, 301];
    const next = integers(9);
    const updates = Array.from({ length: n }, (_, row) =>
      Float32Array.from({ length: d }, (_, i) => spoil((row === 3 ? 1e30 : 1) * (next(2001) / 1000 - 1), i)),
    );
    for (const rule of [
      ...rules.map(({ name }) => suitedRule(name, [], n, 2)),
      ...preAggregators.map(({ name }) => suitedRule('geometric-median', [name], n, 2)),
      { rule: 'norm-clip', clip: 1e-9 } as const,
    ]) {
      expect(faint(core.aggregate(rule, updates).result), rule.rule).toBe(0);
    }
    expect(faint(core.add(updates[0]!, updates[1]!))).toBe(0);
    expect(faint(core.subtract(updates[0]!, updates[1]!))).toBe(0);
    const scales = updates[0]!.map((x) => Math.max(Math.abs(x), 1e-45));
    expect(faint(core.codec.dequantise({ data: new Int8Array(d * 3).fill(101), scales }))).toBe(0);
  });
});
