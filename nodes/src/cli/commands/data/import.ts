import { describedFeatures, describedInput, describedOutput, sampleCount, type DataDescription } from '@covey/protocol';
import { resolve } from 'node:path';
import { labelCounts } from '../../../data/dataset.ts';
import { nodeError } from '../../../errors.ts';
import { describedBeside, writeDataset, writeDescription } from '../../dataset-file.ts';
import { defineCommand, optional, positional, required } from '../../define-command.ts';
import { importFile } from '../../import-file.ts';
import { importOptions } from '../../import-options.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { likeOf, likeOptions } from '../../task-description.ts';
import { phrase, say, sentence } from '../../words/say.ts';

export const dataImport = defineCommand({
  name: 'data import',
  summary: 'Make a dataset of CSV, IDX, npy, npz, safetensors, text or a folder of images',
  examples: [
    'data import patients.csv --label outcome --drop id --out patients.safetensors',
    'data import houses.csv --target price --indicators --out houses.safetensors   # numbers instead of classes',
    'data import ours.csv --task 7 --out ours.safetensors   # as the task’s creator made them',
    'data import train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz --out digits.safetensors',
    'data import arrays.npz --arrays inputs=x_train labels=y_train --out arrays.safetensors',
    'data import photos/ --size 32x32 --channels rgb --out photos.safetensors   # a folder for each class',
    'data import novel.txt --length 64 --out novel.safetensors',
  ],
  options: {
    file: positional('<file>', 'the file, also compressed with gzip, or the folder'),
    out: required('--out <file>', 'dataset to write'),
    describe: optional('--describe <file>', 'where to write how samples are made (default: beside it, as .json)'),
    ...likeOptions,
    ...importOptions,
    ...chainOptions,
    ...readerOptions,
  },
  async run(options, out) {
    if ([options.out, options.describe].some((one) => one !== undefined && resolve(one) === resolve(options.file)))
      throw nodeError('CONFIG_INVALID', 'The dataset would stand in place of the data.', {
        expected: '--out with another name than the file’s',
        got: options.file,
      });
    const like = await likeOf(options);
    const progress = (line: string) => out.progress(line);
    const { data, description, notes } = await importFile(options.file, { options, like, progress });
    for (const note of notes) out.progress(sentence(note) ?? note);
    const described = options.describe ?? describedBeside(options.out);
    const written = await writeDataset(options.out, data);
    await writeDescription(described, description);
    const samples = sampleCount(data);
    const counts = data.labels && labelCounts(data.labels);
    out.result(
      'covey.data-import/1',
      { dataset: options.out, description: described, samples, features: data.features, counts, notes, ...written },
      [
        say`${options.out}: ${samples} samples of ${formTold(description)}, ${written.bytes} bytes`,
        say`${described}: how they are made, for whoever trains or predicts with them`,
        ...(counts ? classLines(description, counts) : []),
      ],
    );
  },
});

/** What a sample is, in words. */
export function formTold(description: DataDescription): string {
  const output = describedOutput(description);
  const input = describedInput(description);
  const features = describedFeatures(description);
  if (!output) return say`${features} ${phrase(input)} and the next one`;
  const predicted =
    output.type === 'class' ? say`${output.count} classes` : output.values.map(({ name }) => name).join(', ');
  return say`${features} ${input} features to ${predicted}`;
}

function classLines(description: DataDescription, counts: readonly number[]): string[] {
  return counts.slice(0, 20).map((count, label) => `  ${className(description, label)}: ${count}`);
}

export function className(description: DataDescription | undefined, label: number): string {
  const output = description && describedOutput(description);
  return (output?.type === 'class' && output.names?.[label]) || say`class ${label}`;
}
