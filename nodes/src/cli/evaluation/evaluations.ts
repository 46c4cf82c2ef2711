import { samplesOf, type Architecture } from '@covey/protocol';
import {
  MAX_AUROC_CLASSES,
  MAX_PAIRS,
  NAT,
  answersByLikelihood,
  areaUnderRoc,
  perplexity,
  rSquared,
  retrievalMeasured,
  retrievalRanks,
  rounded,
  type Measured,
} from '@covey/protocol/evaluation';
import { embed, f32Values, type TextTokens } from '@covey/protocol/inference';
import { bitsPerByte, lossOf, networkLayout, type Core, type Inputs } from '@covey/wasm-core';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import type { PredictionModel } from '../prediction/model.ts';
import type { ToPredict } from '../prediction/read-samples.ts';
import { readJsonLines } from './json-lines.ts';
import { bytesOf, choiceTokens, promptTokens, textSchema, wholeTokens } from './texts.ts';

export interface Evaluated {
  /** What was evaluated on: samples, questions or pairs. */
  count: number;
  metrics: Measured[];
}

type OnProgress = (done: number, of: number) => void;

/** Probabilities that are held at once: 256 MiB. */
const MAX_PROBABILITIES = 2 ** 26;

/** The loss on samples, and what the field reports of such a model. */
export function evaluateSamples(
  core: Core,
  { architecture, parameters, text }: PredictionModel,
  { data }: ToPredict,
  onProgress: OnProgress,
): Evaluated {
  const { layers, loss, arithmetic } = architecture;
  const { inputs, labels, samples } = samplesOf(architecture, data);
  const given = { layers, arithmetic, parameters, inputs, labels, loss };
  const { targets } = lossOf(networkLayout(layers), loss);
  const { classes, input } = networkLayout(layers);
  const isStream = input.kind === 'tokens';
  const top = targets === 'class' && classes > 5 ? 5 : 1;
  const { correct, withinTop, count, ...found } = core.measure({ ...given, top, onProgress });
  const metrics: Measured[] = [
    { type: 'loss', name: lossName(architecture), value: rounded(found.loss, NAT * BigInt(count)) },
  ];
  if (targets === 'outputs') {
    const explained = rSquared(found.loss, labels!, classes);
    return { count: samples, metrics: [...metrics, ...known('r_squared', 'R²', explained)] };
  }
  metrics.push({ type: 'accuracy', name: 'Accuracy', value: rounded(BigInt(correct), BigInt(count)) });
  if (top > 1)
    metrics.push({ type: 'top_5_accuracy', name: 'Top-5 accuracy', value: rounded(BigInt(withinTop), BigInt(count)) });
  if (isStream) {
    metrics.push(...known('perplexity', 'Perplexity', perplexity({ loss: found.loss, count })));
    const bytes = text ? bytesPredicted(text, inputs, input.size) : classes === 256 ? count : 0;
    if (bytes > 0) {
      const bits = bitsPerByte({ loss: found.loss, count }, bytes);
      metrics.push({ type: 'bits_per_byte', name: 'Bits per byte', value: rounded(bits, NAT) });
    }
  } else if (classes <= MAX_AUROC_CLASSES && count * classes <= MAX_PROBABILITIES) {
    const area = areaUnderRoc(core, core.predict({ layers, arithmetic, parameters, inputs }), labels!, classes);
    if (area) metrics.push(area);
  }
  return { count: samples, metrics };
}

/** UTF-8 bytes of what is predicted: of each sample all that stands behind its first token. */
function bytesPredicted(text: TextTokens, inputs: Inputs, size: number): number {
  let bytes = 0;
  for (let start = 0; start < inputs.length; start += size + 1) {
    const stream = text.stream();
    stream.add([inputs[start]!]);
    bytes += Buffer.byteLength(stream.add(Array.from(inputs.subarray(start + 1, start + size + 1))) + stream.end());
  }
  return bytes;
}

const lossName = ({ loss }: Architecture) =>
  loss === 'squared-error' ? 'Mean squared error' : 'Loss (nat a prediction)';

const known = (type: string, name: string, value: number | null): Measured[] =>
  value === null ? [] : [{ type, name, value }];

const questionSchema = z.strictObject({
  context: textSchema,
  choices: z.array(textSchema).min(2).max(64),
  answer: z.number().int().min(0),
});

/** Questions of a file that are answered by likelihood: accuracy, and accuracy by byte of the choices. */
export async function evaluateChoices(
  core: Core,
  model: PredictionModel,
  path: string,
  onProgress: OnProgress,
): Promise<Evaluated> {
  const expected = 'lines like {"context": "2 + 2 =", "choices": [" 4", " 5"], "answer": 0}';
  const questions = (await readJsonLines(path, questionSchema, expected)).map(({ context, choices, answer }) => ({
    context: promptTokens(model, context),
    choices: choices.map((choice) => ({ tokens: choiceTokens(model, context, choice), bytes: bytesOf(choice) })),
    answer,
  }));
  let [right, rightByByte, done] = [0, 0, 0];
  for (const { choice, choiceByByte } of answersByLikelihood(core, model, questions)) {
    const { answer } = questions[done]!;
    if (choice === answer) right++;
    if (choiceByByte === answer) rightByByte++;
    onProgress(++done, questions.length);
  }
  const share = (count: number) => rounded(BigInt(count), BigInt(questions.length));
  return {
    count: questions.length,
    metrics: [
      { type: 'acc', name: 'Choices right', value: share(right) },
      { type: 'acc_norm', name: 'Choices right, by byte', value: share(rightByByte) },
    ],
  };
}

const pairSchema = z.strictObject({ query: textSchema, document: textSchema });

/** Texts that are embedded at once. */
const TEXTS = 64;

/** Pairs of a file: whether a query's embedding is nearest to that of its own document. */
export async function evaluatePairs(
  core: Core,
  model: PredictionModel,
  path: string,
  onProgress: OnProgress,
): Promise<Evaluated> {
  const expected = 'lines like {"query": "capital of France", "document": "Paris is the capital of France."}';
  const pairs = await readJsonLines(path, pairSchema, expected);
  if (pairs.length > MAX_PAIRS)
    throw nodeError('CONFIG_INVALID', 'These are too many pairs to compare each with each.', {
      expected: `at most ${MAX_PAIRS}`,
      got: `${pairs.length}`,
    });
  const texts = pairs.flatMap(({ query, document }) => [query, document].map((text) => [...wholeTokens(model, text)]));
  const rows: Float32Array[] = [];
  for (let first = 0; first < texts.length; first += TEXTS) {
    const answer = embed(core, model, { texts: texts.slice(first, first + TEXTS) });
    const values = f32Values(answer);
    for (let at = 0; at < values.length; at += answer.width) rows.push(values.subarray(at, at + answer.width));
    onProgress(Math.min(first + TEXTS, texts.length), texts.length);
  }
  const width = rows[0]!.length;
  const [queries, documents] = [0, 1].map((side) => {
    const all = new Float32Array(pairs.length * width);
    pairs.forEach((_, i) => all.set(rows[2 * i + side]!, i * width));
    return all;
  });
  const ranks = retrievalRanks(queries!, documents!, width);
  return { count: pairs.length, metrics: retrievalMeasured(ranks) };
}
