import { describe } from './errors.ts';
import { LayerReader, badLayers } from './layer-reader.ts';
import { codes, flags, type OperationCode } from './program.ts';

/** Hard bounds against hostile documents, far above what a task may use. */
export const limits = {
  /** In one list, in all lists, and lists in lists. */
  layers: 64,
  allLayers: 512,
  depth: 4,
  width: 65_536,
  parameters: 2 ** 28,
  /** f32 of one sample's activations at once. */
  activations: 2 ** 26,
  /** Multiplications of one sample. */
  work: 2 ** 36,
  labels: 256,
} as const;

export interface TensorPlace {
  /** As in a PyTorch module whose list is called `layers`. */
  name: string;
  shape: number[];
  /** Index of its first element in the flat parameter vector. */
  offset: number;
  length: number;
  /** Uniform in ±√boundSquared, or a constant. */
  initial: { boundSquared: number } | { value: number };
}

export interface Operation {
  code: OperationCode;
  input: number;
  second?: number;
  output: number;
  parameters: number;
  flags: number;
  dimensions: number[];
  /** May the output take the input's place? */
  inPlace: boolean;
  /** Bytes of scratch for so many samples. */
  scratch(samples: number, training: boolean): number;
}

export type Shape =
  [features: number] | [tokens: number, width: number] | [channels: number, height: number, width: number];

export interface Network {
  input: { kind: 'bytes'; size: number } | { kind: 'tokens'; size: number; vocabulary: number };
  operations: Operation[];
  /** f32 a sample of every value that operations pass on. */
  values: number[];
  output: number;
  /** Rows of `classes` outputs a sample. */
  rows: number;
  classes: number;
  tensors: TensorPlace[];
  parameterCount: number;
  /** Multiplications of one sample. */
  work: number;
}

/** Checks layers and turns them into operations. Throws CORE_BAD_LAYERS. */
export function checkLayers(layers: unknown): Network {
  const builder = new NetworkBuilder();
  builder.list(layers, 'layers', 0);
  return builder.finish();
}

const noScratch = (): number => 0;
const panels = (n: number): number => Math.ceil(n / 8) * 8;

/** Parameters of a new operation. */
interface Step {
  code: OperationCode;
  dimensions: number[];
  parameters?: number;
  flags?: number;
  inPlace?: boolean;
  scratch?: Operation['scratch'];
  second?: number;
}

/** Patches of a convolution that are gathered at once: 256 KiB. */
const BLOCK_VALUES = 65_536;

class NetworkBuilder {
  private readonly operations: Operation[] = [];
  private readonly values: number[] = [];
  private readonly tensors: TensorPlace[] = [];
  private input: Network['input'] | undefined;
  private shape: Shape = [0];
  private current = -1;
  private parameterCount = 0;
  private work = 0;
  private layerCount = 0;

  list(layers: unknown, name: string, depth: number): void {
    if (!Array.isArray(layers) || layers.length < 1 || layers.length > limits.layers) {
      throw badLayers(
        `\`${name}\` has the wrong number of layers`,
        `an array of 1 to ${limits.layers} layers`,
        describe(layers),
      );
    }
    // Not forEach, which skips holes.
    for (let i = 0; i < layers.length; i++) {
      if (++this.layerCount > limits.allLayers)
        throw badLayers('The network has too many layers', `${limits.allLayers}`, 'more');
      this.layer(new LayerReader(layers[i], `${name}.${i}`), depth);
    }
  }

  finish(): Network {
    const { operations, values, tensors, input, parameterCount, work, current: output } = this;
    const classes = this.shape.at(-1)!;
    if (!input || this.shape.length === 3) {
      throw badLayers(
        'The network does not end in outputs',
        'features or a sequence at the end',
        describeShape(this.shape),
      );
    }
    const rows = this.shape.length === 2 ? this.shape[0] : 1;
    if (input.kind === 'tokens' && (rows !== input.size || classes !== input.vocabulary)) {
      const expected = `[${input.size}, ${input.vocabulary}], one output a token of the vocabulary`;
      throw badLayers('The network does not predict the next token', expected, describeShape(this.shape));
    }
    return { input, operations, values, output, rows, classes, tensors, parameterCount, work };
  }

