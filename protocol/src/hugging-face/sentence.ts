import type { Layer } from '@covey/wasm-core';
import { protocolError } from '../errors.ts';
import { ConfigReader } from './config-reader.ts';
import type { Pooling } from './family.ts';

/** What sentence-transformers writes beside a model, as JSON. */
export interface SentenceFiles {
  /** `modules.json`. */
  modules: unknown;
  /** `1_Pooling/config.json`. */
  pooling: unknown;
}

const modes = { mean: 'pooling_mode_mean_tokens', cls: 'pooling_mode_cls_token' } as const;
const otherModes = /^pooling_mode_(?!mean_tokens$|cls_token$)/;

/**
 * How the rows of a text become one: by the model's modules, which are a transformer, a pooling and perhaps a normalisation;
 * without them the mean, as sentence-transformers has it. Throws PROTOCOL_UNSUPPORTED_MODEL.
 */
export function readPooling(files: SentenceFiles | undefined): Pooling {
  if (!files) return { mode: 'mean', isNormalised: false };
  const kinds = Array.isArray(files.modules)
    ? files.modules.map((module: unknown) => kindOf(new ConfigReader(module, 'modules.json')))
    : [];
  const told = kinds.join(', ');
  if (!/^Transformer, Pooling(, Normalize)?$/.test(told))
    throw unsupported('`modules.json` is not supported', 'Transformer, Pooling and perhaps Normalize', told);
  const config = new ConfigReader(files.pooling, '1_Pooling/config.json');
  const chosen = Object.entries(modes).filter(([, field]) => config.flag(field, false));
  const others = Object.entries(files.pooling as object).filter(
    ([key, value]) => otherModes.test(key) && value === true,
  );
  if (chosen.length !== 1 || others.length > 0) {
    const got = [...chosen.map(([, field]) => field), ...others.map(([key]) => key)].join(', ');
    throw unsupported(
      '`pooling_mode` of 1_Pooling/config.json is not supported',
      Object.values(modes).join(' or '),
      got,
    );
  }
  return { mode: chosen[0]![0] as Pooling['mode'], isNormalised: kinds.length === 3 };
}

function kindOf(module: ConfigReader): string {
  return module.text('type').split('.').at(-1)!;
}

const unsupported = (message: string, expected: string, got: string) =>
  protocolError('PROTOCOL_UNSUPPORTED_MODEL', message, { expected, got });

/** The pooling at the end of these layers, where it is what they give. */
export function poolingOf(layers: readonly Layer[]): Pooling | undefined {
  const isNormalised = layers.at(-1)?.type === 'l2-norm';
  const pooling = layers.at(isNormalised ? -2 : -1);
  return pooling?.type === 'pooling' ? { mode: pooling.mode, isNormalised } : undefined;
}

/** Files by which sentence-transformers does the same, by their paths. */
export function sentenceFiles(layers: readonly Layer[]): Record<string, string> {
  const pooling = poolingOf(layers);
  const [table] = layers;
  if (!pooling || table?.type !== 'embedding') return {};
  const paths = { Transformer: '', Pooling: '1_Pooling', ...(pooling.isNormalised && { Normalize: '2_Normalize' }) };
  const modules = Object.entries(paths).map(([kind, path], idx) => {
    return { idx, name: `${idx}`, path, type: `sentence_transformers.models.${kind}` };
  });
  return {
    'modules.json': json(modules),
    '1_Pooling/config.json': json({
      word_embedding_dimension: table.width,
      pooling_mode_cls_token: pooling.mode === 'cls',
      pooling_mode_mean_tokens: pooling.mode === 'mean',
      pooling_mode_max_tokens: false,
      pooling_mode_mean_sqrt_len_tokens: false,
    }),
    'sentence_bert_config.json': json({ max_seq_length: table.length, do_lower_case: false }),
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
