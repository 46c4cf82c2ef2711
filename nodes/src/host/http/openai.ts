import { randomInt } from 'node:crypto';
import { vocabularyOf } from '@covey/protocol';
import {
  CHAT_STOP,
  decodeAnswer,
  f32Values,
  promptOfChat,
  type GenerateRequest,
  type InferenceRequest,
  type TextTokens,
  type TokensAnswer,
  type ValuesAnswer,
} from '@covey/protocol/inference';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import type { Answers, Served } from '../answers.ts';
import type { ServedModel } from '../models.ts';
import { proofOf } from './proof.ts';
import { SaidText } from './said-text.ts';
import type { Telling } from './serve-request.ts';

const model = z.string().min(1).max(256);
const text = z.string().max(2 ** 20);

/** What clients of OpenAI send by default and a host does not change; other values would be ignored, so they are refused. */
const neutral = {
  n: z.literal(1).nullish(),
  best_of: z.literal(1).nullish(),
  top_p: z.literal(1).nullish(),
  presence_penalty: z.literal(0).nullish(),
  frequency_penalty: z.literal(0).nullish(),
  logprobs: z.literal(false).nullish(),
  echo: z.literal(false).nullish(),
  suffix: z.literal('').nullish(),
};

const sampling = {
  model,
  ...neutral,
  temperature: z.number().min(0).max(2).nullish(),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
  stop: z.union([text.min(1), z.array(text.min(1)).max(3)]).nullish(),
  stream: z.boolean().nullish(),
  max_tokens: z.number().int().min(1).nullish(),
};

