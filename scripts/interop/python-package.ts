// Real frameworks on a real local chain, by the Python package alone:
//   1. PyTorch wins a task of whole models against training nodes of the core, submitted by a program of its own;
//   2. scikit-learn trains as the command of a node, and wins too;
//   3. one Flower client takes part as it is, by each of Flower's interfaces, and earns.
//   python3 -m venv .covey/python && .covey/python/bin/pip install numpy scikit-learn torch flwr
//   node scripts/interop/python-package.ts .covey/python/bin/python [torch | scikit-learn | flower]
// Left out: IPFS is a store in memory behind Kubo's calls, windows end by moving the chain's clock, and the DAO approves
// by impersonation (`npm run demo` has a vote); of Flower, its servers, whose part the round has.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainHere, trainOwnData } from '@covey/nodes';
import { cast } from '@covey/nodes/testing/rounds';
import { decodeDataset, type Architecture } from '@covey/protocol';
import { root } from '../process.ts';
import { createFor, environment, folder, network, play, start, stop, trainer, type Outcome } from './local-rounds.ts';

const python = process.argv[2] ?? 'python3';
const examples = join(root, 'nodes/python/examples');
const first = cast.firstTrainer;

const readData = (path: string) => decodeDataset(readFileSync(path), { maxBytes: 1e8 });
/** A node of the core that trains on the data of an example. */
const rival = (n: number, data: string) =>
  network.trainer(n, { produce: trainOwnData({ train: trainHere(network.core), data: readData(data) }) });

/** An example writes its data, the task's architecture and what it is scored with. */
function prepare(example: string) {
  const data = join(folder, example);
  const env = environment(cast.outsider);
  execFileSync(python, [join(examples, `${example}.py`), 'prepare', data], { env, stdio: 'inherit' });
  const architecture = JSON.parse(readFileSync(join(data, 'architecture.json'), 'utf8')) as Architecture;
  const file = (name: string) => join(data, `${name}.safetensors`);
  return { architecture, validation: readData(file('validation')), file };
}

let failed = false;
function require(holds: boolean, what: string): void {
  console.log(`${holds ? '✓' : '✗'} ${what}`);
  failed ||= !holds;
}

function show(names: string[], outcomes: Outcome[]): void {
  outcomes.forEach((outcome, i) => console.log(`  ${names[i]}: ${JSON.stringify({ ...outcome, node: undefined })}`));
}

async function torchWins(digits: ReturnType<typeof prepare>): Promise<void> {
  const task = await createFor(digits.validation, { name: 'Digits', architecture: digits.architecture });
  const args = [join(examples, 'digits.py'), 'submit', String(task.taskId), digits.file('node-1')];
  const torch = start('torch', first, python, args);
  const outcomes = await play(task, [torch], [rival(1, digits.file('node-0')), rival(2, digits.file('node-2'))]);
  show(['torch', 'core, 60 samples', 'core'], outcomes);
  const losses = outcomes.map(({ loss }) => loss!);
  require(outcomes[0]!.verdict === 'valid' && losses[0] === Math.min(...losses), 'torch has the least loss');
}

async function scikitLearn(): Promise<void> {
  const { architecture, validation, file } = prepare('breast_cancer');
  const task = await createFor(validation, { name: 'Breast cancer', architecture });
  const command = `${python} ${join(examples, 'breast_cancer.py')} train`;
  const sklearn = trainer('scikit-learn', first + 3, task, ['--data', file('node-0'), '--command', command]);
  const outcomes = await play(task, [sklearn], [rival(4, file('node-1'))]);
  show(['scikit-learn', 'core'], outcomes);
  require(outcomes[0]!.verdict === 'valid' && Number(outcomes[0]!.paid) > 0, 'scikit-learn is scored and paid');
}

async function flower(digits: ReturnType<typeof prepare>): Promise<void> {
  const task = await createFor(digits.validation, {
    name: 'Digits, together',
    architecture: digits.architecture,
    mode: 'federated',
    ranking: 'contribution',
    aggregation: { rule: 'attributed-mean', publicEpochs: 0, clip: 0 },
    training: { epochs: 1, batchSize: 32, learningRate: 0.02, momentum: 0.9 },
  });
  const apps = ['app', 'legacy_app', 'numpy_client'];
  const programs = apps.map((app, i) => {
    const run = `${python} -m covey.flower flower_client:${app} --names flower_client:NAMES`;
    const part = `--node-config 'partition-id=${i} num-partitions=4'`;
    return trainer(app, first + 5 + i, task, ['--command', `${run} ${part}`], join(root, 'scripts/interop'));
  });
  const outcomes = await play(task, programs, [rival(8, digits.file('node-2'))]);
  show([...apps, 'core'], outcomes);
  for (const [i, app] of apps.entries()) {
    require(outcomes[i]!.verdict === 'valid' &&
      Number(outcomes[i]!.paid) > 0, `Flower’s ${app} gave something and is paid`);
  }
}

try {
  const digits = prepare('digits');
  const [, , , only] = process.argv;
  const parts = { torch: () => torchWins(digits), 'scikit-learn': scikitLearn, flower: () => flower(digits) };
  for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part();
} finally {
  await stop();
}
process.exitCode = failed ? 1 : 0;
