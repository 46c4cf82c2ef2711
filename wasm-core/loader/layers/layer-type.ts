import type { CoveyError } from '@covey/errors';
import type { Fields, FieldValuesOf } from '../fields.ts';
import type { EmbeddingTable, NetworkInput, Operation, TensorPlace } from '../network-parts.ts';
import type { Shape } from '../shape.ts';

/** An operation that a layer adds to the program. */
export interface Step {
  /** As the layer's `operations` say. */
  code: number;
  dimensions: number[];
  /** Index of its first parameter, where it learns any. */
  parameters?: number;
  flags?: number;
  /** May the output take the input's place? */
  inPlace?: boolean;
  scratch?: Operation['scratch'];
  /** The value that it reads in place of the current one, and another, as `branch` gave them. */
  first?: number | undefined;
  second?: number;
}

/** Where a layer stands, and what it may do there. */
export interface LayerPlace {
  /** `layers.3`: stem of its tensors' names. */
  readonly name: string;
  /** Of what comes in; before the first layer has said what samples are, [0]. */
  readonly shape: Shape;
  /** What samples are; undefined before the first layer has said so. */
  readonly input: NetworkInput | undefined;
  /** The first layer's, where samples are tokens. */
  readonly table: EmbeddingTable | undefined;
  /** Samples are features of this shape. */
  takeFeatures(shape: Shape): void;
  /** Of texts that end before `padding`, or where it is undefined of tokens that are followed by one more. */
  takeTokens(length: number, table: EmbeddingTable, padding: number | undefined): void;
  /** A new tensor; returns the index of its first element. `part` as PyTorch names it, `.weight`. */
  tensor(part: string, shape: number[], initial: TensorPlace['initial']): number;
  /** Counts what one sample takes beside a unit for each output, see `WORK`. */
  count(work: number): void;
  /** Adds an operation on the current value. */
  push(step: Step, shape: Shape): void;
  /** The same value in another shape. */
  reshape(shape: Shape): void;
  /** Runs the list of that field behind the current value, which stays; returns what it gives. */
  branch(field: string, layers: unknown): { value: number; shape: Shape };
  misfit(expected: string, got: string): CoveyError;
}

/** A kind of layer: everything that is known of it but its kernels. */
export interface LayerType<Name extends string = string, T extends Fields = Fields> {
  name: Name;
  fields: T;
  /** First in the network, after its first layer, or either. */
  place: 'first' | 'inside' | 'anywhere';
  /** It bends each value by itself, or a row at once: no task may end in it, as outputs are scored raw. */
  activation?: 'value' | 'row';
  /** Codes of its operations, by their names in the assembly. */
  operations: Readonly<Record<string, number>>;
  /** A small network that has it, ends in outputs and takes a moment: for tests, fuzzing and the battery of engines. */
  example: readonly { type: string; [field: string]: unknown }[];
  /** Checks that it fits, infers its shape, and adds its tensors and operations. */
  build(layer: FieldValuesOf<T>, at: LayerPlace): void;
}

/** Gives a definition the types of its own fields. */
export function defineLayer<const Name extends string, const T extends Fields>(
  type: LayerType<Name, T>,
): LayerType<Name, T> {
  return type;
}
