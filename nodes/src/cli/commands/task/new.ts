import { architectureSchema, encodings, taskModes, type DataDescription, type Dataset } from '@covey/protocol';
import { arithmetics, metrics, nameOfArithmetic, type Arithmetic } from '@covey/wasm-core';
import { InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import { kinds, networkSizes, type ImageShape, type Kind } from '../../../creator/preset/architectures.ts';
import { draftFor, draftJson, paces, ruleNames, type DraftChoices } from '../../../creator/preset/draft-for.ts';
import { nodeError } from '../../../errors.ts';
import { coveyText, countText } from '../../../quantities.ts';
import { amount, positive } from '../../arguments.ts';
import { readJson } from '../../context.ts';
import { descriptionOf, readDataset } from '../../dataset-file.ts';
import { defineCommand, oneOf, optional, preset, type Values } from '../../define-command.ts';
import { tokenizerFileOf } from '../../../models/tokenizer-files.ts';
import { canAsk, wizard } from '../../wizard.ts';
import { say } from '../../words/say.ts';

const options = {
  kind: oneOf('--kind <kind>', 'what the data is', kinds),
  mode: oneOf('--mode <mode>', 'the best model wins, or updates are aggregated', taskModes),
  data: optional(
    '--data <file>',
    'hidden samples: a dataset file, with its description beside it (`covey data import`)',
  ),
  tokenizer: optional('--tokenizer <file>', 'text: the tokenizer.json, or its folder, by which the data was imported'),
  name: optional('--name <text>', 'what the task is called'),
  description: preset('--description <text>', 'what it is about, in Markdown', ''),
  rounds: optional('--rounds <n>', 'rounds', positive),
  reward: optional('--reward <amount>', 'what you mean to fund for all rounds together, in COVEY', amount),
  pace: oneOf('--pace <pace>', 'how long windows are', paces),
  size: oneOf('--size <size>', 'of the network (default: small)', networkSizes),
  image: optional('--image <CxHxW>', 'channels, height and width of an image (default: a square)', imageShape),
  architecture: optional('--architecture <file>', 'JSON of layers and input, in place of a preset'),
  arithmetic: oneOf(
    '--arithmetic <arithmetic>',
    'what models are scored in: integers take a quarter of the memory or less (default: f32)',
    arithmetics.map(nameOfArithmetic),
  ),
  rule: oneOf('--rule <rule>', 'how updates are aggregated (default: attributed-mean)', ruleNames),
  loss: oneOf('--loss <loss>', 'must be what the data asks for: classes or numbers', [
    'cross-entropy',
    'squared-error',
  ]),
  metric: oneOf(
    '--metric <metric>',
    'how the loss is reported',
    metrics.map(({ name }) => name),
  ),
  encodings: optional(
    '--encodings <list>',
    'how updates may be sent, comma-separated (default: all but lora)',
    encodingList,
  ),
  licence: optional('--licence <id>', 'of the models: an SPDX identifier such as CC-BY-4.0'),
  out: preset('--out <file>', 'where to write the draft; must not exist', 'task.json'),
};

export const taskNew = defineCommand({
  name: 'task new',
  summary: 'Write a task draft that suits the data: asks on a terminal, or takes all from options',
  examples: [
    'task new   # asks',
    'task new --kind tabular --data validation.safetensors --rounds 3 --reward 60000 --licence CC-BY-4.0',
    'task new --kind image --image 1x28x28 --data digits.safetensors --pace minutes --out digits.json',
    'task new --kind text --mode arena --data text.safetensors --size medium',
  ],
  options,
  async run(given, out) {
    if (existsSync(given.out)) {
      throw nodeError('CONFIG_INVALID', `${given.out} exists: a draft is never overwritten.`, {
        hint: 'Name another file with --out, or edit this one.',
      });
    }
    const choices = await choose(given);
    const draft = draftFor(choices);
    const loss = draft.architecture.loss ?? 'cross-entropy';
    if (given.loss !== undefined && given.loss !== loss) {
      throw nodeError('CONFIG_INVALID', `This data is not scored by ${given.loss}.`, {
        expected:
          loss === 'squared-error'
            ? `--loss ${loss}: it has numbers to predict`
            : `--loss ${loss}: it has classes to predict`,
        got: `--loss ${given.loss}`,
      });
    }
    await writeFile(given.out, draftJson(draft), { flag: 'wx' });
    const { mode, rounds, aggregation, budget, metric, licence } = draft;
    const arithmetic = nameOfArithmetic(draft.architecture.arithmetic);
    const summary = {
      file: given.out,
      mode,
      kind: choices.kind,
      rounds,
      rule: aggregation.rule,
      loss,
      arithmetic,
      metric,
      budget,
    };
    out.result('covey.task-new/1', { ...summary, licence: licence ?? null }, [
      say`${given.out}: ${mode}, ${rounds} rounds, ${coveyText(budget)} in all, scored by ${loss} in ${arithmetic}`,
      say`edit what you like, then \`covey task check ${given.out}\``,
    ]);
  },
});

type Given = Values<typeof options>;

/** What was not given is asked on a terminal, else has its default; data must be named. */
async function choose(given: Given): Promise<DraftChoices> {
  const asking = canAsk() && given.data === undefined;
  const questions = asking ? wizard() : undefined;
  const decide = async <T>(value: T | undefined, question: string, parse: (text: string) => T, fallback: string) =>
    value ?? (questions ? await questions.ask(question, parse, fallback) : parse(fallback));
  try {
    const source = given.data ?? (await questions?.ask(say`Dataset file with the hidden samples`, existing));
    if (source === undefined) {
      throw nodeError('CONFIG_INVALID', 'A task needs hidden samples to score by.', {
        expected: '--data FILE, a dataset file',
        hint: '`covey data import` makes one of CSV, images or text.',
      });
    }
    const data = await readDataset(source);
    const described = await descriptionOf(source);
    const guess = kindOf(data, described?.description);
    const kind = await decide(given.kind, say`Kind of data (${kinds.join(', ')})`, word(kinds), guess);
    const fromDraft = (path: string) => relative(dirname(resolve(given.out)), resolve(path));
    const architecture =
      given.architecture === undefined
        ? undefined
        : await readJson(given.architecture, architectureSchema, 'an architecture: layers and input');
    return {
      ...{ kind, data, architecture },
      arithmetic: arithmetics.find((one: Arithmetic) => nameOfArithmetic(one) === given.arithmetic),
      file: fromDraft(source),
      ...(described && { described: described.description, descriptionFile: fromDraft(described.file) }),
      ...(given.tokenizer !== undefined && { tokenizerFile: fromDraft(await tokenizerFileOf(given.tokenizer)) }),
      name: await decide(given.name, 'Name of the task', String, basename(source, extname(source))),
      description: given.description,
      mode: await decide(given.mode, `Mode (${taskModes.join(', ')})`, word(taskModes), 'federated'),
      size: await decide(
        given.size,
        say`Size of the network (${networkSizes.join(', ')})`,
        word(networkSizes),
        'small',
      ),
      rounds: await decide(
        given.rounds,
        say`Rounds, each with its part of ${countText(countOf(data))} samples`,
        positive,
        '3',
      ),
      budget: await decide(given.reward, say`Reward for all rounds together, in COVEY`, amount, '3000'),
      pace: await decide(given.pace, say`Windows of ${paces.join(', ')}`, word(paces), 'hours'),
      licence: await decide(given.licence, say`Licence of the models (SPDX)`, String, 'CC-BY-4.0'),
      ...{ image: given.image, rule: given.rule, metric: given.metric, encodings: given.encodings },
    };
  } finally {
    questions?.close();
  }
}

const word =
  <const T extends string>(words: readonly T[]) =>
  (text: string): T => {
    const found = words.find((one) => one === text);
    if (found === undefined) throw new InvalidArgumentError(`Expected one of ${words.join(', ')}.`);
    return found;
  };

function existing(path: string): string {
  if (!existsSync(path)) throw new InvalidArgumentError(`There is no file ${path}.`);
  return path;
}

const countOf = ({ inputs, features }: Dataset): number => inputs.length / features;

function kindOf({ labels, targets }: Dataset, described: DataDescription | undefined): Kind {
  if (described?.kind === 'image') return 'image';
  return labels || targets ? 'tabular' : 'text';
}

function imageShape(text: string): ImageShape {
  const found = /^(\d{1,4})x(\d{1,5})x(\d{1,5})$/.exec(text);
  if (!found) throw new InvalidArgumentError('Expected CHANNELSxHEIGHTxWIDTH such as 3x32x32.');
  return [Number(found[1]), Number(found[2]), Number(found[3])];
}

function encodingList(text: string) {
  return text.split(',').map((one) => word(encodings)(one.trim()));
}