  private layer(layer: LayerReader, depth: number): void {
    const { type } = layer;
    if (!this.input) {
      this.first(layer);
      if (type !== 'dense') return;
    }
    switch (type) {
      case 'dense':
        return this.dense(layer, layer.size('inputs'), layer.size('outputs'), layer.name, layer.flag('bias', true));
      case 'conv2d':
        return this.convolution(layer);
      case 'max-pool2d':
      case 'avg-pool2d':
        return this.pool(layer, type);
      case 'batch-norm':
      case 'layer-norm':
      case 'rms-norm':
        return this.norm(layer, type);
      case 'positions':
        return this.positions(layer);
      case 'attention':
        return this.attention(layer);
      case 'relu':
      case 'silu':
      case 'tanh':
        return this.push({ code: codes[type], dimensions: [], inPlace: true }, this.shape);
      case 'gelu':
        return this.push(
          { code: codes[layer.choice('approximate', 'tanh') ? 'gelu-tanh' : 'gelu'], dimensions: [], inPlace: true },
          this.shape,
        );
      case 'softmax':
        if (this.shape.length === 3) throw layer.misfit('features or a sequence', describeShape(this.shape));
        return this.push({ code: codes.softmax, dimensions: this.rowsAndWidth(), inPlace: true }, this.shape);
      case 'flatten':
        this.shape = [product(this.shape)];
        if (this.input?.kind === 'tokens')
          throw layer.misfit('no flatten of tokens: each sees only what is before it', '');
        return;
      case 'residual':
        return this.residual(layer, depth);
      default:
        throw badLayers(
          `\`${layer.name}\` is of an unknown kind`,
          'a layer that the core has, in a place where it can be',
          describe(type),
        );
    }
  }

  private first(layer: LayerReader): void {
    if (layer.type === 'dense') {
      this.bytes([layer.size('inputs')]);
    } else if (layer.type === 'image') {
      this.bytes([layer.size('channels'), layer.size('height'), layer.size('width')]);
    } else if (layer.type === 'embedding') {
      const vocabulary = layer.size('vocabulary', 2);
      const [length, width] = [layer.size('length'), layer.size('width')];
      this.input = { kind: 'tokens', size: length, vocabulary };
      const dimensions = [vocabulary <= 256 ? 1 : 2, length + 1, vocabulary, width, length];
      const parameters = this.tensor(`${layer.name}.weight`, [vocabulary, width], { boundSquared: 0.03 });
      this.push({ code: codes.embed, dimensions, parameters }, [length, width]);
    } else {
      throw badLayers(`\`${layer.name}\` cannot come first`, "'dense', 'image' or 'embedding'", describe(layer.type));
    }
  }

  private bytes(shape: Shape): void {
    const size = product(shape);
    this.input = { kind: 'bytes', size };
    this.push({ code: codes.bytes, dimensions: [] }, shape);
  }

  private dense(layer: LayerReader, inputs: number, outputs: number, name: string, bias: boolean, gain = 6): void {
    if (this.shape.length === 3 || this.shape.at(-1) !== inputs) {
      throw layer.misfit(`${inputs} inputs`, describeShape(this.shape));
    }
    const [rows] = this.rowsAndWidth();
    const parameters = this.tensor(`${name}.weight`, [outputs, inputs], { boundSquared: gain / inputs });
    if (bias) this.tensor(`${name}.bias`, [outputs], { value: 0 });
    this.count(rows * inputs * outputs);
    const step: Step = {
      code: codes.dense,
      dimensions: [rows, inputs, outputs],
      parameters,
      flags: bias ? flags.bias : 0,
      scratch: (samples, training) =>
        4 * Math.max(panels(outputs) * inputs, training ? panels(inputs) * Math.max(rows * samples, outputs) : 0),
    };
    this.push(step, this.shape.length === 2 ? [rows, outputs] : [outputs]);
  }

