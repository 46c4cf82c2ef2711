import { layerTypes, type InputKind, type Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { expect, it } from 'vitest';
import { measureRate } from './check-machine.ts';

const layersOf = (name: string) => layerTypes.find((type) => type.name === name)!.example as unknown as Layer[];

it.each<[string, InputKind]>([
  ['dense', 'u8'],
  ['dense', 'i32'],
  ['conv2d', 'f32'],
  ['embedding', 'tokens'],
  ['pooling', 'tokens'],
])('the machine is measured by the task’s own network: %s of %s', async (name, input) => {
  expect(measureRate(await loadNodeCore(), { layers: layersOf(name), input })).toBeGreaterThan(0n);
});
