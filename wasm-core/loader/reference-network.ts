// Networks in f64 and plain loops, one sample at a time: what tests hold the core against.
import { networkLayout } from './network.ts';
import type { Layer } from './types.ts';

/** A tensor of the flat parameters. */
type Tensor = (at: number) => number;
type Tensors = (name: string) => Tensor;

interface Value {
  shape: number[];
  data: number[];
}

export function referenceOutputs(layers: Layer[], parameters: ArrayLike<number>, sample: ArrayLike<number>): number[] {
  const { tensors: list, classes } = networkLayout(layers);
  const places = new Map(list.map(({ name, offset }) => [name, offset]));
  const tensors: Tensors = (name) => {
    const offset = places.get(name);
    if (offset === undefined) throw new Error(`no tensor ${name}`);
    return (at) => parameters[offset + at]!;
  };
  const data = Array.from(sample);
  const [first] = layers;
  const isText = data.map((token) => first?.type !== 'embedding' || token !== first.padding);
  return runList(layers, 'layers', { shape: [data.length], data }, { tensors, classes, isText }).data;
}

interface Setting {
  tensors: Tensors;
  classes: number;
  /** Which tokens are no padding. */
  isText: boolean[];
}

function runList(layers: Layer[], name: string, input: Value, setting: Setting): Value {
  return layers.reduce((value, layer, i) => runLayer(layer, `${name}.${i}`, value, setting), input);
}

function runLayer(layer: Layer, name: string, x: Value, setting: Setting): Value {
  const { tensors, classes, isText } = setting;
  const each = (f: (value: number) => number): Value => ({ shape: x.shape, data: x.data.map(f) });
  switch (layer.type) {
    case 'image':
      return { shape: [layer.channels, layer.height, layer.width], data: x.data };
    case 'dense':
      return dense(
        x,
        layer.inputs,
        layer.outputs,
        tensors(`${name}.weight`),
        layer.bias === false ? zero : tensors(`${name}.bias`),
      );
    case 'conv2d':
      return convolution(layer, x, tensors(`${name}.weight`), layer.bias === false ? zero : tensors(`${name}.bias`));
    case 'max-pool2d':
    case 'avg-pool2d':
      return pool(layer, x);
    case 'batch-norm': {
      const [w, b, m, v] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => tensors(`${name}.${part}`));
      const size = x.data.length / layer.features;
      const scale = (c: number): number => w!(c) / Math.sqrt(v!(c) + (layer.epsilon ?? 1e-5));
      const data = x.data.map((value, i) => {
        const c = Math.floor(i / size);
        return (value - m!(c)) * scale(c) + b!(c);
      });
      return { shape: x.shape, data };
    }
    case 'layer-norm':
    case 'rms-norm': {
      const centred = layer.type === 'layer-norm';
      const w = tensors(`${name}.weight`);
      const b = centred ? tensors(`${name}.bias`) : zero;
      return rows(x, (row) => {
        const mean = centred ? row.reduce((s, v) => s + v, 0) / row.length : 0;
        const spread = row.reduce((s, v) => s + (v - mean) ** 2, 0) / row.length;
        return row.map((v, i) => ((v - mean) / Math.sqrt(spread + (layer.epsilon ?? 1e-5))) * w(i) + b(i));
      });
    }
    case 'embedding': {
      const table = tensors(`${name}.weight`);
      const tokens = x.data.slice(0, layer.length);
      const data = tokens.flatMap((token) => range(layer.width).map((i) => table(token * layer.width + i)));
      return { shape: [layer.length, layer.width], data };
    }
    case 'positions': {
      const table = tensors(`${name}.weight`);
      return { shape: x.shape, data: x.data.map((value, i) => value + table(i)) };
    }
    case 'attention':
      return attention(layer, name, x, setting);
    case 'relu':
      return each((v) => Math.max(0, v));
    case 'gelu':
      return each(layer.approximate ? geluTanh : gelu);
    case 'silu':
      return each(silu);
    case 'tanh':
      return each(Math.tanh);
    case 'softmax':
      return rows(x, softmax);
    case 'glu': {
      const f = { silu, gelu, 'gelu-tanh': geluTanh }[layer.activation];
      return rows(x, (row) => row.slice(0, row.length / 2).map((v, i) => f(v) * row[row.length / 2 + i]!));
    }
    case 'unembedding':
      return dense(x, x.shape[1]!, classes, tensors('layers.0.weight'), zero);
    case 'pooling': {
      const [, width = 0] = x.shape;
      const seen = layer.mode === 'cls' ? [0] : range(x.shape[0]!).filter((t) => isText[t]);
      const sum = (i: number): number => seen.reduce((s, t) => s + x.data[t * width + i]!, 0);
      return { shape: [width], data: range(width).map((i) => sum(i) / Math.max(1, seen.length)) };
    }
    case 'l2-norm':
      return rows(x, (row) => row.map((v) => v / Math.max(1e-12, Math.sqrt(row.reduce((s, one) => s + one * one, 0)))));
    case 'flatten':
      return { shape: [x.data.length], data: x.data };
    case 'residual': {
      const y = runList(layer.layers, `${name}.layers`, x, setting);
      const short = layer.shortcut ? runList(layer.shortcut, `${name}.shortcut`, x, setting) : x;
      return { shape: short.shape, data: short.data.map((value, i) => value + y.data[i]!) };
    }
  }
}

