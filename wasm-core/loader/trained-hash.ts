// A small seeded training and the hash of its result, run by train.test.ts in this process and, as a program, in others
// with V8's compiler tiers forced.
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadNodeCore } from './node.ts';
import type { Core, Layer } from './types.ts';

const layers: Layer[] = [
  { type: 'dense', inputs: 30, outputs: 18 },
  { type: 'relu' },
  { type: 'dense', inputs: 18, outputs: 6 },
];

export function trainedHash(core: Core): string {
  const count = 211;
  const inputs = Uint8Array.from({ length: count * 30 }, (_, i) => (i * i * 31 + i * 7) % 256);
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * i) % 6);
  const parameters = core.train({
    layers,
    parameters: core.initialise(layers, 42),
    inputs,
    labels,
    epochs: 5,
    batchSize: 16,
    learningRate: 0.05,
    momentum: 0.9,
    seed: 2026,
  });
  const { loss, correct } = core.evaluate({ layers, parameters, inputs, labels });
  const bytes = new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength);
  return createHash('sha256').update(bytes).update(`${loss} ${correct}`).digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(trainedHash(await loadNodeCore()));
