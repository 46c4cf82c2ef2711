import { networkLayout, type Core } from '@covey/wasm-core';
import { protocolError } from '../errors.ts';
import type { InferenceModel } from '../inference/embedding.ts';
import { requireNextTokens, tokenArray } from '../inference/tokens.ts';
import { overTokens } from '../inference/window.ts';

/** A question with answers to choose from, all in tokens. */
export interface Question {
  /** At least one token. */
  context: readonly number[];
  choices: readonly Choice[];
  /** The right choice, from 0. */
  answer: number;
}

export interface Choice {
  /** What follows the context. */
  tokens: readonly number[];
  /** Of the text that they stand for, UTF-8. */
  bytes: number;
}

export interface Chosen {
  /** Losses of the choices' tokens after the context, unit 2^-32 nat. */
  losses: bigint[];
  /** The likeliest choice, and the likeliest by byte of its text; of equal ones the first. */
  choice: number;
  choiceByByte: number;
}

/** Tokens that are computed together, unless one text has more. */
const BATCH_TOKENS = 4096;

/**
 * Answers questions by likelihood, as harnesses of language models do: each choice is put behind the context, and the
 * choice is the one whose own tokens lose least. Texts that are longer than the model sees lose their beginning.
 */
export function* answersByLikelihood(
  core: Core,
  model: InferenceModel,
  questions: readonly Question[],
): Generator<Chosen> {
  const { layers } = model.architecture;
  for (const [i, question] of questions.entries()) {
    const { size } = requireNextTokens(layers, [question.context, ...question.choices.map(({ tokens }) => tokens)]);
    requireQuestion(question, size, i);
    const losses = lossesOf(core, model, question, size);
    const byByte = losses.map((loss, choice) => ({ loss, bytes: BigInt(question.choices[choice]!.bytes) }));
    yield {
      losses,
      choice: least(losses.map((loss) => ({ loss, bytes: 1n }))),
      choiceByByte: least(byByte),
    };
  }
}

/** The first of those with the least loss a byte; fractions are compared as integers. */
const least = (all: readonly { loss: bigint; bytes: bigint }[]): number =>
  all.reduce((best, { loss, bytes }, i) => (loss * all[best]!.bytes < all[best]!.loss * bytes ? i : best), 0);

function requireQuestion({ context, choices, answer }: Question, size: number, at: number): void {
  const invalid = (expected: string, got: string) =>
    protocolError('PROTOCOL_INVALID_ARGUMENT', `question ${at + 1} cannot be asked`, { expected, got });
  if (context.length === 0) throw invalid('a context of at least one token', 'none');
  if (choices.length < 2) throw invalid('at least two choices', `${choices.length}`);
  if (!Number.isInteger(answer) || answer < 0 || answer >= choices.length)
    throw invalid(`an answer from 0 to ${choices.length - 1}`, `${answer}`);
  for (const { tokens, bytes } of choices) {
    if (tokens.length === 0 || bytes < 1) throw invalid('choices with a text each', 'an empty one');
    if (tokens.length > size)
      throw invalid(`choices of at most ${size} tokens, which the model sees`, `${tokens.length}`);
  }
}

function lossesOf(core: Core, model: InferenceModel, { context, choices }: Question, size: number): bigint[] {
  // One more than is seen: the last token is only predicted.
  const texts = choices.map(({ tokens }) => [...context, ...tokens].slice(-(size + 1)));
  const seen = Math.max(...texts.map((text) => text.length)) - 1;
  const { architecture, parameters } = overTokens(model, seen);
  const { layers, arithmetic } = architecture;
  const { classes } = networkLayout(layers);
  const together = Math.max(1, Math.floor(BATCH_TOKENS / seen));
  const losses: bigint[] = [];
  for (let first = 0; first < texts.length; first += together) {
    const some = texts.slice(first, first + together);
    const inputs = tokenArray(classes, some.length * (seen + 1));
    some.forEach((text, i) => inputs.set(text, i * (seen + 1)));
    const rows = core.rowLosses({ layers, arithmetic, parameters, inputs });
    for (const [i, text] of some.entries()) {
      const end = i * seen + text.length - 1;
      const own = choices[first + i]!.tokens.length;
      losses.push(rows.subarray(end - own, end).reduce((sum, loss) => sum + loss, 0n));
    }
  }
  return losses;
}
