import type { CoveyError } from '@covey/errors';
import { badLayers } from './bad-layers.ts';
import { describe } from './errors.ts';
import { readFields } from './fields.ts';
import type { LayerPlace, LayerType, Step } from './layers/layer-type.ts';
import {
  limits,
  WORK,
  type EmbeddingTable,
  type Network,
  type NetworkInput,
  type Operation,
  type TensorPlace,
} from './network-parts.ts';
import { describeShape, product, type Shape } from './shape.ts';

const noScratch = (): number => 0;

/** Walks lists of layers and gathers what they add. */
export class NetworkBuilder {
  readonly #types: ReadonlyMap<unknown, LayerType>;
  readonly #operations: Operation[] = [];
  readonly #values: number[] = [];
  readonly #tensors: TensorPlace[] = [];
  #input: NetworkInput | undefined;
  #table: EmbeddingTable | undefined;
  #shape: Shape = [0];
  #current = -1;
  #parameterCount = 0;
  #work = 0;
  #layerCount = 0;

  constructor(types: ReadonlyMap<unknown, LayerType>) {
    this.#types = types;
  }

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
      if (++this.#layerCount > limits.allLayers)
        throw badLayers('The network has too many layers', `${limits.allLayers}`, 'more');
      this.#layer((layers[i] ?? {}) as Record<string, unknown>, `${name}.${i}`, depth);
    }
  }

  finish(): Network {
    const input = this.#input;
    const classes = this.#shape.at(-1)!;
    if (!input || this.#shape.length === 3) {
      const expected = 'features or a sequence at the end';
      throw badLayers('The network does not end in outputs', expected, describeShape(this.#shape));
    }
    const rows = this.#shape.length === 2 ? this.#shape[0] : 1;
    this.#count(rows * (classes * WORK.loss + WORK.lossRow));
    if (input.kind === 'tokens' && (rows !== input.size || classes !== input.vocabulary)) {
      const expected = `[${input.size}, ${input.vocabulary}], one output a token of the vocabulary`;
      throw badLayers('The network does not predict the next token', expected, describeShape(this.#shape));
    }
    return {
      input,
      operations: this.#operations,
      values: this.#values,
      output: this.#current,
      table: this.#table,
      rows,
      classes,
      tensors: this.#tensors,
      parameterCount: this.#parameterCount,
      work: this.#work,
    };
  }

  #layer(layer: Record<string, unknown>, name: string, depth: number): void {
    const type = this.#types.get(layer['type']);
    if (!this.#input && (!type || type.place === 'inside')) {
      const first = [...this.#types.values()].filter(({ place }) => place !== 'inside').map((one) => `'${one.name}'`);
      throw badLayers(`\`${name}\` cannot come first`, first.join(' or '), describe(layer['type']));
    }
    if (!type || (this.#input && type.place === 'first')) {
      throw badLayers(
        `\`${name}\` is of an unknown kind`,
        'a layer that the core has, in a place where it can be',
        describe(layer['type']),
      );
    }
    type.build(readFields(type.fields, layer, name), this.#place(name, depth));
  }

  #place(name: string, depth: number): LayerPlace {
    const misfit = (expected: string, got: string): CoveyError =>
      badLayers(`\`${name}\` does not fit what comes before it`, expected, got);
    return {
      name,
      shape: this.#shape,
      input: this.#input,
      table: this.#table,
      misfit,
      takeFeatures: (shape) => {
        this.#input = { kind: 'features', size: product(shape) };
      },
      takeTokens: (length, table, padding) => {
        const { vocabulary } = table;
        this.#input =
          padding === undefined
            ? { kind: 'tokens', size: length, vocabulary }
            : { kind: 'text', size: length, vocabulary, padding };
        this.#table = table;
      },
      tensor: (part, shape, initial) => this.#tensor(`${name}${part}`, shape, initial),
      count: (work) => this.#count(work),
      push: (step, shape) => this.#push(step, shape),
      reshape: (shape) => {
        this.#shape = shape;
      },
      branch: (field, layers) => this.#branch(layers, `${name}.${field}`, depth, misfit),
    };
  }

  #branch(layers: unknown, name: string, depth: number, misfit: LayerPlace['misfit']): { value: number; shape: Shape } {
    if (depth === limits.depth) throw badLayers(`\`${name}\` is too deep`, `${limits.depth} lists in lists`, 'more');
    const start = this.#current;
    const shape = this.#shape;
    this.list(layers, name, depth + 1);
    if (this.#current === start) throw misfit('layers that compute something', describeShape(this.#shape));
    const end = { value: this.#current, shape: this.#shape };
    this.#current = start;
    this.#shape = shape;
    return end;
  }

  #push(step: Step, shape: Shape): void {
    const { code, dimensions, parameters, flags = 0, inPlace = false, scratch = noScratch, second } = step;
    const input = step.first ?? this.#current;
    const output = this.#values.length;
    const size = product(shape);
    if (size > limits.activations) {
      throw badLayers('A layer is too large', `at most ${limits.activations} outputs a sample`, String(size));
    }
    this.#values.push(size);
    this.#count(size + WORK.operation);
    this.#operations.push({
      code,
      dimensions,
      input,
      ...(second !== undefined && { second }),
      output,
      parameters: parameters ?? 0,
      learns: parameters !== undefined,
      flags,
      inPlace,
      scratch,
    });
    this.#current = output;
    this.#shape = shape;
  }

  #tensor(name: string, shape: number[], initial: TensorPlace['initial']): number {
    const offset = this.#parameterCount;
    const length = product(shape);
    this.#parameterCount += length;
    if (this.#parameterCount > limits.parameters) {
      throw badLayers(
        'The network is too large',
        `at most ${limits.parameters} parameters`,
        `${this.#parameterCount} or more`,
      );
    }
    this.#tensors.push({ name, shape, offset, length, initial });
    return offset;
  }

  #count(work: number): void {
    this.#work += work;
    if (this.#work > limits.work) {
      throw badLayers(
        'The network takes too much work',
        `at most ${limits.work} multiply-adds a sample`,
        `${this.#work} or more`,
      );
    }
  }
}
