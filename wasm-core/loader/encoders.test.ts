import { beforeAll, describe, expect, it } from 'vitest';
import { networkLayout } from './network.ts';
import { testCore } from './test-fixtures.ts';
import type { Core, Layer } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const padding = 2;
const network = (length: number, mode: 'mean' | 'cls' = 'mean'): Layer[] => [
  { type: 'embedding', vocabulary: 9, length, width: 6, padding },
  { type: 'residual', layers: [{ type: 'attention', width: 6, heads: 2, causal: false, rotary: false }] },
  { type: 'layer-norm', features: 6 },
  { type: 'attention', width: 6, heads: 1, causal: false },
  { type: 'pooling', mode },
  { type: 'l2-norm' },
  { type: 'dense', inputs: 6, outputs: 4 },
];
const text = [1, 5, 8, 0, 3, 3, 7, 4, 1, 6, 0];

describe('whole texts', () => {
  it.each(['mean', 'cls'] as const)('give the same bits however far they are filled up (%s)', (mode) => {
    const parameters = core.initialise(network(text.length, mode), 4);
    const outputs = (length: number) => {
      const inputs = new Uint8Array(length).fill(padding);
      inputs.set(text);
      return core.outputs({ layers: network(length, mode), parameters, inputs });
    };
    const alone = outputs(text.length);
    for (const length of [12, 16, 33, 70]) expect(outputs(length)).toEqual(alone);
  });

  it('of padding alone give what nothing gives, and teach only what does not see them', () => {
    const layers = network(5);
    const parameters = core.initialise(layers, 4);
    const inputs = new Uint8Array(5).fill(padding);
    const labels = Uint8Array.of(1);
    const bias = parameters.subarray(-4);
    expect(core.outputs({ layers, parameters, inputs })).toEqual(bias.slice());
    const gradient = core.gradient({ layers, parameters, inputs, labels });
    expect(gradient.subarray(0, -4).every((value) => value === 0)).toBe(true);
    expect(gradient.subarray(-4).every((value) => value !== 0)).toBe(true);
  });

  it('padding within is seen by nobody: its own embedding does not matter', () => {
    const layers = network(7);
    const parameters = core.initialise(layers, 4);
    const inputs = Uint8Array.of(1, padding, 5, padding, padding, 8, padding);
    const changed = parameters.slice();
    changed.fill(3, padding * 6, (padding + 1) * 6);
    const outputs = core.outputs({ layers, parameters, inputs });
    expect(core.outputs({ layers, parameters: changed, inputs })).toEqual(outputs);
  });

  it('have a label each and tokens of the vocabulary', () => {
    const layers = network(5);
    const parameters = core.initialise(layers, 4);
    const inputs = Uint8Array.of(1, 5, 3, 2, 2);
    const labels = Uint8Array.of(1);
    expect(networkLayout(layers)).toMatchObject({ rows: 1, classes: 4, input: { kind: 'text', size: 5, padding } });
    expect(core.evaluate({ layers, parameters, inputs, labels }).count).toBe(1);
    const refused = (a: object) => expect(() => core.evaluate({ layers, parameters, inputs, labels, ...a }));
    refused({ labels: undefined }).toThrowError(/labels/);
    refused({ inputs: Uint8Array.of(1, 5, 3, 2) }).toThrowError(/whole number of samples/);
    refused({ inputs: Uint8Array.of(1, 5, 9, 2, 2) }).toThrowError(/not in the vocabulary/);
  });
});

describe('what does not fit', () => {
  const [embedding, , ...rest] = network(5);
  const { padding: _, ...streamed } = embedding as Extract<Layer, { type: 'embedding' }>;
  const both: Layer = { type: 'attention', width: 6, heads: 1, causal: false };
  it.each<[string, Layer[]]>([
    ['attention in both directions would see the token that it predicts', [streamed, both, { type: 'unembedding' }]],
    ['pooling of what is no text', [streamed, { type: 'pooling', mode: 'mean' }, ...rest.slice(-1)]],
    ['padding beyond the vocabulary', [{ ...streamed, padding: 9 }, ...rest]],
    ['pooling twice', [embedding!, ...rest.slice(-3, -2), { type: 'pooling', mode: 'cls' }, ...rest.slice(-1)]],
    [
      'a shortcut of another shape',
      [embedding!, { type: 'residual', layers: [both], shortcut: [{ type: 'pooling', mode: 'cls' }] }],
    ],
    ['a shortcut of no layer', [embedding!, { type: 'residual', layers: [both], shortcut: [] }]],
  ])('%s', (__, layers) => {
    expect(() => networkLayout(layers)).toThrowError(expect.objectContaining({ code: 'CORE_BAD_LAYERS' }));
  });

  it('a row of outputs for each token of a text has no loss', () => {
    const layers: Layer[] = [embedding!, both];
    const parameters = core.initialise(layers, 1);
    const given = { layers, parameters, inputs: new Uint8Array(5), labels: new Uint8Array(1) };
    expect(() => core.evaluate(given)).toThrowError(/more than one row/);
  });
});