  private convolution(layer: LayerReader): void {
    const [channels, height, width] = this.image(layer);
    const outputs = layer.size('outputs');
    const groups = layer.optionalSize('groups', 1);
    const [kh, kw] = layer.pair('kernel', undefined, 1);
    const [sy, sx] = layer.pair('stride', [1, 1], 1);
    const [py, px] = layer.pair('padding', [0, 0], 0);
    if (layer.size('inputs') !== channels) throw layer.misfit(`${channels} input channels`, `${layer.size('inputs')}`);
    if (channels % groups || outputs % groups) throw layer.misfit('channels that groups divide', `${groups} groups`);
    const outHeight = slide(layer, height, kh, sy, py);
    const outWidth = slide(layer, width, kw, sx, px);
    const bias = layer.flag('bias', true);
    const depth = (channels / groups) * kh * kw;
    const parameters = this.tensor(`${layer.name}.weight`, [outputs, channels / groups, kh, kw], {
      boundSquared: 6 / depth,
    });
    if (bias) this.tensor(`${layer.name}.bias`, [outputs], { value: 0 });
    this.count(outputs * depth * outHeight * outWidth);
    const block = Math.min(outHeight, Math.max(1, Math.floor(BLOCK_VALUES / (depth * outWidth))));
    const pixels = block * outWidth;
    const part = outputs / groups;
    const backward = Math.max(panels(depth) * pixels, panels(pixels) * part);
    const step: Step = {
      code: codes.convolution,
      dimensions: [channels, height, width, outputs, kh, kw, sy, sx, py, px, groups, outHeight, outWidth, block],
      parameters,
      flags: bias ? flags.bias : 0,
      scratch: (_, training) => 4 * (depth * pixels + Math.max(panels(pixels) * depth, training ? backward : 0)),
    };
    this.push(step, [outputs, outHeight, outWidth]);
  }

  private pool(layer: LayerReader, type: 'max-pool2d' | 'avg-pool2d'): void {
    const [channels, height, width] = this.image(layer);
    const [kh, kw] = layer.pair('kernel', undefined, 1);
    const [sy, sx] = layer.pair('stride', [kh, kw], 1);
    const [py, px] = layer.pair('padding', [0, 0], 0);
    if (2 * py > kh || 2 * px > kw) throw layer.misfit('padding of at most half the kernel', `${py}, ${px}`);
    const outHeight = slide(layer, height, kh, sy, py);
    const outWidth = slide(layer, width, kw, sx, px);
    this.count(channels * outHeight * outWidth * kh * kw);
    const dimensions = [channels, height, width, kh, kw, sy, sx, py, px, outHeight, outWidth];
    this.push({ code: codes[type], dimensions }, [channels, outHeight, outWidth]);
  }

  private norm(layer: LayerReader, type: 'batch-norm' | 'layer-norm' | 'rms-norm'): void {
    const features = layer.size('features');
    const batch = type === 'batch-norm';
    const normalised = batch && this.shape.length === 3 ? this.shape[0] : this.shape.at(-1);
    if (normalised !== features || (!batch && this.shape.length === 3) || (batch && this.shape.length === 2)) {
      throw layer.misfit(`${features} features`, describeShape(this.shape));
    }
    const epsilon = new Uint32Array(Float32Array.of(layer.fraction('epsilon', 1e-5, 1e-12, 1)).buffer)[0]!;
    const parameters = this.tensor(`${layer.name}.weight`, [features], { value: 1 });
    if (type !== 'rms-norm') this.tensor(`${layer.name}.bias`, [features], { value: 0 });
    if (batch) {
      this.tensor(`${layer.name}.running_mean`, [features], { value: 0 });
      this.tensor(`${layer.name}.running_var`, [features], { value: 1 });
    }
    const size = product(this.shape);
    this.count(4 * size);
    const dimensions = batch ? [features, size / features, epsilon] : [...this.rowsAndWidth(), epsilon];
    this.push({ code: codes[type], dimensions, parameters, inPlace: true }, this.shape);
  }

  private positions(layer: LayerReader): void {
    const [length, width] = this.sequence(layer);
    if (layer.size('length') !== length || layer.size('width') !== width) {
      throw layer.misfit(`${length} positions of ${width}`, `${layer.size('length')} of ${layer.size('width')}`);
    }
    const parameters = this.tensor(`${layer.name}.weight`, [length, width], { boundSquared: 0.0012 });
    this.push({ code: codes.positions, dimensions: [], parameters, inPlace: true }, this.shape);
  }

