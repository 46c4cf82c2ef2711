import { networkLimits, type Layer } from '@covey/wasm-core';
import { activations, nameOfActivation } from './activations.ts';
import type { ConfigReader } from './config-reader.ts';
import { labelsOf } from './encoder.ts';
import { blockOf, layerOf, type Family, type Rows } from './family.ts';

type Conv = Extract<Layer, { type: 'conv2d' }>;
const kinds = { basic: 'basic', bottleneck: 'bottleneck' } as const;
/** A bottleneck computes at a quarter of its width. */
const REDUCTION = 4;
const CLASSIFIER = 'ForImageClassification';

/** Layers and tensors, one behind the other, as a network grows. */
class Growing {
  readonly tensors = new Map<string, Rows[]>();

  /** A convolution with the batch norm behind it folded in. */
  conv(name: string, from: string, layer: Conv): Conv {
    const { inputs, outputs, kernel } = layer;
    const norm = `${from}.normalization`;
    this.tensors.set(`${name}.weight`, [
      { from: `${from}.convolution.weight`, shape: [outputs, inputs, ...kernel], scaledBy: norm },
    ]);
    this.tensors.set(`${name}.bias`, [{ from: norm, shape: [outputs], shiftOf: true }]);
    return layer;
  }
}

/** A square convolution that keeps the size but for its stride. */
function convolution(inputs: number, outputs: number, side: number, stride = 1): Conv {
  const padding = Math.floor(side / 2);
  return {
    ...{ type: 'conv2d', inputs, outputs, kernel: [side, side] },
    ...(stride > 1 && { stride: [stride, stride] }),
    ...(padding > 0 && { padding: [padding, padding] }),
  };
}

interface Block {
  inputs: number;
  outputs: number;
  stride: number;
}

/** Blocks of all stages, in their order, with where they stand there. */
function blocksOf(config: ConfigReader): (Block & { from: string })[] {
  const sizes = config.sizes('hidden_sizes', [256, 512, 1024, 2048]);
  const depths = config.sizes('depths', [3, 4, 6, 3]);
  const strideOfFirst = config.flag('downsample_in_first_stage', false) ? 2 : 1;
  if (sizes.length !== depths.length || depths.reduce((sum, depth) => sum + depth, 0) > networkLimits.layers)
    throw config.unsupported('depths', `as many as hidden_sizes, at most ${networkLimits.layers} together`);
  let inputs = config.size('embedding_size', 64);
  return sizes.flatMap((outputs, stage) =>
    Array.from({ length: depths[stage]! }, (_, i) => {
      const stride = i > 0 ? 1 : stage === 0 ? strideOfFirst : 2;
      const block = { inputs, outputs, stride, from: `resnet.encoder.stages.${stage}.layers.${i}` };
      inputs = outputs;
      return block;
    }),
  );
}

/**
 * He et al., "Deep Residual Learning for Image Recognition", 2016. Batch norms are folded into the convolutions before them:
 * weight · γ / √(σ² + 10^-5) and β − μ γ / √(σ² + 10^-5), in f64, rounded once. They come out as the identity.
 */
