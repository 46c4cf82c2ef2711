import { networkLayout } from '../../loader/network.ts';
import type { Layer } from '../../loader/types.ts';
import { Graph } from './graph.ts';

/**
 * A network as an ONNX file, with the weights inside: int64 [samples, length] tokens or f32 [samples, features] as the core
 * sees them in, f32 outputs out. Only the layers that character models and small classifiers use.
 */
export function exportOnnx(layers: Layer[], parameters: Float32Array, samples: number): OnnxModel {
  return new Exporter(layers, parameters, samples).run();
}

export interface OnnxModel {
  model: Uint8Array;
  input: string;
  output: string;
}

const INPUT = 'input';

class Exporter {
  private readonly graph = new Graph();
  private readonly places;
  private readonly layout;
  private readonly layers: Layer[];
  private readonly parameters: Float32Array;
  private readonly samples: number;

  constructor(layers: Layer[], parameters: Float32Array, samples: number) {
    this.layout = networkLayout(layers);
    this.places = new Map(this.layout.tensors.map((tensor) => [tensor.name, tensor]));
    this.layers = layers;
    this.parameters = parameters;
    this.samples = samples;
  }

  run(): OnnxModel {
    const { input, rows, classes } = this.layout;
    const isTokens = input.kind === 'tokens';
    const output = this.list(this.layers, 'layers', INPUT);
    const outputs = isTokens ? [this.samples, rows, classes] : [this.samples, classes];
    const model = this.graph.model(
      { name: INPUT, shape: [this.samples, input.size], isTokens },
      { name: output, shape: outputs },
    );
    return { model, input: INPUT, output };
  }

  private list(layers: Layer[], name: string, x: string): string {
    return layers.reduce((value, layer, i) => this.layer(layer, `${name}.${i}`, value), x);
  }

  private layer(layer: Layer, name: string, x: string): string {
    const { graph } = this;
    switch (layer.type) {
      case 'embedding':
        return graph.node('Gather', [this.tensor(`${name}.weight`), x]);
      case 'dense':
        return this.dense(x, `${name}.weight`, `${name}.bias`);
      case 'layer-norm': {
        const inputs = [x, this.tensor(`${name}.weight`), this.tensor(`${name}.bias`)];
        return graph.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: layer.epsilon ?? 1e-5 } });
      }
      case 'image':
        return this.reshape(x, [this.samples, layer.channels, layer.height, layer.width]);
      case 'conv2d': {
        const { kernel, stride = [1, 1], padding = [0, 0], groups = 1, bias = true } = layer;
        const inputs = [x, this.tensor(`${name}.weight`), ...(bias ? [this.tensor(`${name}.bias`)] : [])];
        const pads = [...padding, ...padding];
        return graph.node('Conv', inputs, { kernel_shape: kernel, strides: stride, pads, group: groups });
      }
      case 'max-pool2d': {
        const { kernel, stride = kernel, padding = [0, 0] } = layer;
        return graph.node('MaxPool', [x], { kernel_shape: kernel, strides: stride, pads: [...padding, ...padding] });
      }
      case 'flatten':
        return graph.node('Flatten', [x], { axis: 1 });
      case 'relu':
        return graph.node('Relu', [x]);
      case 'gelu':
        return graph.node('Gelu', [x], { approximate: layer.approximate ?? 'none' });
      case 'residual':
        return graph.node('Add', [x, this.list(layer.layers, `${name}.layers`, x)]);
      case 'attention':
        return this.attention(layer, name, x);
      default:
        throw new Error(`no ONNX for ${layer.type}`);
    }
  }

  private attention(layer: Extract<Layer, { type: 'attention' }>, name: string, x: string): string {
    const { graph } = this;
    const tokens = this.layout.input.size;
    const { width, heads } = layer;
    const size = width / heads;
    const qkv = this.dense(x, `${name}.in_proj_weight`, `${name}.in_proj_bias`);
    const parts = graph.nodes('Split', [qkv], { axis: -1, num_outputs: 3 }, 3);
    const [q, k, v] = parts.map((part) => this.reshape(part, [this.samples, tokens, heads, size]));
    const perHead = (value: string): string => graph.node('Transpose', [value], { perm: [0, 2, 1, 3] });
    const turned = (value: string): string =>
      layer.rotary ? this.rotate(perHead(value), tokens, size) : perHead(value);
    const keys = graph.node('Transpose', [turned(k!)], { perm: [0, 1, 3, 2] });
    const scores = graph.node('Mul', [graph.node('MatMul', [turned(q!), keys]), graph.constant([size ** -0.5], [1])]);
    const mask = Array.from({ length: tokens * tokens }, (_, i) => (i % tokens > Math.floor(i / tokens) ? -1e30 : 0));
    const masked = graph.node('Add', [scores, graph.constant(mask, [tokens, tokens])]);
    const mixed = graph.node('MatMul', [graph.node('Softmax', [masked], { axis: -1 }), perHead(v!)]);
    const rows = this.reshape(perHead(mixed), [this.samples, tokens, width]);
    return this.dense(rows, `${name}.out_proj.weight`, `${name}.out_proj.bias`);
  }

  private reshape(x: string, shape: number[]): string {
    return this.graph.node('Reshape', [x, this.graph.constant(shape, [shape.length], true)]);
  }

  private rotate(x: string, tokens: number, size: number): string {
    const { graph } = this;
    const half = size / 2;
    const table = (f: (angle: number) => number): string => {
      const values = Array.from({ length: tokens * size }, (_, i) => {
        const [t, j] = [Math.floor(i / size), i % half];
        return f(t * 10_000 ** (-j / half));
      });
      return graph.constant(values, [tokens, size]);
    };
    const [low, high] = graph.nodes('Split', [x], { axis: -1, num_outputs: 2 }, 2);
    const crossed = graph.node('Concat', [graph.node('Neg', [high!]), low!], { axis: -1 });
    return graph.node('Add', [graph.node('Mul', [x, table(Math.cos)]), graph.node('Mul', [crossed, table(Math.sin)])]);
  }

  private dense(x: string, weight: string, bias: string): string {
    const { shape, offset, length } = this.place(weight);
    const [outputs = 0, inputs = 0] = shape;
    const w = this.parameters.subarray(offset, offset + length);
    const transposed = Float32Array.from({ length }, (_, i) => w[(i % outputs) * inputs + Math.floor(i / outputs)]!);
    const product = this.graph.node('MatMul', [x, this.graph.constant(transposed, [inputs, outputs])]);
    return this.places.has(bias) ? this.graph.node('Add', [product, this.tensor(bias)]) : product;
  }

  private tensor(name: string): string {
    const { shape, offset, length } = this.place(name);
    return this.graph.constant(this.parameters.subarray(offset, offset + length), shape);
  }

  private place(name: string) {
    const place = this.places.get(name);
    if (!place) throw new Error(`no tensor ${name}`);
    return place;
  }
}
