import {
  integerType,
  lossOf,
  networkLayout,
  valueTypes,
  type Core,
  type Inputs,
  type ValueType,
} from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import { protocolError } from '../errors.ts';
import { MAX_VALUES, f32Bytes, type ValuesAnswer } from './answer.ts';
import { bodyOf, type InferenceModel } from './embedding.ts';
import { LEAST_RUN } from './price.ts';
import type { EmbedRequest, PredictRequest } from './request.ts';
import { requireTokens, tokenArray } from './tokens.ts';
import { overTokens } from './window.ts';

/** What a row of `inputs` is: its type, its values, and what an answer has for it. */
export function rowOf(architecture: Architecture): { type: ValueType; size: number; outputs: number } {
  const { input, rows, classes } = networkLayout(architecture.layers);
  const type = input.kind === 'features' ? (architecture.input as ValueType) : integerType(input.vocabulary);
  return { type, size: input.size, outputs: rows * classes };
}

/** The inputs of a request as the core takes them: of tokens with one more a row, which is only a target. */
export function inputsOfRequest(architecture: Architecture, { inputs, rows }: PredictRequest): Inputs {
  const { type, size, outputs } = rowOf(architecture);
  const { bytes } = valueTypes[type];
  if (inputs.length !== rows * size * bytes)
    throw invalid('the inputs are no rows of this model', `${rows} rows of ${size} ${type}`, `${inputs.length} bytes`);
  if (rows * outputs > MAX_VALUES)
    throw invalid('the answer would be too large', `at most ${Math.floor(MAX_VALUES / outputs)} rows`, `${rows} rows`);
  const values = littleEndian(type, inputs);
  const { input } = networkLayout(architecture.layers);
  if (input.kind === 'features') return requireFinite(values);
  requireTokens(architecture.layers, [Array.from(values)]);
  if (input.kind === 'text') return values;
  const samples = tokenArray(input.vocabulary, rows * (size + 1));
  for (let row = 0; row < rows; row++) samples.set(values.subarray(row * size, (row + 1) * size), row * (size + 1));
  return samples;
}

/** Outputs of several requests of one model and of the same kind of values, computed together. */
export function predictTogether(
  core: Core,
  { architecture, parameters }: InferenceModel,
  requests: readonly PredictRequest[],
): ValuesAnswer[] {
  const { layers, loss, arithmetic } = architecture;
  const layout = networkLayout(layers);
  const parts = requests.map((request) => inputsOfRequest(architecture, request));
  const real = lossOf(layout, loss).targets === 'outputs';
  const raw = requests[0]!.values === 'outputs';
  if (real && !raw)
    throw invalid('this model gives real numbers, which are no probabilities', 'values: outputs', 'probabilities');
  const all = core[raw ? 'outputs' : 'predict']({ layers, arithmetic, parameters, inputs: joined(parts) });
  const width = layout.rows * layout.classes;
  let from = 0;
  return requests.map(({ rows }) => {
    const values = all.subarray(from, (from += rows * width));
    return valuesAnswer(rows, width, values);
  });
}

/**
 * Texts under way: for each the mean, over the last tokens that the model sees, of what its last layer is given; of a model
 * of whole texts what it says of the first tokens that it sees.
 */
export class Embedding {
  readonly #model: InferenceModel;
  /** What the model sees of each. */
  readonly #texts: readonly (readonly number[])[];
  /** Places of texts that are to be computed, the shortest last. */
  readonly #waiting: number[];
  readonly #size: number;
  readonly #vocabulary: number;
  /** Of a model of whole texts: what they are filled up with. */
  readonly #padding: number | undefined;
  readonly #width: number;
  readonly #result: Float32Array;

