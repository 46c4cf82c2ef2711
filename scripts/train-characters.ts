// Trains wasm-core/models/characters.safetensors, bit for bit the same everywhere:
//
//   node scripts/train-characters.ts
//
// Text: the Solidity sources of @openzeppelin/contracts (MIT), in the version of package-lock.json, by path. Every 16th
// file is held out of training.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { modelToBytes } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { characterLayers, windows } from '@covey/wasm-core/models/characters';

const folder = dirname(createRequire(import.meta.url).resolve('@openzeppelin/contracts/package.json'));
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.sol'))
  .sort();
const heldOut = (_: string, i: number): boolean => i % 16 === 15;
const read = (some: string[]): Uint8Array => Buffer.concat(some.map((path) => readFileSync(join(folder, path))));
const text = read(paths.filter((path, i) => !heldOut(path, i)));
const hidden = read(paths.filter(heldOut));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
console.log(`text: ${text.length} bytes of ${paths.length} files, sha256 ${sha256(text)}`);

const core = await loadNodeCore();
const layers = characterLayers;
const start = core.initialise(layers, 2026);
const began = performance.now();
const parameters = core.train({
  layers,
  parameters: start,
  inputs: windows(text),
  epochs: Number(process.env.EPOCHS ?? 2),
  batchSize: 16,
  learningRate: 0.002,
  momentum: 0.9,
  optimizer: 'adam',
  schedule: { warmup: 100, final: 0.05 },
  seed: 2026,
  onProgress: (done, total) => {
    if (done % 20 === 0)
      console.log(`${done} of ${total} minibatches, ${Math.round((performance.now() - began) / 1000)} s`);
  },
});

const bits = (some: Float32Array, bytes: Uint8Array): string => {
  const { loss, count } = core.evaluate({ layers, parameters: some, inputs: windows(bytes) });
  return (Number(loss) / 2 ** 32 / Math.LN2 / count).toFixed(4);
};
console.log(`bits per byte of held-out text: ${bits(start, hidden)} before, ${bits(parameters, hidden)} after`);
const model = modelToBytes({ layers, input: 'tokens' }, parameters);
const models = join(import.meta.dirname, '../wasm-core/models');
writeFileSync(join(models, 'characters.safetensors'), model);
writeFileSync(join(models, 'held-out.txt'), hidden.subarray(0, 64 * 128 + 1));
console.log(`characters.safetensors: ${model.length} bytes, sha256 ${sha256(model)}`);
