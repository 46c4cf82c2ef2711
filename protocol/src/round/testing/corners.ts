import { windowNames } from '@covey/contracts/abi/structs';
import { loadNodeCore } from '@covey/wasm-core/node';
import { getAddress, numberToHex } from 'viem';
import type { Address } from 'viem';
import { modelToBytes, parameterCount } from '../../architecture.ts';
import type { Architecture } from '../../architecture.ts';
import { blockCid, codecs, fileCid } from '../../cid.ts';
import { keyCommitment } from '../../commitments.ts';
import { encodeDataset } from '../../dataset.ts';
import type { LabelledDataset } from '../../dataset.ts';
import { ZERO_BYTES32 } from '../../primitives.ts';
import { encodeSafetensors } from '../../safetensors.ts';
import { parameterRoot } from '../../parameter-root.ts';
import type { ScoringPolicy } from '../../policy.ts';
import { samplesRoot } from '../../samples-root.ts';
import { ONE } from '../../ratio.ts';
import { encryptShard, sha256Hex } from '../../shard.ts';
import { statedCost } from '../../cost.ts';
import type { TaskDocument } from '../../task.ts';
import { bitmapOf } from '../availability.ts';
import type { RoundInputs, RoundSubmission } from '../inputs.ts';
import type { RoundResult } from '../score.ts';

// A task small enough to score in milliseconds, with the real core: four corners, one of them bright.

export const architecture: Architecture = {
  layers: [{ type: 'dense', inputs: 16, outputs: 12 }, { type: 'relu' }, { type: 'dense', inputs: 12, outputs: 4 }],
  input: 'u8',
};
export const features = 16;
export const classes = 4;

/** Four noisy bright corners: separable, but not by a model that has learnt nothing. */
export function makeDataset(count: number, seed: number): LabelledDataset {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const inputs = new Uint8Array(count * features);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const label = Math.floor(random() * classes);
    labels[i] = label;
    for (let f = 0; f < features; f++) {
      inputs[i * features + f] = Math.floor(random() * 110) + (f >> 2 === label ? 90 : 0);
    }
  }
  return { inputs, labels, features };
}

export class Content {
  readonly files = new Map<string, Uint8Array>();

  async add(bytes: Uint8Array): Promise<string> {
    const cid = await fileCid(bytes);
    this.files.set(cid, bytes);
    return cid;
  }

  readonly fetch = (cid: string): Promise<Uint8Array> => {
    const bytes = this.files.get(cid);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`nobody has ${cid}`));
  };
}

export const policy: ScoringPolicy = {
  rankRatio: (ONE * 9n) / 10n,
  arenaMargin: ONE / 100n,
  maxSubmissionBytes: 4096n,
  trainerSeats: 64n,
};

export const keys = [1n, 2n, 3n].map((n) => numberToHex(n, { size: 32 }));
export const shards = [makeDataset(600, 11), makeDataset(600, 22), makeDataset(600, 33)];

export function nodeAddress(index: number): Address {
  return getAddress(numberToHex(0xa0 + index, { size: 20 }));
}

/** A revealed submission, and whether it counts. */
export type TestSubmission = RoundSubmission & { counts: boolean };

/** With one seat, and the root of what `content` has under its CID. */
export function submission(index: number, cid: string, change: Partial<TestSubmission> = {}): TestSubmission {
  const bytes = content.files.get(cid);
  return {
    index,
    node: nodeAddress(index),
    cid,
    parameterRoot: bytes ? parameterRoot(bytes) : ZERO_BYTES32,
    seats: 1,
    committedBlock: 1000,
    counts: true,
    ...change,
  };
}

export const core = await loadNodeCore();
export const content = new Content();
export const base = core.initialise(architecture.layers, 7);
export const baseCid = await content.add(modelToBytes(architecture, base));
const commitments = await Promise.all(
  shards.map(async (shard, i) => {
    const plaintext = encodeDataset(shard);
    const key = keys[i] ?? '0x';
    return {
      plaintextSha256: sha256Hex(plaintext),
      samples: shard.labels.length,
      samplesRoot: samplesRoot(plaintext),
      ciphertext: await content.add(encryptShard(plaintext, key, new Uint8Array(24).fill(i))),
      keyCommitment: keyCommitment(key),
    };
  }),
);
const [first, second, holdout] = commitments;
if (!first || !second || !holdout) throw new Error('three shards are needed');
const windows = Object.fromEntries(windowNames.map((name) => [name, 60])) as TaskDocument['windows'];

