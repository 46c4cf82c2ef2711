import { networkLimits, type Layer } from '@covey/wasm-core';
import { activations, nameOfActivation } from './activations.ts';
import type { ConfigReader } from './config-reader.ts';
import { encoderNames, type EncoderType } from './encoder-names.ts';
import { blockOf, layerOf, type Family, type Rows } from './family.ts';

const types = ['bert', 'roberta', 'xlm-roberta', 'distilbert'] as const;
const CLASSIFIER = 'ForSequenceClassification';
/** Heads of a first training, which a model of texts does not use. */
const unused = /^((\w+\.)?pooler|cls|lm_head|vocab_transform|vocab_layer_norm|vocab_projector)\./;

interface Sizes {
  width: number;
  inner: number;
  heads: number;
  depth: number;
  vocabulary: number;
  /** Rows of positions in the file, and which of them is the first token's. */
  places: number;
  start: number;
  padding: number;
  epsilon: number;
  activation: Layer;
}

function sizesOf(config: ConfigReader, type: EncoderType): Sizes {
  const isSmall = type === 'distilbert';
  const width = config.size(isSmall ? 'dim' : 'hidden_size', 768);
  const isRoberta = type === 'roberta' || type === 'xlm-roberta';
  const padding = config.index('pad_token_id', isRoberta ? 1 : 0);
  return {
    width,
    inner: config.size(isSmall ? 'hidden_dim' : 'intermediate_size', 4 * width),
    heads: config.size(isSmall ? 'n_heads' : 'num_attention_heads', 12),
    depth: config.sizeUpTo(networkLimits.layers, isSmall ? 'n_layers' : 'num_hidden_layers', isSmall ? 6 : 12),
    vocabulary: config.size('vocab_size', isRoberta ? 50_265 : 30_522),
    places: config.size('max_position_embeddings', 512),
    // RoBERTa counts its positions from behind the padding's.
    start: isRoberta ? padding + 1 : 0,
    padding,
    epsilon: isSmall ? 1e-12 : config.number('layer_norm_eps', 1e-12),
    activation: config.choice(isSmall ? 'activation' : 'hidden_act', activations, 'gelu'),
  };
}

/**
 * Devlin et al., "BERT", 2019, Liu et al., "RoBERTa", 2019, and Sanh et al., "DistilBERT", 2019: texts to classes, or to
 * embeddings by sentence-transformers' pooling. Texts are of one segment: its type is added to the positions.
 */
