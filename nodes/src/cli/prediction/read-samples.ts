import { describedFeatures, describedOutput, sampleCount, type DataDescription, type Dataset } from '@covey/protocol';
import { selectRows } from '../../data/dataset.ts';
import { readMnist } from '../../data/idx.ts';
import { decodeImage, resized, sourceOf } from '../../data/import/index.ts';
import { nodeError } from '../../errors.ts';
import { readData, readDataset } from '../dataset-file.ts';
import { importFile, imagesOf, importTable, openData } from '../import-file.ts';
import type { ImportOptions } from '../import-options.ts';

export interface ToPredict {
  data: Dataset;
  /** What each sample is called: its row, or its file. */
  names: string[];
}

export interface SampleOptions extends ImportOptions {
  input: string | undefined;
  data: string | undefined;
  mnist: string | undefined;
  index: number | undefined;
}

/** Samples to predict from, made as the description says; labels and targets where they are there. */
export async function readSamples(
  options: SampleOptions,
  description: DataDescription | undefined,
  progress: (line: string) => void,
): Promise<ToPredict> {
  const read = await readAll(options, description, progress);
  const { index } = options;
  if (index === undefined) return read;
  const count = sampleCount(read.data);
  if (index < count) return { data: selectRows(read.data, [index]), names: [read.names[index]!] };
  throw nodeError('CONFIG_INVALID', 'The data has no such sample.', {
    expected: `--index 0 to ${count - 1}`,
    got: String(index),
  });
}

async function readAll(
  options: SampleOptions,
  description: DataDescription | undefined,
  progress: (line: string) => void,
): Promise<ToPredict> {
  const { input, data, mnist } = options;
  if (data !== undefined) return numbered(await readDataset(data));
  if (mnist !== undefined) return numbered((await readMnist(mnist)).test);
  if (!description)
    throw nodeError('CONFIG_INVALID', 'Nobody says how a sample is made of this input.', {
      expected: 'a task with a data description, or --like FILE',
      hint: 'Ask the task’s creator for it; a dataset in safetensors goes with --data.',
    });
  if (description.kind === 'image') return await images(input!, description);
  const parameters = { options, like: description, needsOutput: false, progress };
  if (input !== '-') return numbered((await importFile(input!, parameters)).data);
  if (description.kind === 'table') {
    const bytes = await readInput();
    return numbered((await importTable(sourceOf(bytes), parameters)).data);
  }
  throw nodeError('CONFIG_INVALID', 'Only rows, text and one image come from the standard input.', {
    expected: '--input FILE',
    got: '-',
  });
}

const numbered = (data: Dataset): ToPredict => ({
  data,
  names: Array.from({ length: sampleCount(data) }, (_, i) => `row ${i + 1}`),
});

type Images = Extract<DataDescription, { kind: 'image' }>;

/** One image, or all of a folder and its folders, which give no labels. */
async function images(input: string, description: Images): Promise<ToPredict> {
  const files =
    input === '-'
      ? [{ path: 'the standard input', bytes: readInput }]
      : (await openData(input, 'image').then(() => imagesOf(input))).sort((a, b) => (a.path < b.path ? -1 : 1));
  if (files.length === 0) throw nodeError('DATA_NOT_FOUND', `There is no image in ${input}.`);
  const features = describedFeatures(description);
  const inputs = new Uint8Array(files.length * features);
  for (const [i, { path, bytes }] of files.entries())
    inputs.set(resized(await decodeImage(await bytes(), path), description), i * features);
  return { data: { inputs, features }, names: files.map(({ path }) => path) };
}

/** What is piped in, whole: a prompt, rows, an image. */
export async function readInput(): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of process.stdin as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > MAX_INPUT)
      throw nodeError('DATA_TOO_LARGE', 'The standard input is too long.', {
        expected: `at most ${MAX_INPUT / 2 ** 20} MiB`,
        hint: 'Put it into a file, and name that with --input.',
      });
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

const MAX_INPUT = 64 * 2 ** 20;

/** The text to go on with. */
export async function readPrompt(input: string): Promise<Uint8Array> {
  return input === '-' ? await readInput() : await readData(input, MAX_INPUT);
}

/** Whether a prediction of these data is text that goes on. */
export const isText = (description: DataDescription | undefined) =>
  description !== undefined && describedOutput(description) === undefined && description.kind === 'text';