export const resnet: Family = {
  types: ['resnet'],
  takes: 'images',
  network: (config, side, _type) => {
    if (!config.isFor(CLASSIFIER))
      throw config.unsupported('architectures', `a model for images’ classes, ResNet${CLASSIFIER}`);
    const channels = config.size('num_channels', 3);
    const width = config.size('embedding_size', 64);
    const kind = config.choice('layer_type', kinds, 'bottleneck');
    const activation = config.choice('hidden_act', activations, 'relu');
    const isEarly = config.flag('downsample_in_bottleneck', false);
    const classes = config.labels();
    const blocks = blocksOf(config);
    const grow = new Growing();
    const layers: Layer[] = [
      { type: 'image', channels, height: side, width: side },
      grow.conv('layers.1', 'resnet.embedder.embedder', convolution(channels, width, 7, 2)),
      activation,
      { type: 'max-pool2d', kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
    ];
    // Sizes of the map, halved upwards by each stride.
    let size = half(half(side));
    for (const { inputs, outputs, stride, from } of blocks) {
      const name = `layers.${layers.length}`;
      const inner = Math.max(1, Math.floor(outputs / REDUCTION));
      const convs =
        kind === 'basic'
          ? [convolution(inputs, outputs, 3, stride), convolution(outputs, outputs, 3)]
          : [
              convolution(inputs, inner, 1, isEarly ? stride : 1),
              convolution(inner, inner, 3, isEarly ? 1 : stride),
              convolution(inner, outputs, 1),
            ];
      const inside = convs.flatMap((conv, i) => {
        const own = grow.conv(`${name}.layers.${2 * i}`, `${from}.layer.${i}`, conv);
        // `hidden_act` is transformers' for the embedder and behind sums alone.
        return i < convs.length - 1 ? [own, { type: 'relu' } as const] : [own];
      });
      const projects = inputs !== outputs || stride !== 1;
      const shortcut = projects && [
        grow.conv(`${name}.shortcut.0`, `${from}.shortcut`, convolution(inputs, outputs, 1, stride)),
      ];
      layers.push({ type: 'residual', layers: inside, ...(shortcut && { shortcut }) }, activation);
      if (stride > 1) size = half(size);
    }
    const last = blocks.at(-1)?.outputs ?? width;
    layers.push(
      { type: 'avg-pool2d', kernel: [size, size] },
      { type: 'flatten' },
      {
        ...{ type: 'dense', inputs: last, outputs: classes },
      },
    );
    grow.tensors.set(`layers.${layers.length - 1}.weight`, [{ from: 'classifier.1.weight', shape: [classes, last] }]);
    grow.tensors.set(`layers.${layers.length - 1}.bias`, [{ from: 'classifier.1.bias', shape: [classes] }]);
    return {
      layers,
      tensors: grow.tensors,
      prefix: 'resnet.',
      unused: /\.num_batches_tracked$/,
      input: 'f32',
      ...(config.isOfNumbers(classes) && { loss: { loss: 'squared-error', targets: 'f32' } as const }),
    };
  },
  config: (layers, loss) => {
    const image = layerOf(layers[0], 'image');
    const stem = layerOf(layers[1], 'conv2d');
    const activation = nameOfActivation(layers[2]);
    const head = layerOf(layers.at(-1), 'dense');
    if (!image || !stem || !activation || !head) return undefined;
    const hidden: number[] = [];
    const depths: number[] = [];
    let isEarly = false;
    let isFirstHalved = false;
    let inputs = stem.outputs;
    for (let i = 4; i < layers.length - 3; i += 2) {
      const convs = blockOf(layers[i]).filter((layer): layer is Conv => layer.type === 'conv2d');
      const outputs = convs.at(-1)?.outputs ?? 0;
      const halves = convs.some(({ stride }) => stride?.[0] === 2);
      if (depths.length === 0) isFirstHalved = halves;
      if (depths.length === 0 || outputs !== inputs || halves) {
        hidden.push(outputs);
        depths.push(0);
      }
      depths[depths.length - 1]!++;
      if (convs.length === 3 && convs[0]!.stride?.[0] === 2) isEarly = true;
      inputs = outputs;
    }
    const isBasic = blockOf(layers[4]).filter(({ type }) => type === 'conv2d').length === 2;
    return {
      model_type: 'resnet',
      architectures: [`ResNet${CLASSIFIER}`],
      num_channels: image.channels,
      embedding_size: stem.outputs,
      hidden_sizes: hidden,
      depths,
      layer_type: isBasic ? kinds.basic : kinds.bottleneck,
      hidden_act: activation,
      downsample_in_first_stage: isFirstHalved,
      downsample_in_bottleneck: isEarly,
      torch_dtype: 'float32',
      ...labelsOf(head.outputs, loss),
    };
  },
};

const half = (size: number): number => Math.ceil(size / 2);