export const encoder: Family = {
  types,
  longest: (config, type) => {
    const { places, start } = sizesOf(config, type as EncoderType);
    return Math.max(1, places - start);
  },
  network: (config, length, type, { pooling = { mode: 'mean', isNormalised: false } }) => {
    const names = encoderNames(type as EncoderType);
    const sizes = sizesOf(config, type as EncoderType);
    const { width, inner, heads, depth, vocabulary, places, start, padding, epsilon, activation } = sizes;
    const classes = config.isFor(CLASSIFIER) ? config.labels() : 0;
    const isReal = !classes || config.isOfNumbers(classes);
    config.only('is_decoder', false);
    config.only('add_cross_attention', false);
    config.choice('position_embedding_type', { absolute: true }, 'absolute');

    const norm: Layer = { type: 'layer-norm', features: width, epsilon };
    const blocks = Array.from({ length: depth }, (): Layer[] => [
      { type: 'residual', layers: [{ type: 'attention', width, heads, causal: false }] },
      norm,
      {
        type: 'residual',
        layers: [
          { type: 'dense', inputs: width, outputs: inner },
          activation,
          { type: 'dense', inputs: inner, outputs: width },
        ],
      },
      norm,
    ]).flat();
    const first: Layer[] = [
      { type: 'embedding', vocabulary, length, width, padding },
      { type: 'positions', length, width },
      norm,
    ];
    const last: Layer[] = classes
      ? [
          { type: 'pooling', mode: 'cls' },
          { type: 'dense', inputs: width, outputs: width },
          { type: names.headActivation },
          { type: 'dense', inputs: width, outputs: classes },
        ]
      : [{ type: 'pooling', mode: pooling.mode }, ...(pooling.isNormalised ? [{ type: 'l2-norm' } as const] : [])];
    const layers = [...first, ...blocks, ...last];

    const tensors = new Map<string, Rows[]>();
    const there = (name: string) => (classes ? `${names.prefix}${name}` : name);
    const affine = (name: string, from: string, ...shape: number[]) => {
      tensors.set(`${name}.weight`, [{ from: `${from}.weight`, shape }]);
      tensors.set(`${name}.bias`, [{ from: `${from}.bias`, shape: shape.slice(0, 1) }]);
    };
    tensors.set('layers.0.weight', [{ from: there(names.words), shape: [vocabulary, width] }]);
    const kinds = names.kinds && { from: there(names.kinds), shape: [config.size('type_vocab_size', 2), width] };
    const positions = { from: there(names.positions), shape: [places, width], start, first: length };
    tensors.set('layers.1.weight', [{ ...positions, ...(kinds && { plus: kinds }) }]);
    affine('layers.2', there(names.norm), width);
    for (let block = 0; block < depth; block++) {
      const [attention, norm1, mlp, norm2] = [3, 4, 5, 6].map((part) => `layers.${4 * block + part}`);
      const at = names.block(block);
      const projections = at.projections.map(there);
      tensors.set(
        `${attention}.layers.0.in_proj_weight`,
        projections.map((from) => ({ from: `${from}.weight`, shape: [width, width] })),
      );
      tensors.set(
        `${attention}.layers.0.in_proj_bias`,
        projections.map((from) => ({ from: `${from}.bias`, shape: [width] })),
      );
      affine(`${attention}.layers.0.out_proj`, there(at.out), width, width);
      affine(norm1!, there(at.attentionNorm), width);
      affine(`${mlp}.layers.0`, there(at.up), inner, width);
      affine(`${mlp}.layers.2`, there(at.down), width, inner);
      affine(norm2!, there(at.norm), width);
    }
    if (classes) {
      affine(`layers.${layers.length - 3}`, names.head[0], width, width);
      affine(`layers.${layers.length - 1}`, names.head[1], classes, width);
    }
    return {
      layers,
      tensors,
      prefix: names.prefix,
      unused: classes ? undefined : unused,
      ...(isReal && { loss: { loss: 'squared-error', targets: 'f32' } as const }),
    };
  },
  config: (layers, loss) => {
    const table = layerOf(layers[0], 'embedding');
    const at = layerOf(blockOf(layers[3])[0], 'attention');
    const [wide, activation] = blockOf(layers[5]);
    const dense = layerOf(wide, 'dense');
    const act = nameOfActivation(activation);
    if (table?.padding === undefined || !at || !dense || !act) return undefined;
    const head = layerOf(layers.at(-1), 'dense');
    const isSmall = head !== undefined && layers.at(-2)?.type === 'relu';
    const depth = Math.floor((layers.length - 3) / 4) - (head ? 1 : 0);
    const shared = {
      model_type: isSmall ? 'distilbert' : 'bert',
      architectures: [`${isSmall ? 'DistilBert' : 'Bert'}${head ? CLASSIFIER : 'Model'}`],
      vocab_size: table.vocabulary,
      max_position_embeddings: table.length,
      pad_token_id: table.padding,
      torch_dtype: 'float32',
      ...(head && labelsOf(head.outputs, loss)),
    };
    if (isSmall)
      return {
        ...shared,
        dim: table.width,
        hidden_dim: dense.outputs,
        n_layers: depth,
        n_heads: at.heads,
        activation: act,
      };
    return {
      ...shared,
      hidden_size: table.width,
      intermediate_size: dense.outputs,
      num_hidden_layers: depth,
      num_attention_heads: at.heads,
      hidden_act: act,
      layer_norm_eps: layerOf(layers[2], 'layer-norm')?.epsilon ?? 1e-5,
      type_vocab_size: 1,
    };
  },
};

/** Names of classes, of which transformers learns how many there are. */
export function labelsOf(count: number, loss?: string): Record<string, unknown> {
  const labels = Array.from({ length: count }, (_, i) => [String(i), `LABEL_${i}`] as const);
  return {
    id2label: Object.fromEntries(labels),
    label2id: Object.fromEntries(labels.map(([i, label]) => [label, Number(i)])),
    ...(loss === 'squared-error' && { problem_type: 'regression' }),
  };
}
