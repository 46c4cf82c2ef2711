import { predict } from '@covey/client';
import { describedOutput, inputsOf, sampleCount, type DescribedOutput } from '@covey/protocol';
import { lossOf, networkLayout, type Core } from '@covey/wasm-core';
import { selectRows } from '../../data/dataset.ts';
import type { PredictionModel } from './model.ts';
import type { ToPredict } from './read-samples.ts';
import { say } from '../words/say.ts';

/** What a model says of one sample. */
export type Answer = { sample: string } & (
  | {
      class: number;
      name: string;
      probability: number;
      probabilities: number[];
      expected?: { class: number; name: string };
    }
  | { values: Record<string, number>; expected?: Record<string, number> }
  | { token: number; probability: number; expected: number }
);

/** Values of samples that are given to the core at once: 16 MiB. */
const BATCH_VALUES = 2 ** 22;

/** Answers in the order of samples, a batch at a time. */
export function* answersOf(core: Core, model: PredictionModel, { data, names }: ToPredict): Generator<Answer> {
  const { architecture, description } = model;
  inputsOf(architecture, data);
  const { input, classes } = networkLayout(architecture.layers);
  const isReal = lossOf(networkLayout(architecture.layers), architecture.loss).targets === 'outputs';
  const output = description && describedOutput(description);
  const count = sampleCount(data);
  const batch = Math.max(
    1,
    Math.floor(BATCH_VALUES / Math.max(data.features, classes * (input.kind === 'tokens' ? input.size : 1))),
  );
  for (let start = 0; start < count; start += batch) {
    const rows = Array.from({ length: Math.min(batch, count - start) }, (_, i) => start + i);
    const part = selectRows(data, rows);
    const { outputs, classes: likely } = predict(core, { parameters: model.parameters, task: model }, part.inputs);
    for (const [i, row] of rows.entries()) {
      const sample = names[row]!;
      if (input.kind === 'tokens') {
        // Outputs are one a token; the last of them says what follows the last token that the model sees.
        const at = (i + 1) * input.size - 1;
        const expected = part.inputs[(i + 1) * (input.size + 1) - 1]!;
        yield { sample, token: likely[at]!, probability: outputs[at]![likely[at]!]!, expected };
      } else if (isReal) {
        const width = outputs[i]!.length;
        const expected = part.targets && valuesOf(part.targets.subarray(i * width, (i + 1) * width), output);
        yield { sample, values: valuesOf(outputs[i]!, output), ...(expected && { expected }) };
      } else {
        const label = likely[i]!;
        const expected = part.labels?.[i];
        yield {
          sample,
          ...{
            class: label,
            name: nameOf(output, label),
            probability: outputs[i]![label]!,
            probabilities: outputs[i]!,
          },
          ...(expected !== undefined && { expected: { class: expected, name: nameOf(output, expected) } }),
        };
      }
    }
  }
}

export function nameOf(output: DescribedOutput | undefined, label: number): string {
  return (output?.type === 'class' ? output.names?.[label] : undefined) ?? String(label);
}

/** Outputs in the unit of what they were made of. */
function valuesOf(outputs: ArrayLike<number>, output: DescribedOutput | undefined): Record<string, number> {
  const known = output?.type === 'number' ? output.values : undefined;
  return Object.fromEntries(
    Array.from(outputs, (value, i) => {
      const { name = `output ${i + 1}`, shift = 0, scale = 1 } = known?.[i] ?? {};
      return [name, value * scale + shift];
    }),
  );
}

/** Seven digits are what an f32 holds. */
export const shownNumber = (value: number) => String(Number(value.toPrecision(7)));
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export function lineOf(answer: Answer): string {
  if ('values' in answer) {
    const told = Object.entries(answer.values).map(([name, value]) => {
      const expected = answer.expected?.[name];
      return expected === undefined
        ? `${name} ${shownNumber(value)}`
        : say`${name} ${shownNumber(value)} (expected ${shownNumber(expected)})`;
    });
    return `${answer.sample}: ${told.join(', ')}`;
  }
  if ('token' in answer)
    return say`${answer.sample}: next token ${answer.token} (${percent(answer.probability)}), expected ${answer.expected}`;
  const expected = answer.expected ? say`, expected ${answer.expected.name}` : '';
  return `${answer.sample}: ${answer.name} (${percent(answer.probability)})${expected}`;
}

/** A row of a CSV file, and its line of names. */
export function csvOf(answer: Answer, model: PredictionModel): { header: string[]; fields: string[] } {
  if ('values' in answer) {
    const { values, expected } = answer;
    return {
      header: ['sample', ...Object.keys(values), ...Object.keys(expected ?? {}).map((name) => `${name} expected`)],
      fields: [answer.sample, ...[...Object.values(values), ...Object.values(expected ?? {})].map(shownNumber)],
    };
  }
  if ('token' in answer)
    return {
      header: ['sample', 'token', 'probability', 'expected'],
      fields: [answer.sample, String(answer.token), shownNumber(answer.probability), String(answer.expected)],
    };
  const { name, probability, probabilities, expected } = answer;
  const output = model.description && describedOutput(model.description);
  // More columns than this are no table that anyone reads.
  const each = probabilities.length <= 64 ? probabilities : [];
  return {
    header: [
      ...['sample', 'predicted', 'probability'],
      ...(expected ? ['expected'] : []),
      ...each.map((_, label) => `probability of ${nameOf(output, label)}`),
    ],
    fields: [
      answer.sample,
      name,
      shownNumber(probability),
      ...(expected ? [expected.name] : []),
      ...each.map(shownNumber),
    ],
  };
}

/** A line of RFC 4180. */
export const csvLine = (fields: readonly string[]) =>
  `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;

/** Answers that were right, of those of which it is known. */
export function rightOf(answers: readonly Answer[]): { right: number; known: number } | undefined {
  const known = answers.filter((answer) => !('values' in answer) && answer.expected !== undefined);
  if (known.length === 0) return undefined;
  const right = known.filter((answer) =>
    'token' in answer ? answer.token === answer.expected : 'class' in answer && answer.class === answer.expected?.class,
  );
  return { right: right.length, known: known.length };
}