const zero = (): number => 0;
const silu = (v: number): number => v / (1 + Math.exp(-v));
const gelu = (v: number): number => 0.5 * v * (1 + erf(v / Math.SQRT2));
const geluTanh = (v: number): number => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Applies f to each row of the last dimension. */
function rows(x: Value, f: (row: number[]) => number[]): Value {
  const width = x.shape.at(-1)!;
  const data = range(x.data.length / width).flatMap((r) => f(x.data.slice(r * width, (r + 1) * width)));
  return { shape: [...x.shape.slice(0, -1), data.length / (x.data.length / width)], data };
}

function softmax(row: number[]): number[] {
  const top = Math.max(...row);
  const powers = row.map((v) => Math.exp(v - top));
  const sum = powers.reduce((s, v) => s + v, 0);
  return powers.map((v) => v / sum);
}

function dense(x: Value, inputs: number, outputs: number, w: (at: number) => number, b: (at: number) => number): Value {
  return rows(x, (row) => range(outputs).map((o) => row.reduce((s, v, i) => s + v * w(o * inputs + i), b(o))));
}

function convolution(
  layer: Extract<Layer, { type: 'conv2d' }>,
  x: Value,
  w: (at: number) => number,
  b: (at: number) => number,
): Value {
  const { inputs, outputs, kernel, stride = [1, 1], padding = [0, 0], groups = 1 } = layer;
  const [, height = 0, width = 0] = x.shape;
  const [oh, ow] = [0, 1].map((d) => Math.floor(([height, width][d]! + 2 * padding[d]! - kernel[d]!) / stride[d]!) + 1);
  const part = inputs / groups;
  const data = range(outputs).flatMap((o) =>
    range(oh! * ow!).map((pixel) => {
      let sum = b(o);
      for (let c = 0; c < part; c++) {
        for (let ky = 0; ky < kernel[0]; ky++) {
          for (let kx = 0; kx < kernel[1]; kx++) {
            const y = Math.floor(pixel / ow!) * stride[0] + ky - padding[0];
            const left = (pixel % ow!) * stride[1] + kx - padding[1];
            if (y < 0 || y >= height || left < 0 || left >= width) continue;
            const channel = Math.floor(o / (outputs / groups)) * part + c;
            const weight = w(((o * part + c) * kernel[0] + ky) * kernel[1] + kx);
            sum += weight * x.data[(channel * height + y) * width + left]!;
          }
        }
      }
      return sum;
    }),
  );
  return { shape: [outputs, oh!, ow!], data };
}

