// Networks that suit a kind of data, in three sizes. Made from the data: as many inputs as it has features, as many outputs as
// it has classes or targets.
import {
  describedOutput,
  describedVocabulary,
  type Architecture,
  type DataDescription,
  type Dataset,
} from '@covey/protocol';
import { valueTypeOf, type InputKind, type Layer, type TargetType } from '@covey/wasm-core';
import { nodeError } from '../../errors.ts';

export const kinds = ['tabular', 'image', 'text'] as const;
export type Kind = (typeof kinds)[number];

export const networkSizes = ['small', 'medium', 'large'] as const;
export type NetworkSize = (typeof networkSizes)[number];

/** Channels, height, width. */
export type ImageShape = readonly [number, number, number];

const hidden: Record<NetworkSize, number[]> = { small: [32], medium: [64, 32], large: [256, 128, 64] };
const channels: Record<NetworkSize, number[]> = { small: [8, 16], medium: [16, 32], large: [32, 64, 64] };
const transformers: Record<NetworkSize, { width: number; heads: number; blocks: number }> = {
  small: { width: 32, heads: 2, blocks: 1 },
  medium: { width: 64, heads: 4, blocks: 2 },
  large: { width: 128, heads: 4, blocks: 4 },
};
/** A smaller side than this is not halved any more. */
const SMALLEST_SIDE = 4;

export interface ArchitectureChoice {
  kind: Kind;
  size: NetworkSize;
  data: Dataset;
  /** How the data were made: classes and tokens that these samples happen to lack count too. */
  described?: DataDescription | undefined;
  /** Of an image; what the description says, else a square of one or three channels, unless given. */
  image?: ImageShape | undefined;
}

/** Throws CONFIG_INVALID where the data is of another kind. */
export function architectureFor({ kind, size, data, described, image }: ArchitectureChoice): Architecture {
  const isText = !data.labels && !data.targets;
  if (isText !== (kind === 'text')) {
    throw nodeError(
      'CONFIG_INVALID',
      isText
        ? `The data is not ${kind}: a sample has tokens.`
        : `The data is not ${kind}: a sample has features and a result.`,
      {
        expected: isText ? '--kind text' : '--kind tabular or image',
        got: `--kind ${kind}`,
      },
    );
  }
  if (kind === 'text') return transformer(size, data, described);
  const { outputs, ...end } = endOf(data, described);
  const { features } = data;
  if (kind === 'tabular') return { ...end, layers: dense(features, hidden[size], outputs) };
  return { ...end, layers: convolutions(size, image ?? imageOf(described) ?? squareOf(features), features, outputs) };
}

/** What follows from the results: type of features, loss, outputs. */
function endOf({ inputs, features, labels, targets }: Dataset, described: DataDescription | undefined) {
  const input = valueTypeOf(inputs) as InputKind;
  const output = described && describedOutput(described);
  if (labels) return { input, outputs: output?.type === 'class' ? output.count : Math.max(2, mostOf(labels) + 1) };
  const outputs = targets!.length / (inputs.length / features);
  return { input, outputs, loss: 'squared-error' as const, targets: valueTypeOf(targets) as TargetType };
}

function dense(inputs: number, widths: readonly number[], outputs: number): Layer[] {
  const layers: Layer[] = [];
  for (const width of widths) {
    layers.push({ type: 'dense', inputs, outputs: width }, { type: 'relu' });
    inputs = width;
  }
  return [...layers, { type: 'dense', inputs, outputs }];
}

function convolutions(
  size: NetworkSize,
  [planes, height, width]: ImageShape,
  features: number,
  outputs: number,
): Layer[] {
  if (planes * height * width !== features) {
    throw nodeError(
      'CONFIG_INVALID',
      `An image of ${planes}x${height}x${width} has another number of values than a sample.`,
      {
        expected: `${features} values: --image CHANNELSxHEIGHTxWIDTH`,
        got: `${planes * height * width}`,
      },
    );
  }
  const layers: Layer[] = [{ type: 'image', channels: planes, height, width }];
  let [inputs, high, wide] = [planes, height, width];
  for (const next of channels[size]) {
    layers.push({ type: 'conv2d', inputs, outputs: next, kernel: [3, 3], padding: [1, 1] }, { type: 'relu' });
    inputs = next;
    if (Math.min(high, wide) < 2 * SMALLEST_SIDE) continue;
    layers.push({ type: 'max-pool2d', kernel: [2, 2] });
    [high, wide] = [Math.floor(high / 2), Math.floor(wide / 2)];
  }
  return [...layers, { type: 'flatten' }, ...dense(inputs * high * wide, hidden[size].slice(0, 1), outputs)];
}

function imageOf(described: DataDescription | undefined): ImageShape | undefined {
  return described?.kind === 'image' ? [described.channels, described.height, described.width] : undefined;
}

function squareOf(features: number): ImageShape {
  for (const planes of [1, 3]) {
    const side = Math.round(Math.sqrt(features / planes));
    if (planes * side * side === features) return [planes, side, side];
  }
  throw nodeError('CONFIG_INVALID', `Which shape have images of ${features} values?`, {
    expected: '--image CHANNELSxHEIGHTxWIDTH, such as 3x32x48',
  });
}

/** Of bytes where tokens are bytes, else of the tokens that there are. */
function transformer(
  size: NetworkSize,
  { inputs, features }: Dataset,
  described: DataDescription | undefined,
): Architecture {
  const { width, heads, blocks } = transformers[size];
  // A vocabulary says the type of its tokens: bytes have 256 at most, others more.
  const vocabulary =
    (described && describedVocabulary(described)) ??
    (inputs instanceof Uint8Array ? 256 : Math.max(257, mostOf(inputs) + 1));
  const norm: Layer = { type: 'layer-norm', features: width };
  const block: Layer[] = [
    { type: 'residual', layers: [norm, { type: 'attention', width, heads, rotary: true }] },
    {
      type: 'residual',
      layers: [
        norm,
        { type: 'dense', inputs: width, outputs: 4 * width },
        { type: 'gelu', approximate: 'tanh' },
        { type: 'dense', inputs: 4 * width, outputs: width },
      ],
    },
  ];
  const layers: Layer[] = [
    { type: 'embedding', vocabulary, length: features - 1, width },
    ...Array.from({ length: blocks }, () => block).flat(),
    norm,
    { type: 'dense', inputs: width, outputs: vocabulary },
  ];
  return { input: 'tokens', layers };
}

const mostOf = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]!);
  return most;
};