  /** Throws PROTOCOL_INVALID_REQUEST or PROTOCOL_NO_EMBEDDING before anything is computed. */
  constructor(model: InferenceModel, { texts }: Pick<EmbedRequest, 'texts'>) {
    const input = requireTokens(model.architecture.layers, texts);
    const { size, vocabulary } = input;
    const { model: body, width } = bodyOf(model);
    if (texts.length * width > MAX_VALUES)
      throw invalid(
        'the answer would be too large',
        `at most ${Math.floor(MAX_VALUES / width)} texts`,
        `${texts.length}`,
      );
    [this.#model, this.#size, this.#vocabulary, this.#width] = [body, size, vocabulary, width];
    this.#padding = input.kind === 'text' ? input.padding : undefined;
    this.#texts = texts.map((text) => (input.kind === 'text' ? text.slice(0, size) : text.slice(-size)));
    this.#waiting = [...texts.keys()].sort((a, b) => this.#texts[b]!.length - this.#texts[a]!.length);
    this.#result = new Float32Array(texts.length * width);
  }

  /** Null while it goes on. */
  get answer(): ValuesAnswer | null {
    if (this.#waiting.length > 0) return null;
    return valuesAnswer(this.#texts.length, this.#width, this.#result);
  }

  /** The next texts: so many of about one length as the model's window has place for, and a run at least, computed together. */
  step(core: Core): void {
    const some = this.#next();
    const tokens = Math.max(...some.map((text) => this.#texts[text]!.length));
    const { architecture, parameters } = overTokens(this.#model, tokens);
    const { layers, arithmetic } = architecture;
    const { rows, classes } = networkLayout(layers);
    const stride = this.#padding === undefined ? tokens + 1 : tokens;
    const inputs = tokenArray(this.#vocabulary, some.length * stride).fill(this.#padding ?? 0);
    some.forEach((text, i) => inputs.set(this.#texts[text]!, i * stride));
    const outputs = core.outputs({ layers, arithmetic, parameters, inputs });
    some.forEach((text, i) => this.#take(text, outputs.subarray(i * rows * classes), classes));
  }

  /**
   * None is shorter than half of the longest, so that what is computed is less than twice what is there; but what a run costs
   * in any case is filled first.
   */
  #next(): number[] {
    const some: number[] = [];
    const most = Math.max(this.#size, LEAST_RUN);
    const [shortest] = this.#waiting.slice(-1).map((text) => this.#texts[text]!.length);
    for (let text = this.#waiting.at(-1); text !== undefined; text = this.#waiting.at(-1)) {
      const { length } = this.#texts[text]!;
      const tokens = (some.length + 1) * length;
      if (some.length > 0 && tokens > LEAST_RUN && (length > 2 * shortest! || tokens > most)) break;
      some.push(this.#waiting.pop()!);
    }
    return some;
  }

  /** The mean in doubles, tokens in their order; then to the nearest f32. */
  #take(text: number, outputs: Float32Array, classes: number): void {
    const { length } = this.#texts[text]!;
    if (this.#padding !== undefined) {
      this.#result.set(outputs.subarray(0, this.#width), text * this.#width);
      return;
    }
    for (let column = 0; column < this.#width; column++) {
      let sum = 0;
      for (let token = 0; token < length; token++) sum += outputs[token * classes + column]!;
      this.#result[text * this.#width + column] = sum / length;
    }
  }
}

export function embed(core: Core, model: InferenceModel, request: Pick<EmbedRequest, 'texts'>): ValuesAnswer {
  const embedding = new Embedding(model, request);
  for (;;) {
    if (embedding.answer) return embedding.answer;
    embedding.step(core);
  }
}

const valuesAnswer = (rows: number, width: number, values: Float32Array): ValuesAnswer => ({
  schema: 'covey.answer/1',
  kind: 'values',
  rows,
  width,
  data: f32Bytes(values),
});

function joined(parts: readonly Inputs[]): Inputs {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const all = new (first!.constructor as new (length: number) => Inputs)(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function littleEndian(type: ValueType, bytes: Uint8Array): Inputs {
  if (type === 'u8') return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const { Array: Values, bytes: each } = valueTypes[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Values(bytes.length / each);
  for (let i = 0; i < values.length; i++) values[i] = read[type](view, i * each);
  return values;
}

const read: Record<Exclude<ValueType, 'u8'>, (view: DataView, at: number) => number> = {
  u16: (view, at) => view.getUint16(at, true),
  u32: (view, at) => view.getUint32(at, true),
  i32: (view, at) => view.getInt32(at, true),
  f32: (view, at) => view.getFloat32(at, true),
};

function requireFinite(values: Inputs): Inputs {
  if (!(values instanceof Float32Array)) return values;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) throw invalid('an input is not finite', 'finite numbers', `${values[bad]} at value ${bad}`);
  return values;
}

const invalid = (message: string, expected: string, got: string) =>
  protocolError('PROTOCOL_INVALID_REQUEST', message, { expected, got });
