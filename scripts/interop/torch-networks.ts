// Compares the outputs of covey.torch's networks with the core's: every kind of layer, and the trained transformer.
//   python3 -m venv .covey/torch && .covey/torch/bin/pip install numpy torch
//   node scripts/interop/torch-networks.ts .covey/torch/bin/python
// Left out: training, whose order of sums is torch's own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors, modelFromBytes, tensorPlaces, type Architecture, type Tensor } from '@covey/protocol';
import { layerTypes, networkLayout, type Layer } from '@covey/wasm-core';
import { characterLayers } from '@covey/wasm-core/models/characters';
import { loadNodeCore } from '@covey/wasm-core/node';
import { root } from '../process.ts';

const core = await loadNodeCore();
const samples = 5;
const folder = mkdtempSync(join(tmpdir(), 'covey-torch-'));

/** Values from −1 to 1 without a pattern. */
const spread = (length: number, seed: number) =>
  Float32Array.from(
    { length },
    (_, i) => (((i + 1) * 2_654_435_761 + seed * 40_503) % 4_294_967_296) / 2_147_483_648 - 1,
  );

function f32(values: Float32Array, shape: readonly number[]): Tensor {
  return { dtype: 'F32', shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function writeCase(name: string, layers: Layer[], given?: Float32Array): void {
  const { input, parameterCount } = networkLayout(layers);
  const architecture: Architecture = { layers, input: input.kind === 'features' ? 'f32' : 'tokens' };
  const parameters = given ?? spread(parameterCount, 1);
  const places = tensorPlaces(architecture);
  // A variance is not negative.
  for (const { name: tensor, offset, length } of places) {
    if (!tensor.endsWith('running_var')) continue;
    for (let i = offset; i < offset + length; i++) parameters[i] = Math.abs(parameters[i]!) + 0.1;
  }
  const values = spread(samples * (input.size + (input.kind === 'tokens' ? 1 : 0)), 2);
  const tokens =
    input.kind === 'features'
      ? undefined
      : Uint8Array.from(values, (v) => Math.floor(((v + 1) / 2) * input.vocabulary));
  const outputs = core.outputs({ layers, parameters, inputs: tokens ?? values });
  const shown = tokens ? (input.kind === 'text' ? tokens : rowsWithoutLast(tokens, input.size)) : values;
  const weights = places.map(({ name: tensor, shape, offset, length }): [string, Tensor] => [
    `weights.${tensor}`,
    f32(parameters.slice(offset, offset + length), shape),
  ]);
  const inputs = f32(Float32Array.from(shown), [samples, input.size]);
  const tensors = { ...Object.fromEntries(weights), inputs, outputs: f32(outputs, [outputs.length]) };
  writeFileSync(join(folder, `${name}.safetensors`), encodeSafetensors(tensors));
  const names = places.map((place) => place.name);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ architecture, names }));
}

function rowsWithoutLast(tokens: Uint8Array, length: number): number[] {
  return [...tokens].filter((_, i) => i % (length + 1) !== length);
}

for (const { name, example } of layerTypes) writeCase(name, example as Layer[]);
const image: Layer[] = [
  { type: 'image', channels: 3, height: 16, width: 16 },
  { type: 'conv2d', inputs: 3, outputs: 16, kernel: [3, 3], padding: [1, 1] },
  { type: 'batch-norm', features: 16 },
  { type: 'relu' },
  { type: 'max-pool2d', kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
  { type: 'conv2d', inputs: 16, outputs: 16, kernel: [3, 3], padding: [1, 1], groups: 4, bias: false },
  { type: 'silu' },
  { type: 'avg-pool2d', kernel: [2, 2], padding: [1, 1] },
  { type: 'flatten' },
  { type: 'dense', inputs: 400, outputs: 10 },
];
writeCase('a convolutional network', image, core.initialise(image, 1));
const characters = readFileSync(join(root, 'wasm-core/models/characters.safetensors'));
const trained = modelFromBytes({ layers: characterLayers, input: 'tokens' }, characters, { maxBytes: 1e8 });
writeCase('the character transformer', characterLayers, trained);

try {
  const env = { ...process.env, PYTHONPATH: join(root, 'nodes/python/src') };
  const script = join(root, 'scripts/interop/torch_networks.py');
  execFileSync(process.argv[2] ?? 'python3', [script, folder], { stdio: 'inherit', env });
} finally {
  rmSync(folder, { recursive: true });
}