const validation = { shards: [first, second], holdout };

export const task: TaskDocument = {
  schema: 'covey.task/2',
  name: 'Corners',
  description: 'Find the bright corner.',
  mode: 'federated',
  architecture,
  initialModel: baseCid,
  metric: 'loss',
  ranking: 'contribution',
  aggregation: { rule: 'trimmed-mean', trim: 1 },
  rounds: 2,
  windows,
  admission: null,
  minTrainerStake: '1',
  minValidatorStake: '1',
  budget: '1000',
  cost: String(statedCost({ architecture, validation })),
  validation,
  training: { epochs: 3, batchSize: 16, learningRate: 0.1, momentum: 0.9 },
};

export function train(seed: number, options: { flip?: boolean; from?: Float32Array } = {}): Float32Array {
  const data = makeDataset(300, 1000 + seed);
  const labels = options.flip ? data.labels.map((label) => (label + 1) % classes) : data.labels;
  return core.train({
    layers: architecture.layers,
    parameters: options.from ?? base,
    inputs: data.inputs,
    labels,
    epochs: 3,
    batchSize: 16,
    learningRate: 0.1,
    momentum: 0.9,
    seed,
  });
}

export function delta(seed: number, options?: { flip?: boolean }): Uint8Array {
  return modelToBytes(architecture, core.subtract(train(seed, options), base));
}

export function inputs(submissions: TestSubmission[], change: Partial<RoundInputs> = {}): RoundInputs {
  const counting = submissions.flatMap(({ index, counts }) => (counts ? [index] : []));
  return {
    chainId: 31337,
    taskId: 1n,
    round: 0,
    policyVersion: 1,
    policy,
    scorer: core.sha256,
    base: baseCid,
    key: keys[0] ?? '0x',
    opened: [],
    last: null,
    counted: bitmapOf(counting, Math.max(0, ...submissions.map(({ index }) => index + 1))),
    submissions: submissions.map(({ counts: _, ...revealed }) => revealed),
    ...change,
  };
}

/** A round in which everything that can be wrong with a submission is wrong with one. */
export async function motleyRound(): Promise<TestSubmission[]> {
  const honest = await Promise.all([1, 2, 3, 4].map(async (seed) => content.add(delta(seed))));
  const poison = await content.add(delta(5, { flip: true }));
  const garbage = await content.add(new TextEncoder().encode('this is not a safetensors file, sorry about that'));
  const nan = new Float32Array(parameterCount(architecture));
  nan[5] = NaN;
  const notFinite = await content.add(modelToBytes(architecture, nan));
  const wrongShapes = await content.add(
    modelToBytes({ ...architecture, layers: [{ type: 'dense', inputs: 16, outputs: 4 }] }, new Float32Array(68)),
  );
  const tooLarge = await content.add(
    encodeSafetensors({ big: { dtype: 'U8', shape: [5000], data: new Uint8Array(5000) } }),
  );
  const document = blockCid(codecs.dagJson, new TextEncoder().encode('{}'));
  const overflowing = await content.add(
    modelToBytes(
      architecture,
      core.subtract(
        new Float32Array(base.length),
        base.map((v) => Math.sign(v) * -3.4e38 || 0),
      ),
    ),
  );
  return [
    submission(0, honest[0] ?? ''),
    submission(1, garbage),
    submission(2, honest[1] ?? ''),
    submission(3, honest[0] ?? ''),
    submission(4, poison),
    submission(5, notFinite),
    submission(6, wrongShapes),
    submission(7, honest[2] ?? ''),
    submission(8, tooLarge),
    submission(9, await content.add(delta(9)), { counts: false }),
    submission(10, honest[3] ?? ''),
    submission(11, document),
    submission(12, overflowing),
    submission(13, await content.add(delta(13)), { parameterRoot: ZERO_BYTES32 }),
  ];
}

export function verdictsOf(result: RoundResult): Record<number, string> {
  return Object.fromEntries(result.document.submissions.map((s) => [s.index, s.verdict]));
}
