// A stranger's program on the packed libraries: pack.test.ts compiles it against their declarations, and runs it where
// nothing of this repository is. Argument: the folder of the installed `covey`, whose thread has to train the same bits.
import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { connect, type CoveyChain } from '@covey/client';
import { taskManagerAbi } from '@covey/contracts/abi';
import { isCoveyError } from '@covey/errors';
import { governanceForms } from '@covey/governance';
import { quicknet } from '@covey/governance/deploy';
import { modelToBytes, samplesOf, type Architecture, type Dataset } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';

type IsAny<T> = 0 extends 1 & T ? true : false;
/** Where a declaration is missing, what it names is `any`, and this no program. */
type Declared = [
  IsAny<CoveyChain>,
  IsAny<Parameters<typeof connect>[0]>,
  IsAny<(typeof taskManagerAbi)[number]>,
  IsAny<(typeof governanceForms)[number]>,
  IsAny<ReturnType<typeof modelToBytes>>,
  IsAny<Awaited<ReturnType<typeof loadNodeCore>>['train']>,
];
const declared: Declared = [false, false, false, false, false, false];

const architecture: Architecture = { layers: [{ type: 'dense', inputs: 4, outputs: 2 }], input: 'u8' };
const data: Dataset = {
  inputs: Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 251),
  labels: Uint8Array.from({ length: 16 }, (_, i) => i % 2),
  features: 4,
};
const training = { epochs: 2, batchSize: 4, learningRate: 0.1, momentum: 0.9 };

const core = await loadNodeCore({ threads: 2 });
const start = core.initialise(architecture.layers, 1);
const { inputs, labels } = samplesOf(architecture, data);
const trained = core.train({ layers: architecture.layers, parameters: start, inputs, labels, ...training, seed: 3 });
const expected = modelToBytes(architecture, trained);

const workerData = {
  task: { mode: 'arena', architecture, training },
  base: modelToBytes(architecture, start),
  data,
  seed: 3,
};
const worker = new Worker(join(process.argv[2]!, 'dist/train-worker.js'), { workerData });
const bytes = await new Promise<Uint8Array>((resolve, reject) => {
  worker.on('error', reject);
  worker.on('message', (said: { type: string; result?: { bytes: Uint8Array } }) => {
    if (said.type === 'failed') reject(new Error(JSON.stringify(said)));
    else if (said.type === 'done') resolve(said.result!.bytes);
  });
});
await worker.terminate();

let refused: unknown;
try {
  modelToBytes(architecture, trained.slice(1));
} catch (error) {
  refused = error;
}
const found = {
  same: Buffer.from(bytes).equals(Buffer.from(expected)),
  coded: isCoveyError(refused),
  exports: [typeof connect, typeof quicknet, taskManagerAbi.length > 0, governanceForms.length > 0],
  declared: declared.length,
};
process.stdout.write(JSON.stringify(found));
process.exit();
