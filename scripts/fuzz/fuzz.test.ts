import {
  arithmetics,
  featureTypes,
  layerTypes,
  lossTypes,
  nameOfArithmetic,
  preAggregators,
  rules,
  serverOptimisers,
  shardRules,
  targetTypes,
} from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('hostile inputs are taken whole or refused with a code, and repeat by their seed', async () => {
  const core = await loadNodeCore();
  const summary = await fuzz(core, 20_000, 7);
  const total = Object.values(summary.outcomes).reduce((sum, count) => sum + count, 0);
  expect(total).toBe(20_000);
  // Both ways are well trodden, else nothing deep was reached.
  for (const target of ['safetensors', 'dataset', 'decoder', 'core']) {
    expect(summary.outcomes[`${target}: taken`]).toBeGreaterThan(300);
  }
  const named = (kind: string, all: readonly { name: string }[]) => all.map(({ name }) => `${kind} ${name}`);
  const methods = [
    ...named('rule', rules),
    ...named('pre-aggregator', preAggregators),
    ...named('server optimiser', serverOptimisers),
    ...named('attributed rule', [...rules, ...shardRules]),
    'gradient',
    ...named('layer', layerTypes),
    ...named('loss', lossTypes),
    ...arithmetics.map((arithmetic) => `arithmetic ${nameOfArithmetic(arithmetic)}`),
    ...featureTypes.map((type) => `features ${type}`),
    ...targetTypes.map((type) => `targets ${type}`),
  ];
  for (const method of methods) expect(summary.reached[method] ?? 0, method).toBeGreaterThan(3);
  expect(Object.keys(summary.outcomes).length).toBeGreaterThan(8);
  expect(await fuzz(core, 500, 3)).toEqual(await fuzz(core, 500, 3));
});
