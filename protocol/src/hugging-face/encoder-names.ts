export type EncoderType = 'bert' | 'roberta' | 'xlm-roberta' | 'distilbert';

/** Names of tensors, without what stands before those of a model that has a head. */
interface EncoderNames {
  prefix: string;
  words: string;
  positions: string;
  /** Of types of segments; DistilBERT has none. */
  kinds: string | undefined;
  norm: string;
  block: (index: number) => {
    projections: [query: string, key: string, value: string];
    out: string;
    attentionNorm: string;
    up: string;
    down: string;
    norm: string;
  };
  /** Of classes, whole names. */
  head: [string, string];
  headActivation: 'tanh' | 'relu';
}

export function encoderNames(type: EncoderType): EncoderNames {
  const shared = {
    words: 'embeddings.word_embeddings.weight',
    positions: 'embeddings.position_embeddings.weight',
    norm: 'embeddings.LayerNorm',
  };
  if (type === 'distilbert')
    return {
      ...shared,
      prefix: 'distilbert.',
      kinds: undefined,
      block: (index) => {
        const at = `transformer.layer.${index}`;
        return {
          projections: [`${at}.attention.q_lin`, `${at}.attention.k_lin`, `${at}.attention.v_lin`],
          out: `${at}.attention.out_lin`,
          attentionNorm: `${at}.sa_layer_norm`,
          up: `${at}.ffn.lin1`,
          down: `${at}.ffn.lin2`,
          norm: `${at}.output_layer_norm`,
        };
      },
      head: ['pre_classifier', 'classifier'],
      headActivation: 'relu',
    };
  return {
    ...shared,
    prefix: type === 'bert' ? 'bert.' : 'roberta.',
    kinds: 'embeddings.token_type_embeddings.weight',
    block: (index) => {
      const at = `encoder.layer.${index}`;
      const self = `${at}.attention.self`;
      return {
        projections: [`${self}.query`, `${self}.key`, `${self}.value`],
        out: `${at}.attention.output.dense`,
        attentionNorm: `${at}.attention.output.LayerNorm`,
        up: `${at}.intermediate.dense`,
        down: `${at}.output.dense`,
        norm: `${at}.output.LayerNorm`,
      };
    },
    head: type === 'bert' ? ['bert.pooler.dense', 'classifier'] : ['classifier.dense', 'classifier.out_proj'],
    headActivation: 'tanh',
  };
}
