// Hashes of what the core computes for networks of every kind: the same in every engine. Runs in pages, too.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { arithmetics, nameOfArithmetic } from '../loader/arithmetic.ts';
import type { Core, Layer, TrainParameters } from '../loader/types.ts';
import { bitsPerByte } from '../loader/metrics.ts';
import { characterLayers } from './characters.ts';

const images: Layer[] = [
  { type: 'image', channels: 2, height: 9, width: 7 },
  { type: 'conv2d', inputs: 2, outputs: 6, kernel: [3, 3], padding: [1, 1], groups: 2 },
  { type: 'batch-norm', features: 6 },
  { type: 'gelu' },
  { type: 'max-pool2d', kernel: [2, 2] },
  { type: 'residual', layers: [{ type: 'conv2d', inputs: 6, outputs: 6, kernel: [1, 1] }, { type: 'silu' }] },
  { type: 'avg-pool2d', kernel: [2, 3], stride: [1, 1], padding: [1, 1] },
  { type: 'flatten' },
  { type: 'dense', inputs: 90, outputs: 17 },
  { type: 'tanh' },
  { type: 'rms-norm', features: 17 },
  { type: 'dense', inputs: 17, outputs: 5 },
];

const tokens: Layer[] = [
  { type: 'embedding', vocabulary: 50, length: 41, width: 12 },
  { type: 'positions', length: 41, width: 12 },
  {
    type: 'residual',
    layers: [
      { type: 'layer-norm', features: 12 },
      { type: 'attention', width: 12, heads: 3, rotary: true },
    ],
  },
  {
    type: 'residual',
    layers: [
      { type: 'dense', inputs: 12, outputs: 20 },
      { type: 'gelu', approximate: 'tanh' },
      { type: 'dense', inputs: 20, outputs: 12 },
    ],
  },
  { type: 'softmax' },
  { type: 'dense', inputs: 12, outputs: 50 },
];

/** A few trained steps of an image and of a token network, with both optimisers, and their scores. */
export function networkHashes(core: Core): Record<string, string> {
  const bytes = (length: number, below: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => (i * i * 31 + i * 7 + (i >> 3)) % below);
  const job = { epochs: 3, batchSize: 8, learningRate: 0.01, momentum: 0.9, seed: 2026 };
  const image = {
    ...job,
    layers: images,
    parameters: core.initialise(images, 1),
    inputs: bytes(20 * 126, 256),
    labels: bytes(20, 5),
  };
  const token = { ...job, layers: tokens, parameters: core.initialise(tokens, 2), inputs: bytes(20 * 42, 50) };
  return {
    'image-network-sgd': trainedHash(core, image),
    'image-network-adam': trainedHash(core, { ...image, optimizer: 'adam' }),
    'token-network-adam': trainedHash(core, { ...token, optimizer: 'adam', schedule: { warmup: 2, final: 0.1 } }),
    ...Object.fromEntries(
      arithmetics.map((arithmetic) => [
        `networks in ${nameOfArithmetic(arithmetic)}`,
        hash(
          ...[image, token].flatMap((job) => {
            const { loss, correct } = core.evaluate({ ...job, arithmetic });
            return [core.outputs({ ...job, arithmetic }), BigInt64Array.of(loss, BigInt(correct))];
          }),
        ),
      ]),
    ),
  };
}

function trainedHash(core: Core, job: TrainParameters): string {
  const parameters = core.train(job);
  const { loss, correct } = core.evaluate({ ...job, parameters });
  const outputs = core.outputs({ ...job, parameters });
  const probabilities = core.predict({ ...job, parameters });
  return hash(parameters, outputs, probabilities, BigInt64Array.of(loss, BigInt(correct)));
}

function hash(...parts: (Float32Array | BigInt64Array)[]): string {
  const all = sha256.create();
  for (const { buffer, byteOffset, byteLength } of parts) all.update(new Uint8Array(buffer, byteOffset, byteLength));
  return bytesToHex(all.digest());
}

export interface CharacterScore {
  /** Unit 2^-32 bit. */
  bitsPerByte: bigint;
  loss: bigint;
  correct: number;
  count: number;
}

/** The character model on windows of text: integers, the same in every engine. */
export function scoreCharacters(core: Core, parameters: Float32Array, text: Uint8Array): CharacterScore {
  const evaluation = core.evaluate({ layers: characterLayers, parameters, inputs: text });
  return { ...evaluation, bitsPerByte: bitsPerByte(evaluation) };
}
