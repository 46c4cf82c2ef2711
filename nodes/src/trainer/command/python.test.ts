import { encodeDataset, modelToBytes, updateFromBytes, type TaskDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import type { NodeEvent } from '../../events.ts';
import { tinyData, tinyDraft } from '../../testing/tiny-task.ts';
import { finishFile } from '../finish-update.ts';
import { trainByCommand } from './train-by-command.ts';

// The Python package in its place: as a command of a training node. `npm test` names a Python that has numpy.
const python = process.env['COVEY_PYTHON'] ?? '/usr/bin/python3';

/** Twice the base, in f64 under the names of a torch.nn.Sequential; and what it read. */
const program = `
import numpy as np
import covey
task = covey.read_task()
base = task.base()
data = task.load_data()
print(task.id, task.training.epochs, len(data), int(data.inputs.sum()), int(data.labels.sum()))
task.save_model({name.replace("layers.", ""): array.astype(np.float64) * 2 for name, array in base.items()})
`;

it('a Python program trains for a task by the package alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'covey-python-'));
  vi.stubEnv('PYTHONPATH', fileURLToPath(new URL('../../../python/src', import.meta.url)));
  const core = await loadNodeCore();
  const draft = tinyDraft();
  const base = core.initialise(draft.architecture.layers, 1);
  const data = tinyData(30, 5);
  const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0);
  await writeFile(join(folder, 'data.safetensors'), encodeDataset(data));
  await writeFile(join(folder, 'train.py'), program);
  const events: NodeEvent[] = [];
  const produce = trainByCommand({
    command: `${python} ${folder}/train.py`,
    data: join(folder, 'data.safetensors'),
    finish: ({ signal: _signal, limits: _limits, ...options }) => Promise.resolve(finishFile({ ...options, core })),
  });
  const made = await produce({
    deployment: { chainId: 1, roundManager: `0x${'cc'.repeat(20)}` },
    node: `0x${'11'.repeat(20)}`,
    taskId: 7n,
    round: 0,
    task: { ...draft, metric: 'accuracy', encodings: undefined } as unknown as TaskDocument,
    base: () => Promise.resolve(modelToBytes(draft.architecture, base)),
    baseCid: () => Promise.resolve('bafybase'),
    dataDescription: () => Promise.resolve(undefined),
    secondsLeft: () => Promise.resolve(100),
    folder,
    onEvent: (event) => void events.push(event),
  });
  // Twice the base less the base.
  expect(updateFromBytes(core, draft.architecture, made as Uint8Array, { maxBytes: 1e6 })).toEqual(base);
  const said = events.flatMap((event) => (event.event === 'command-said' ? [event.line] : []));
  expect(said).toEqual([`7 2 30 ${sum(data.inputs)} ${sum(data.labels)}`]);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});
