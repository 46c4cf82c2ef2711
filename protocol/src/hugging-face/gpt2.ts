import { networkLimits, type Layer } from '@covey/wasm-core';
import { activations, nameOfActivation } from './activations.ts';
import { blockOf, layerOf, type Family, type Rows } from './family.ts';

/** Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. Its matrices are stored [inputs, outputs]. */
export const gpt2: Family = {
  types: ['gpt2'],
  prefix: 'transformer.',
  network: (config, length) => {
    const width = config.size('n_embd', 768);
    const inner = config.size('n_inner', 4 * width);
    const heads = config.size('n_head', 12);
    const depth = config.sizeUpTo(networkLimits.layers, 'n_layer', 12);
    const vocabulary = config.size('vocab_size', 50_257);
    const places = config.size('n_positions', 1024);
    const epsilon = config.number('layer_norm_epsilon', 1e-5);
    const activation = config.choice('activation_function', activations, 'gelu_new');
    const isTied = config.flag('tie_word_embeddings', true);
    config.only('scale_attn_weights', true);
    config.only('scale_attn_by_inverse_layer_idx', false);
    config.only('add_cross_attention', false);
    config.atLeast(length, 'n_positions');

    const norm: Layer = { type: 'layer-norm', features: width, epsilon };
    const blocks = Array.from({ length: depth }, (): Layer[] => [
      { type: 'residual', layers: [norm, { type: 'attention', width, heads }] },
      {
        type: 'residual',
        layers: [
          norm,
          { type: 'dense', inputs: width, outputs: inner },
          activation,
          { type: 'dense', inputs: inner, outputs: width },
        ],
      },
    ]).flat();
    const last: Layer = isTied
      ? { type: 'unembedding' }
      : { type: 'dense', inputs: width, outputs: vocabulary, bias: false };
    const layers: Layer[] = [
      { type: 'embedding', vocabulary, length, width },
      { type: 'positions', length, width },
      ...blocks,
      norm,
      last,
    ];

    const tensors = new Map<string, [Rows]>();
    const affine = (name: string, from: string) => {
      tensors.set(`${name}.weight`, [{ from: `${from}.weight`, shape: [width] }]);
      tensors.set(`${name}.bias`, [{ from: `${from}.bias`, shape: [width] }]);
    };
    const matrix = (weight: string, bias: string, from: string, inputs: number, outputs: number) => {
      tensors.set(weight, [{ from: `${from}.weight`, shape: [inputs, outputs], transposed: true }]);
      tensors.set(bias, [{ from: `${from}.bias`, shape: [outputs] }]);
    };
    tensors.set('layers.0.weight', [{ from: 'transformer.wte.weight', shape: [vocabulary, width] }]);
    tensors.set('layers.1.weight', [{ from: 'transformer.wpe.weight', shape: [places, width], first: length }]);
    for (let block = 0; block < depth; block++) {
      const [first, second] = [2, 3].map((part) => `layers.${2 * block + part}.layers`);
      const there = `transformer.h.${block}`;
      affine(`${first}.0`, `${there}.ln_1`);
      matrix(`${first}.1.in_proj_weight`, `${first}.1.in_proj_bias`, `${there}.attn.c_attn`, width, 3 * width);
      matrix(`${first}.1.out_proj.weight`, `${first}.1.out_proj.bias`, `${there}.attn.c_proj`, width, width);
      affine(`${second}.0`, `${there}.ln_2`);
      matrix(`${second}.1.weight`, `${second}.1.bias`, `${there}.mlp.c_fc`, width, inner);
      matrix(`${second}.3.weight`, `${second}.3.bias`, `${there}.mlp.c_proj`, inner, width);
    }
    affine(`layers.${layers.length - 2}`, 'transformer.ln_f');
    if (!isTied) {
      tensors.set(`layers.${layers.length - 1}.weight`, [{ from: 'lm_head.weight', shape: [vocabulary, width] }]);
    }
    return { layers, tensors };
  },
  config: (layers) => {
    const table = layerOf(layers[0], 'embedding');
    const at = layerOf(blockOf(layers[2])[1], 'attention');
    const [norm, wide, activation] = blockOf(layers[3]);
    const dense = layerOf(wide, 'dense');
    const act = nameOfActivation(activation);
    if (!table || !at || !dense || !act) return undefined;
    return {
      architectures: ['GPT2LMHeadModel'],
      model_type: 'gpt2',
      vocab_size: table.vocabulary,
      n_positions: table.length,
      n_embd: table.width,
      n_inner: dense.outputs,
      n_layer: (layers.length - 4) / 2,
      n_head: at.heads,
      layer_norm_epsilon: layerOf(norm, 'layer-norm')?.epsilon ?? 1e-5,
      activation_function: act,
      tie_word_embeddings: layers.at(-1)?.type === 'unembedding',
      torch_dtype: 'float32',
    };
  },
};