export const completionBody = z.object({ ...sampling, prompt: text.min(1) });
export const chatBody = z.object({
  ...sampling,
  max_completion_tokens: z.number().int().min(1).nullish(),
  messages: z
    .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: text }))
    .min(1)
    .max(1024),
});
export const embeddingsBody = z.object({
  model,
  input: z.union([text.min(1), z.array(text.min(1)).min(1).max(256)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});

type Sampling = Omit<z.infer<typeof completionBody>, 'prompt'>;

/** A body as a request of ours, and how its answer is told. */
export interface Translated {
  request: InferenceRequest;
  isStream: boolean;
  telling: Telling;
}

const DEFAULT_TOKENS = 64;

/** A model that has texts. */
type TextModel = ServedModel & { text: TextTokens };

function generate(answers: Answers, served: TextModel, body: Sampling, prompt: string): GenerateRequest {
  const temperature = Math.round((body.temperature ?? 0) * 1000);
  // A seed that nobody chose is drawn here, and stands in the request that is signed.
  const seed = temperature === 0 ? 0 : (body.seed ?? randomInt(2 ** 47));
  return {
    ...nameOf(served),
    kind: 'generate',
    prompt: served.text.prompt(prompt),
    length: body.max_tokens ?? Math.min(DEFAULT_TOKENS, answers.offer.limits.tokens),
    temperature,
    seed,
    stop: stopTokens(served.text, stopsOf(body)),
  };
}

/** Stops and ends as a request has them, as far as it has room; texts end at a stop however it was cut into tokens. */
const stopTokens = (text: TextTokens, stops: readonly string[]): number[][] =>
  [...stops.map((stop) => text.bare(stop)), ...text.ends.map((end) => [end])]
    .filter(({ length }) => length > 0)
    .slice(0, MOST_STOPS);

/** Of a request. */
const MOST_STOPS = 4;

const stopsOf = ({ stop }: Pick<Sampling, 'stop'>): string[] =>
  stop === null || stop === undefined ? [] : typeof stop === 'string' ? [stop] : stop;

const nameOf = ({ offered }: ServedModel) => ({
  schema: 'covey.request/1' as const,
  model: offered.model,
  network: offered.network,
});

function textModel(answers: Answers, name: string): TextModel {
  const served = answers.model(name);
  const vocabulary = vocabularyOf(served.architecture);
  if (served.text) return { ...served, text: served.text };
  throw nodeError('REQUEST_INVALID', 'Nobody says how texts are tokens of the model.', {
    expected: vocabulary === undefined ? 'rows of features, at /v1/predict' : 'tokens, at /v1/answers',
  });
}

export function completion(answers: Answers, body: z.infer<typeof completionBody>): Translated {
  const served = textModel(answers, body.model);
  const request = generate(answers, served, body, body.prompt);
  const head = (from: Served | null) => ({
    id: idOf('cmpl', from),
    object: 'text_completion',
    created: now(),
    model: served.offered.name,
  });
  const choice = (said: string, finish: string | null) => [
    { index: 0, text: said, logprobs: null, finish_reason: finish },
  ];
  return telling(served.text, request, body, { head, whole: choice, piece: choice });
}

export function chat(answers: Answers, body: z.infer<typeof chatBody>): Translated {
  const served = textModel(answers, body.model);
  const max_tokens = body.max_completion_tokens ?? body.max_tokens;
  const own = { ...body, max_tokens, stop: [CHAT_STOP, ...stopsOf(body)] };
  const request = generate(answers, served, own, promptOfChat(body.messages));
  const head = (from: Served | null, isPiece: boolean) => ({
    id: idOf('chatcmpl', from),
    object: isPiece ? 'chat.completion.chunk' : 'chat.completion',
    created: now(),
    model: served.offered.name,
  });
  return telling(served.text, request, own, {
    head,
    whole: (content, finish) => [
      { index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: finish },
    ],
    piece: (content, finish) => [
      { index: 0, delta: { role: 'assistant', content }, logprobs: null, finish_reason: finish },
    ],
  });
}

interface Shape {
  head: (from: Served | null, isPiece: boolean) => object;
  whole: (said: string, finish: string | null) => object[];
  piece: (said: string, finish: string | null) => object[];
}

function telling(
  text: TextTokens,
  request: GenerateRequest,
  body: Sampling,
  { head, whole, piece }: Shape,
): Translated {
  const said = new SaidText(text, stopsOf(body));
  const finishOf = ({ finish }: TokensAnswer) => (said.isOver ? 'stop' : finish);
  const answerOf = ({ document }: Served) => decodeAnswer(document) as TokensAnswer;
  const usage = ({ tokens }: TokensAnswer) => ({
    prompt_tokens: request.prompt.length,
    completion_tokens: tokens.length,
    total_tokens: request.prompt.length + tokens.length,
  });
  return {
    request,
    isStream: body.stream === true,
    telling: {
      whole: (from) => {
        const answer = answerOf(from);
        const content = said.end(answer);
        return {
          ...head(from, false),
          choices: whole(content, finishOf(answer)),
          usage: usage(answer),
          covey: proofOf(from),
        };
      },
      tokens: (tokens) => {
        const now = said.add(tokens);
        return now === '' ? null : { ...head(null, true), choices: piece(now, null) };
      },
      last: (from) => {
        const answer = answerOf(from);
        const rest = said.end(answer);
        return [
          {
            ...head(from, true),
            choices: piece(rest, finishOf(answer)),
            usage: usage(answer),
            covey: proofOf(from),
          },
        ];
      },
    },
  };
}

export function embeddings(answers: Answers, body: z.infer<typeof embeddingsBody>): Translated {
  const served = textModel(answers, body.model);
  const texts = (typeof body.input === 'string' ? [body.input] : body.input).map((one) => served.text.whole(one));
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  return {
    request: { ...nameOf(served), kind: 'embed', texts },
    isStream: false,
    telling: {
      whole: (from) => {
        const answer = decodeAnswer(from.document) as ValuesAnswer;
        const values = f32Values(answer);
        const row = (i: number) => values.subarray(i * answer.width, (i + 1) * answer.width);
        const bytes = (i: number) =>
          Buffer.from(answer.data.subarray(4 * i * answer.width, 4 * (i + 1) * answer.width)).toString('base64');
        return {
          object: 'list',
          model: served.offered.name,
          data: Array.from({ length: answer.rows }, (_, i) => ({
            object: 'embedding',
            index: i,
            embedding: body.encoding_format === 'base64' ? bytes(i) : [...row(i)],
          })),
          usage: { prompt_tokens: total, total_tokens: total },
          covey: proofOf(from),
        };
      },
    },
  };
}

const now = () => Math.floor(Date.now() / 1000);
const idOf = (prefix: string, from: Served | null) => `${prefix}-${from ? from.signed.output.slice(2, 26) : 'stream'}`;