function pool(layer: Extract<Layer, { type: 'max-pool2d' | 'avg-pool2d' }>, x: Value): Value {
  const { kernel, stride = kernel, padding = [0, 0] } = layer;
  const [channels = 0, height = 0, width = 0] = x.shape;
  const [oh, ow] = [0, 1].map((d) => Math.floor(([height, width][d]! + 2 * padding[d]! - kernel[d]!) / stride[d]!) + 1);
  const data = range(channels * oh! * ow!).map((at) => {
    const [c, oy, ox] = [Math.floor(at / (oh! * ow!)), Math.floor(at / ow!) % oh!, at % ow!];
    const window: number[] = [];
    for (let y = oy * stride[0] - padding[0]; y < oy * stride[0] - padding[0] + kernel[0]; y++) {
      for (let left = ox * stride[1] - padding[1]; left < ox * stride[1] - padding[1] + kernel[1]; left++) {
        if (y >= 0 && y < height && left >= 0 && left < width) window.push(x.data[(c * height + y) * width + left]!);
      }
    }
    return layer.type === 'max-pool2d'
      ? Math.max(...window)
      : window.reduce((s, v) => s + v, 0) / (kernel[0] * kernel[1]);
  });
  return { shape: [channels, oh!, ow!], data };
}

function attention(layer: Extract<Layer, { type: 'attention' }>, name: string, x: Value, setting: Setting): Value {
  const { tensors, isText } = setting;
  const { width, heads, kvHeads = heads, headSize: size = width / heads } = layer;
  const { bias = true, outBias = bias, rotary, qkNorm } = layer;
  const [tokens = 0] = x.shape;
  const row = (heads + 2 * kvHeads) * size;
  const biasOf = (part: string, there: boolean): Tensor => (there ? tensors(`${name}${part}`) : zero);
  const projected = dense(x, width, row, tensors(`${name}.in_proj_weight`), biasOf('.in_proj_bias', bias)).data;
  /** One head of one token, from the place where its part begins. */
  const headOf = (t: number, begin: number, norm?: string): number[] => {
    let head = projected.slice(t * row + begin, t * row + begin + size);
    if (norm === undefined) return head;
    if (qkNorm !== undefined) {
      const weight = tensors(`${name}.${norm}_norm.weight`);
      const spread = head.reduce((s, v) => s + v * v, 0) / size;
      head = head.map((v, j) => (v / Math.sqrt(spread + qkNorm)) * weight(j));
    }
    if (!rotary) return head;
    const half = size / 2;
    return head.map((v, j) => {
      const angle = t * turning(layer, j % half, half);
      return j < half
        ? v * Math.cos(angle) - head[j + half]! * Math.sin(angle)
        : v * Math.cos(angle) + head[j - half]! * Math.sin(angle);
    });
  };
  const all = range(tokens).map((t) => ({
    queries: range(heads).map((h) => headOf(t, h * size, 'q')),
    keys: range(kvHeads).map((g) => headOf(t, (heads + g) * size, 'k')),
    values: range(kvHeads).map((g) => headOf(t, (heads + kvHeads + g) * size)),
  }));
  const mixed = range(tokens).flatMap((t) =>
    range(heads).flatMap((h) => {
      const g = Math.floor((h * kvHeads) / heads);
      const seen = layer.causal === false ? all.filter((_, u) => isText[u]) : all.slice(0, t + 1);
      // Places behind the text are 0.
      if (layer.causal === false && t > isText.lastIndexOf(true)) return range(size).map(zero);
      const query = all[t]!.queries[h]!;
      const scores = seen.map(({ keys }) => keys[g]!.reduce((s, v, j) => s + v * query[j]!, 0) / Math.sqrt(size));
      const p = softmax(scores);
      return range(size).map((j) => seen.reduce((s, { values }, u) => s + p[u]! * values[g]![j]!, 0));
    }),
  );
  const value = { shape: [tokens, heads * size], data: mixed };
  return dense(value, heads * size, width, tensors(`${name}.out_proj.weight`), biasOf('.out_proj.bias', outBias));
}

/** Radians a token of a pair. */
function turning(layer: Extract<Layer, { type: 'attention' }>, pair: number, half: number): number {
  const { rotaryBase = 10_000, rotaryFactor = 1, rotaryLow, rotaryHigh, rotaryLength } = layer;
  const speed = rotaryBase ** (-pair / half);
  if (rotaryLow === undefined || rotaryHigh === undefined || rotaryLength === undefined) return speed / rotaryFactor;
  const wave = (2 * Math.PI) / speed;
  const part = (rotaryLength / wave - rotaryLow) / (rotaryHigh - rotaryLow);
  const mixed = Math.min(1, Math.max(0, part));
  return mixed * speed + ((1 - mixed) * speed) / rotaryFactor;
}

/** By its series; |x| below about 5. */
export function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
