import { parameterCount, type Architecture, type TaskDocument } from '@covey/protocol';
import type { Inputs } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { expect, it } from 'vitest';
import { predict } from './predict.ts';

const core = await loadNodeCore();
const dense = (inputs: number, outputs: number) => ({ type: 'dense', inputs, outputs }) as const;

function predicted(architecture: Architecture, parameters: Float32Array, inputs: Inputs) {
  expect(parameters).toHaveLength(parameterCount(architecture));
  // Nothing else of a document says what its model predicts.
  const task = { architecture } as TaskDocument;
  return predict(core, { parameters, task }, inputs);
}

it('classes have probabilities, of f32 features as of bytes', () => {
  // z = (x, −x)
  const { outputs, classes } = predicted(
    { layers: [dense(1, 2)], input: 'f32' },
    Float32Array.of(1, -1, 0, 0),
    Float32Array.of(-2.5, 3, 0),
  );
  expect(classes).toEqual([1, 0, 0]);
  for (const [low, high] of outputs) expect(low! + high!).toBeCloseTo(1, 6);
  expect(outputs[1]![0]).toBeCloseTo(1 / (1 + Math.exp(-6)), 6);
});

it('real targets are given as they are, not as probabilities', () => {
  const architecture: Architecture = { layers: [dense(2, 1)], input: 'i32', loss: 'squared-error', targets: 'f32' };
  const { outputs, classes } = predicted(architecture, Float32Array.of(2, -1, 0.5), Int32Array.of(3, 1, -4, 0));
  expect(outputs).toEqual([[5.5], [-7.5]]);
  expect(classes).toEqual([]);
});

it('tokens have a row each, however large their vocabulary', () => {
  const vocabulary = 2 ** 18;
  const layers: Architecture['layers'] = [{ type: 'embedding', vocabulary, length: 2, width: 1 }, dense(1, vocabulary)];
  const parameters = new Float32Array(vocabulary * 3);
  // Token 7 is 1 and all others 0; after a 1 the last token is likeliest, after a 0 all are alike.
  parameters[7] = 1;
  parameters[2 * vocabulary - 1] = 20;
  const { outputs, classes } = predicted({ layers, input: 'tokens' }, parameters, Uint32Array.of(7, 9, 0));
  expect(classes).toEqual([vocabulary - 1, 0]);
  expect(outputs[0]![vocabulary - 1]).toBeGreaterThan(0.99);
});
