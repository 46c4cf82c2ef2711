import { message, type Field } from './protobuf.ts';

// Numbers of fields and types as in onnx.proto (ONNX, Apache-2.0).
const FLOAT = 1;
const INT64 = 7;
const IR_VERSION = 9;
/** The first with Gelu. */
const OPSET = 20;

export type Attribute = number | string | number[] | { float: number };

interface Value {
  name: string;
  shape: number[];
}

/** An ONNX model that grows node by node; each node's outputs are named by its number. */
export class Graph {
  readonly #nodes: Uint8Array[] = [];
  readonly #constants: Uint8Array[] = [];
  #names = 0;

  /** A constant of f32, or of int64 where `integers`. */
  constant(values: readonly number[] | Float32Array, shape: readonly number[], integers = false): string {
    const name = `c${this.#names++}`;
    const data = integers
      ? new Uint8Array(BigInt64Array.from(values as number[], BigInt).buffer)
      : new Uint8Array(Float32Array.from(values).buffer);
    const dims = shape.map((dimension): Field => [1, dimension]);
    this.#constants.push(message(...dims, [2, integers ? INT64 : FLOAT], [8, name], [9, data]));
    return name;
  }

  node(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.nodes(type, inputs, attributes, 1)[0]!;
  }

  nodes(type: string, inputs: readonly string[], attributes: Record<string, Attribute>, outputs: number): string[] {
    const names = Array.from({ length: outputs }, () => `v${this.#names++}`);
    this.#nodes.push(
      message(
        ...inputs.map((name): Field => [1, name]),
        ...names.map((name): Field => [2, name]),
        [4, type],
        [5, Object.entries(attributes).map(([name, value]) => attribute(name, value))],
      ),
    );
    return names;
  }

  /** The file, with a value of int64 tokens or of f32 in and the value `output` out. */
  model(input: Value & { isTokens: boolean }, output: Value): Uint8Array {
    const graph = message(
      [1, this.#nodes],
      [2, 'covey'],
      [5, this.#constants],
      [11, valueInfo(input.name, input.isTokens ? INT64 : FLOAT, input.shape)],
      [12, valueInfo(output.name, FLOAT, output.shape)],
    );
    return message([1, IR_VERSION], [7, graph], [8, message([2, OPSET])]);
  }
}

function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === 'number') return message([1, name], [3, value], [20, 2]);
  if (typeof value === 'string') return message([1, name], [4, value], [20, 3]);
  if (Array.isArray(value)) return message([1, name], ...value.map((one): Field => [8, one]), [20, 7]);
  return message([1, name], [2, value], [20, 1]);
}

function valueInfo(name: string, type: number, shape: readonly number[]): Uint8Array {
  const dimensions = shape.map((dimension) => message([1, dimension]));
  return message([1, name], [2, message([1, message([1, type], [2, message([1, dimensions])])])]);
}
