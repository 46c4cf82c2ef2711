import type { CoveyError } from '@covey/errors';
import { checkLayers } from './check-layers.ts';
import { coreError } from './errors.ts';
import { layerTypes } from './layers/index.ts';
import { panels, type Network, type Operation } from './network-parts.ts';
import { plan, type Plan } from './plan.ts';
import { flags } from './program.ts';
import type { Layer } from './types.ts';
import { integerType, type ValueType } from './values.ts';

/** Where the parameters of an operation stand in the caller's order and in the session's. */
export interface SessionWeights {
  /** Indices of f32. */
  from: number;
  length: number;
  to: number;
  /** Of a matrix, which the session has in panels; then its bias, if any. */
  matrix?: { inputs: number; outputs: number };
}

/** A network of tokens as a session runs it: one token a sample. */
export interface SessionPlan {
  network: Network;
  /** Tokens that a text has at most. */
  capacity: number;
  vocabulary: number;
  type: ValueType;
  weights: SessionWeights[];
  /** f32 of all weights. */
  weightCount: number;
  /** Bytes of a text's keys and values. */
  textBytes: number;
  /** For so many rows at once. */
  run: Plan;
}

const codes: Readonly<Record<string, number>> = Object.assign({}, ...layerTypes.map(({ operations }) => operations));
const named = (...names: string[]): ReadonlySet<number> => new Set(names.map((name) => codes[name]!));
/** Their first dimension is the tokens of a sample; they take each by itself, as attention does but for what it keeps. */
const ofRows = named('DENSE', 'LAYER_NORM', 'RMS_NORM', 'ROTARY', 'ATTENTION', 'SOFTMAX', 'HEAD_NORM', 'GLU');
/** These know no tokens, or how they are reached is written here. */
const others = named('EMBED', 'POSITIONS', 'ADD', 'RELU', 'GELU', 'GELU_TANH', 'SILU', 'TANH');

/** Queries whose probabilities attention has at once (`assembly/score/attention.ts`). */
const QUERY_BLOCK = 32;
const ALIGNMENT = 64;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
/** Rows of a call, and bytes that they take where one does not need more; results do not depend on it. */
const MOST_ROWS = 256;
const BUDGET = 2 ** 26;
/** Bytes of what a session holds beside texts, and of a text: half of a 32-bit memory. */
export const MOST_SESSION_BYTES = 2 ** 31;

/** Throws CORE_BAD_LAYERS, or CORE_NO_SESSION where nothing of a network could be kept between tokens. */
export function planSession(layers: Layer[]): SessionPlan {
  const whole = checkLayers(layers);
  const { input, rows } = whole;
  if (input.kind !== 'tokens') throw noSession('a network of tokens', 'one of features');
  const weights: SessionWeights[] = [];
  let weightCount = 0;
  let textBytes = 0;
  /** Its parameters in the session. */
  const place = ({ code, parameters, dimensions, flags: marks }: Operation): number => {
    const [, inputs = 0, outputs = 0] = dimensions;
    const matrix = code === codes['DENSE'] ? { inputs, outputs } : undefined;
    const bias = matrix && marks & flags.bias ? outputs : 0;
    const length = matrix
      ? inputs * outputs + bias
      : lengthAt(whole, parameters, code === codes['LAYER_NORM'] || code === codes['HEAD_NORM'] ? 2 : 1);
    weights.push({ from: parameters, length, to: weightCount, ...(matrix && { matrix }) });
    const at = weightCount;
    weightCount += matrix ? inputs * panels(outputs) + bias : length;
    return at;
  };
  const operations = whole.operations.map((operation): Operation => {
    const { code, dimensions } = operation;
    if (!ofRows.has(code) && !others.has(code))
      throw noSession('layers that take each token by itself, and attention to those before it', `operation ${code}`);
    const own = { ...operation, parameters: operation.learns ? place(operation) : 0, scratch: () => 0 };
    if (code === codes['EMBED']) {
      const [type = 0, , vocabulary = 0, width = 0] = dimensions;
      return { ...own, dimensions: [type, 1, vocabulary, width, 1] };
    }
    if (!ofRows.has(code)) return own;
    const each = [1, ...dimensions.slice(1)];
    const [, , kvHeads = 0, size = 0] = dimensions;
    if (code === codes['ROTARY']) return { ...own, dimensions: each, scratch: (count) => count * size * 4 };
    if (code !== codes['ATTENTION']) return { ...own, dimensions: each };
    const kept = {
      ...own,
      dimensions: [...each.slice(0, 4), 0, rows, textBytes],
      scratch: () => QUERY_BLOCK * panels(rows) * 4,
    };
    textBytes += aligned(kvHeads * 4 * (panels(rows) * size + panels(size) * rows));
    return kept;
  });
  const network = { ...whole, operations, values: whole.values.map((value) => value / rows), rows: 1 };
  const type = integerType(input.vocabulary);
  const given = { loss: 0, inputs: type, targets: type } as const;
  const one = plan(network, 1, given, false).workspace;
  const samples = Math.min(MOST_ROWS, Math.max(1, Math.floor(BUDGET / one)));
  const run = plan(network, samples, given, false);
  for (const bytes of [textBytes, weightCount * 4 + run.workspace]) {
    if (bytes > MOST_SESSION_BYTES)
      throw noSession(`at most ${MOST_SESSION_BYTES} bytes of a text, and of all others`, `${bytes}`);
  }
  return { network, capacity: rows, vocabulary: input.vocabulary, type, weights, weightCount, textBytes, run };
}

/** f32 of `count` tensors that stand behind each other. */
function lengthAt({ tensors }: Network, offset: number, count: number): number {
  const first = tensors.findIndex((tensor) => tensor.offset === offset);
  return tensors.slice(first, first + count).reduce((sum, { length }) => sum + length, 0);
}

const noSession = (expected: string, got: string): CoveyError =>
  coreError('CORE_NO_SESSION', 'No session can be had of this network', {
    expected,
    got,
    hint: 'Ask for the outputs of whole texts instead.',
  });
