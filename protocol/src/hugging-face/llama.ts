import { networkLimits, type Layer } from '@covey/wasm-core';
import type { ConfigReader } from './config-reader.ts';
import { blockOf, layerOf, type Attention, type Family, type Rows } from './family.ts';
import { readRotary, writeRotary } from './rotary.ts';

const gates = { silu: 'silu', gelu: 'gelu', gelu_pytorch_tanh: 'gelu-tanh', gelu_new: 'gelu-tanh' } as const;

/** Biases of queries, keys and values, and of what attention gives; whether heads are normalised. */
function attentionOf(type: string, config: ConfigReader): { bias: boolean; outBias: boolean; isNormalised: boolean } {
  const bias = type === 'qwen2' || config.flag('attention_bias', false);
  return { bias, outBias: bias && type !== 'qwen2', isNormalised: type === 'qwen3' };
}

/** Texts may be no longer than the window that attention looks back, where there is one. */
function requireWindow(config: ConfigReader, length: number): void {
  const isUsed = config.flag('use_sliding_window', config.has('sliding_window'));
  if (isUsed) config.atLeast(length, 'sliding_window');
}

/** Touvron et al., "Llama", 2023, and what came of it: RMS norms, rotary positions, shared keys, gates, no biases. */
export const llama: Family = {
  types: ['llama', 'mistral', 'qwen2', 'qwen3'],
  prefix: 'model.',
  network: (config, length, type) => {
    const width = config.size('hidden_size');
    const inner = config.size('intermediate_size');
    const heads = config.size('num_attention_heads');
    const kvHeads = config.size('num_key_value_heads', heads);
    const headSize = config.size('head_dim', width / heads);
    const depth = config.sizeUpTo(networkLimits.layers, 'num_hidden_layers');
    const vocabulary = config.size('vocab_size');
    const epsilon = config.number('rms_norm_eps', 1e-6);
    const activation = config.choice('hidden_act', gates, 'silu');
    const { bias, outBias, isNormalised } = attentionOf(type, config);
    const mlpBias = config.flag('mlp_bias', false);
    const isTied = config.flag('tie_word_embeddings', false);
    requireWindow(config, length);

    const norm: Layer = { type: 'rms-norm', features: width, epsilon };
    const attention: Layer = {
      type: 'attention',
      width,
      heads,
      ...(kvHeads !== heads && { kvHeads }),
      ...(headSize * heads !== width && { headSize }),
      ...(!bias && { bias }),
      ...(outBias !== bias && { outBias }),
      ...(isNormalised && { qkNorm: epsilon }),
      ...readRotary(config),
    };
    const noBias = mlpBias ? {} : { bias: false };
    const mlp: Layer[] = [
      { type: 'dense', inputs: width, outputs: 2 * inner, ...noBias },
      { type: 'glu', activation },
      { type: 'dense', inputs: inner, outputs: width, ...noBias },
    ];
    const blocks = Array.from({ length: depth }, (): Layer[] => [
      { type: 'residual', layers: [norm, attention] },
      { type: 'residual', layers: [norm, ...mlp] },
    ]).flat();
    const last: Layer = isTied
      ? { type: 'unembedding' }
      : { type: 'dense', inputs: width, outputs: vocabulary, bias: false };
    const layers: Layer[] = [{ type: 'embedding', vocabulary, length, width }, ...blocks, norm, last];

    const tensors = new Map<string, Rows[]>();
    const add = (name: string, ...rows: [from: string, ...shape: number[]][]) =>
      tensors.set(
        name,
        rows.map(([from, ...shape]) => ({ from, shape })),
      );
    const table = 'model.embed_tokens.weight';
    add('layers.0.weight', [table, vocabulary, width]);
    for (let block = 0; block < depth; block++) {
      const [first, second] = [1, 2].map((part) => `layers.${2 * block + part}.layers`);
      const there = `model.layers.${block}`;
      const at = `${there}.self_attn`;
      add(`${first}.0.weight`, [`${there}.input_layernorm.weight`, width]);
      const keys = kvHeads * headSize;
      const projections: [string, number][] = [
        [`${at}.q_proj`, heads * headSize],
        [`${at}.k_proj`, keys],
        [`${at}.v_proj`, keys],
      ];
      const out: [string, number] = [`${at}.o_proj`, width];
      const weight =
        (inputs: number) =>
        (one: [string, number]): [string, number, number] => [`${one[0]}.weight`, one[1], inputs];
      const biasOf = (one: [string, number]): [string, number] => [`${one[0]}.bias`, one[1]];
      add(`${first}.1.in_proj_weight`, ...projections.map(weight(width)));
      if (bias) add(`${first}.1.in_proj_bias`, ...projections.map(biasOf));
      if (isNormalised) {
        add(`${first}.1.q_norm.weight`, [`${at}.q_norm.weight`, headSize]);
        add(`${first}.1.k_norm.weight`, [`${at}.k_norm.weight`, headSize]);
      }
      add(`${first}.1.out_proj.weight`, weight(heads * headSize)(out));
      if (outBias) add(`${first}.1.out_proj.bias`, biasOf(out));
      add(`${second}.0.weight`, [`${there}.post_attention_layernorm.weight`, width]);
      const up: [string, number][] = [
        [`${there}.mlp.gate_proj`, inner],
        [`${there}.mlp.up_proj`, inner],
      ];
      const down: [string, number] = [`${there}.mlp.down_proj`, width];
      add(`${second}.1.weight`, ...up.map(weight(width)));
      add(`${second}.3.weight`, weight(inner)(down));
      if (mlpBias) {
        add(`${second}.1.bias`, ...up.map(biasOf));
        add(`${second}.3.bias`, biasOf(down));
      }
    }
    add(`layers.${layers.length - 2}.weight`, ['model.norm.weight', width]);
    if (!isTied) add(`layers.${layers.length - 1}.weight`, ['lm_head.weight', vocabulary, width]);
    return { layers, tensors };
  },
  config: (layers) => {
    const [embedding, first, second] = layers;
    const table = layerOf(embedding, 'embedding');
    const [norm, attention] = blockOf(first);
    const at = layerOf(attention, 'attention');
    const [, up, gate, down] = blockOf(second);
    const [wide, glu, narrow] = [layerOf(up, 'dense'), layerOf(gate, 'glu'), layerOf(down, 'dense')];
    const epsilon = layerOf(norm, 'rms-norm')?.epsilon;
    if (!table || !at || !wide || !glu || !narrow) return undefined;
    const type = typeOf(at);
    const act = Object.entries(gates).find(([, activation]) => activation === glu.activation)![0];
    return {
      architectures: [{ llama: 'LlamaForCausalLM', qwen2: 'Qwen2ForCausalLM', qwen3: 'Qwen3ForCausalLM' }[type]],
      model_type: type,
      vocab_size: table.vocabulary,
      max_position_embeddings: table.length,
      hidden_size: table.width,
      intermediate_size: narrow.inputs,
      num_hidden_layers: (layers.length - 3) / 2,
      num_attention_heads: at.heads,
      num_key_value_heads: at.kvHeads ?? at.heads,
      head_dim: at.headSize ?? table.width / at.heads,
      hidden_act: act,
      rms_norm_eps: epsilon ?? 1e-5,
      attention_bias: at.bias ?? true,
      mlp_bias: wide.bias ?? true,
      tie_word_embeddings: layers.at(-1)?.type === 'unembedding',
      use_sliding_window: false,
      ...writeRotary(at),
      torch_dtype: 'float32',
    };
  },
};

function typeOf(at: Attention): 'llama' | 'qwen2' | 'qwen3' {
  if (at.qkNorm !== undefined) return 'qwen3';
  return (at.bias ?? true) !== (at.outBias ?? at.bias ?? true) ? 'qwen2' : 'llama';
}
