// The most memory that scoring a federated round takes, as JSON: `npm run -s memory -- [--submissions 40] [--width 3162]`.
// Every submission is a top-k file of two values over width² parameters, so nearly all memory is what the scorer makes of
// them. Linux alone tells how much that was (VmHWM).
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { windowNames } from '@covey/contracts/abi/structs';
import {
  bitmapOf,
  encodeDataset,
  encodeSafetensors,
  encryptShard,
  fileCid,
  keyCommitment,
  modelToBytes,
  parameterRoot,
  samplesRoot,
  scoreRound,
  sha256Hex,
  statedCost,
  type Architecture,
  type TaskDocument,
} from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { getAddress, numberToHex, type Hex } from 'viem';

const { values } = parseArgs({
  options: { submissions: { type: 'string', default: '40' }, width: { type: 'string', default: '3162' } },
});
const [count, width] = [Number(values.submissions), Number(values.width)];
if (![count, width].every((value) => Number.isSafeInteger(value) && value > 0)) {
  process.stderr.write('usage: npm run memory -- [--submissions N] [--width N]\n');
  process.exit(2);
}

const core = await loadNodeCore();
const files = new Map<string, Uint8Array>();
const keep = async (bytes: Uint8Array) => {
  const cid = await fileCid(bytes);
  files.set(cid, bytes);
  return cid;
};
const architecture: Architecture = {
  layers: [
    { type: 'dense', inputs: width, outputs: width },
    { type: 'relu' },
    { type: 'dense', inputs: width, outputs: 2 },
  ],
  input: 'u8',
};
const key = numberToHex(1, { size: 32 });
const shardOf = async (key: Hex, factor: number) => {
  const plaintext = encodeDataset({
    inputs: Uint8Array.from({ length: 4 * width }, (_, i) => (i * factor) % 256),
    labels: Uint8Array.from([0, 1, 1, 0]),
    features: width,
  });
  return {
    plaintextSha256: sha256Hex(plaintext),
    samples: 4,
    samplesRoot: samplesRoot(plaintext),
    ciphertext: await keep(encryptShard(plaintext, key, new Uint8Array(24))),
    keyCommitment: keyCommitment(key),
  };
};
const shard = await shardOf(key, 37);
const holdout = await shardOf(numberToHex(2, { size: 32 }), 41);
const parameters = core.parameterCount(architecture.layers);
const base = await keep(modelToBytes(architecture, core.initialise(architecture.layers, 7)));
const validation = { shards: [shard], holdout };
const task: TaskDocument = {
  schema: 'covey.task/2',
  name: 'Memory',
  description: 'A large model and small updates.',
  mode: 'federated',
  architecture,
  initialModel: base,
  metric: 'loss',
  ranking: 'loss',
  aggregation: { rule: 'trimmed-mean', trim: 1 },
  rounds: 1,
  windows: Object.fromEntries(windowNames.map((name) => [name, 60])) as TaskDocument['windows'],
  admission: null,
  minTrainerStake: '1',
  minValidatorStake: '1',
  budget: '1000',
  cost: String(statedCost({ architecture, validation })),
  validation,
  training: { epochs: 1, batchSize: 1, learningRate: 0.1, momentum: 0.9 },
};
const bytesOf = (list: Uint32Array | Float32Array) => new Uint8Array(list.buffer);
const submissions = await Promise.all(
  Array.from({ length: count }, async (_, index) => {
    const indices = bytesOf(Uint32Array.of(index, parameters - 1));
    const update = bytesOf(Float32Array.of(0.01 * (index + 1), -0.01));
    const bytes = encodeSafetensors({
      indices: { dtype: 'U32', shape: [2], data: indices },
      values: { dtype: 'F32', shape: [2], data: update },
    });
    const node = getAddress(numberToHex(0xa0 + index, { size: 20 }));
    return { index, node, cid: await keep(bytes), parameterRoot: parameterRoot(bytes), seats: 1, committedBlock: 1 };
  }),
);
const before = await peakMiB();
const { resultHash } = await scoreRound({
  core,
  task,
  inputs: {
    chainId: 31337,
    taskId: 1n,
    round: 0,
    policyVersion: 1,
    policy: {
      rankRatio: 9n * 10n ** 17n,
      arenaMargin: 10n ** 16n,
      maxSubmissionBytes: 1n << 30n,
      trainerSeats: BigInt(count),
    },
    scorer: core.sha256,
    base,
    key,
    opened: [],
    last: null,
    counted: bitmapOf(submissions.keys(), count),
    submissions,
  },
  fetch: (cid) => {
    const bytes = files.get(cid);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`nobody has ${cid}`));
  },
});
const fileBytes = files.get(submissions[0]?.cid ?? '')?.byteLength;
const outcome = { submissions: count, fileBytes, parameters, resultHash, beforeMiB: before, peakMiB: await peakMiB() };
process.stdout.write(`${JSON.stringify(outcome)}\n`);

async function peakMiB(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}