  private attention(layer: LayerReader): void {
    const [tokens, width] = this.sequence(layer);
    const heads = layer.size('heads');
    if (layer.size('width') !== width) throw layer.misfit(`width ${width}`, `${layer.size('width')}`);
    const size = width / heads;
    const rotary = layer.flag('rotary', false);
    if (!Number.isInteger(size) || (rotary && size % 2)) {
      throw layer.misfit('heads that divide the width, to an even size where rotary', `${heads} heads of ${size}`);
    }
    this.dense(layer, width, 3 * width, `${layer.name}.in_proj`, true, 3);
    // Rotary's customary base; see Su et al.
    const dimensions = [tokens, width, heads, 10_000];
    if (rotary) {
      this.count(6 * tokens * width);
      const scratch = (): number => tokens * size * 4;
      this.push({ code: codes.rotary, dimensions, inPlace: true, scratch }, this.shape);
    }
    this.count(2 * tokens * tokens * width);
    const row = panels(tokens) * 4;
    const scratch: Operation['scratch'] = (_, training) =>
      row * panels(size) + (training ? row * tokens : panels(size) * tokens * 4) + row * tokens;
    this.push({ code: codes.attention, dimensions, scratch }, [tokens, width]);
    this.dense(layer, width, width, `${layer.name}.out_proj`, true, 3);
  }

  private residual(layer: LayerReader, depth: number): void {
    if (depth === limits.depth)
      throw badLayers(`\`${layer.name}\` is too deep`, `${limits.depth} lists in lists`, 'more');
    const start = this.current;
    const shape = this.shape;
    this.list(layer.value('layers'), `${layer.name}.layers`, depth + 1);
    if (this.current === start || this.shape.join() !== shape.join()) {
      throw layer.misfit(`layers that keep the shape ${describeShape(shape)}`, describeShape(this.shape));
    }
    const end = this.current;
    this.current = start;
    this.push({ code: codes.add, dimensions: [], inPlace: true, second: end }, shape);
  }

  private push(step: Step, shape: Shape): void {
    const { parameters = 0, flags: bits = 0, inPlace = false, scratch = noScratch, second } = step;
    const output = this.values.length;
    const size = product(shape);
    if (size > limits.activations) {
      throw badLayers('A layer is too large', `at most ${limits.activations} outputs a sample`, String(size));
    }
    this.values.push(size);
    this.count(size);
    const { code, dimensions } = step;
    const operation = { code, dimensions, input: this.current, output, parameters, flags: bits, inPlace, scratch };
    this.operations.push(second === undefined ? operation : { ...operation, second });
    this.current = output;
    this.shape = shape;
  }

  private tensor(name: string, shape: number[], initial: TensorPlace['initial']): number {
    const offset = this.parameterCount;
    const length = product(shape);
    this.parameterCount += length;
    if (this.parameterCount > limits.parameters) {
      throw badLayers(
        'The network is too large',
        `at most ${limits.parameters} parameters`,
        `${this.parameterCount} or more`,
      );
    }
    // torch names the projection of a MultiheadAttention so, without a dot.
    this.tensors.push({ name: name.replace('.in_proj.', '.in_proj_'), shape, offset, length, initial });
    return offset;
  }

  private count(work: number): void {
    this.work += work;
    if (this.work > limits.work) {
      throw badLayers(
        'The network takes too much work',
        `at most ${limits.work} multiplications a sample`,
        `${this.work} or more`,
      );
    }
  }

  private image(layer: LayerReader): [number, number, number] {
    if (this.shape.length === 3) return this.shape;
    throw layer.misfit('an image', describeShape(this.shape));
  }

  private sequence(layer: LayerReader): [number, number] {
    if (this.shape.length === 2) return this.shape;
    throw layer.misfit('a sequence', describeShape(this.shape));
  }

  private rowsAndWidth(): [number, number] {
    const width = this.shape.at(-1)!;
    return [this.shape.length === 2 ? this.shape[0] : 1, width];
  }
}

function slide(layer: LayerReader, size: number, kernel: number, stride: number, padding: number): number {
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  if (padding >= kernel || out < 1)
    throw layer.misfit('a kernel within the padded image, larger than its padding', `${kernel} on ${size}`);
  return out;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1);
}

function describeShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
