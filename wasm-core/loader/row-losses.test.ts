import { beforeAll, describe, expect, it } from 'vitest';
import { LOSS_CAP } from './losses.ts';
import { integers, testCore } from './test-fixtures.ts';
import type { Core, EvaluateParameters, Layer } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const next = integers(5);
const bytes = (length: number, below = 256) => Uint8Array.from({ length }, () => next(below));

const dense: Layer[] = [{ type: 'dense', inputs: 6, outputs: 4 }];
const text: Layer[] = [
  { type: 'embedding', vocabulary: 50, length: 7, width: 8 },
  {
    type: 'residual',
    layers: [
      { type: 'rms-norm', features: 8 },
      { type: 'attention', width: 8, heads: 2 },
    ],
  },
  { type: 'dense', inputs: 8, outputs: 50 },
];

const tasks = (): Record<string, Omit<EvaluateParameters, 'parameters'>> => ({
  classes: { layers: dense, inputs: bytes(300 * 6), labels: bytes(300, 4) },
  numbers: { layers: dense, inputs: bytes(300 * 6), labels: bytes(300 * 4), loss: 'squared-error' },
  tokens: { layers: text, inputs: bytes(40 * 8, 50) },
});

describe('the loss of each prediction', () => {
  it.each(['classes', 'numbers', 'tokens'])('adds up to the loss of all: %s', (name) => {
    const task = { ...tasks()[name]!, parameters: core.initialise(tasks()[name]!.layers, 3) };
    const losses = core.rowLosses(task);
    const { loss, count } = core.evaluate(task);
    expect(losses).toHaveLength(count);
    expect(losses.reduce((sum, one) => sum + one, 0n)).toBe(loss);
    expect(new Set(losses).size).toBeGreaterThan(count / 2);
  });

  it('is that of the sample alone, wherever it stands', () => {
    const { layers, inputs } = tasks().tokens!;
    const parameters = core.initialise(layers, 3);
    const all = core.rowLosses({ layers, parameters, inputs });
    const [sample, at] = [29, 29 * 8];
    const own = core.rowLosses({ layers, parameters, inputs: (inputs as Uint8Array).slice(at, at + 8) });
    expect(own).toEqual(all.subarray(sample * 7, sample * 7 + 7));
  });

  it('is the cap where outputs are not finite or absurd', () => {
    const inputs = bytes(2 * 6).fill(255);
    for (const value of [3e38, 1e30]) {
      const parameters = new Float32Array(28);
      parameters[6] = value;
      parameters[7] = value;
      const losses = core.rowLosses({ layers: dense, parameters, inputs, labels: Uint8Array.of(0, 1) });
      expect([...losses]).toEqual([LOSS_CAP, value === 3e38 ? LOSS_CAP : expect.any(BigInt)]);
    }
  });

  it('is not given of more than memory takes', () => {
    const { layers } = tasks().tokens!;
    const inputs = new Uint8Array(Math.ceil((2 ** 24 + 1) / 7) * 8);
    expect(() => core.rowLosses({ layers, parameters: core.initialise(layers, 3), inputs })).toThrow(
      expect.objectContaining({ code: 'CORE_OUT_OF_MEMORY', expected: 'at most 16777216' }) as Error,
    );
  });
});
