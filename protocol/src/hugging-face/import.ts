import { architectureSchema, parameterCount, tensorPlaces, type Architecture } from '../architecture.ts';
import { protocolError } from '../errors.ts';
import type { ForeignTensor } from '../foreign-safetensors.ts';
import { ConfigReader } from './config-reader.ts';
import { families } from './families.ts';
import type { Family, FamilyNetwork } from './family.ts';
import { valuesOf } from './rows.ts';
import { readPooling, type SentenceFiles } from './sentence.ts';

/** Of no learned value: masks and speeds that every network of the kind has. */
const buffers = /(^|\.)(attn\.(bias|masked_bias)|rotary_emb\.inv_freq|embeddings\.position_ids)$/;
const HEAD = 'lm_head.weight';

export interface ImportedModel {
  architecture: Architecture;
  /** As the core takes them. */
  parameters: Float32Array<ArrayBuffer>;
}

export interface ImportOptions {
  /** Tokens of a text, up to what the model was made for, which they are unless given; or pixels of an image's side, else 224. */
  size?: number | undefined;
  /** Of a model that embeds texts, where sentence-transformers wrote them. */
  sentence?: SentenceFiles | undefined;
}

/** As networks for images are trained, whatever their pictures' sizes. */
const IMAGE_SIDE = 224;
const MAX_IMAGE_SIDE = 4096;

/**
 * A model of a Hugging Face folder: its `config.json` and all tensors of its safetensors files. Outputs are those of
 * `transformers` but for the rounding of sums: logits, or the embedding of a text by sentence-transformers' pooling.
 */
export function importHuggingFace(
  config: unknown,
  tensors: ReadonlyMap<string, ForeignTensor>,
  { size, sentence }: ImportOptions = {},
): ImportedModel {
  const reader = new ConfigReader(config);
  const family = reader.choice('model_type', families);
  const type = (config as { model_type: string }).model_type;
  const largest = largestOf(family, reader, type);
  if (size !== undefined && size > largest) {
    const [expected, got] = [`at most ${largest}, for which it was made`, size];
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the samples are larger than the model takes', { expected, got });
  }
  const pooling = readPooling(sentence);
  const network = family.network(reader, size ?? (family.takes ? IMAGE_SIDE : largest), type, { pooling });
  const architecture: Architecture = { layers: network.layers, input: network.input ?? 'tokens', ...network.loss };
  const problem = architectureSchema.safeParse(architecture).error?.issues[0];
  if (problem) {
    const [expected, got] = [
      'a network within the bounds of the core',
      `${problem.path.join('.')}: ${problem.message}`,
    ];
    throw protocolError('PROTOCOL_UNSUPPORTED_MODEL', 'the core does not compute this model', { expected, got });
  }
  return { architecture, parameters: gather(architecture, network, network.prefix ?? family.prefix ?? '', tensors) };
}

function largestOf(family: Family, reader: ConfigReader, type: string): number {
  if (family.takes) return MAX_IMAGE_SIDE;
  if (family.longest) return family.longest(reader, type);
  return reader.size(reader.has('n_positions') ? 'n_positions' : 'max_position_embeddings', 2048);
}

function gather(
  architecture: Architecture,
  { tensors: made, unused }: FamilyNetwork,
  prefix: string,
  given: ReadonlyMap<string, ForeignTensor>,
): Float32Array<ArrayBuffer> {
  const tensors = new Map([...given].map(([name, tensor]) => [modernName(name), tensor]));
  const isTied = architecture.layers.at(-1)?.type === 'unembedding';
  const left = new Set(
    [...tensors.keys()].filter((name) => !buffers.test(name) && !unused?.test(name) && !(isTied && name === HEAD)),
  );
  const parameters = new Float32Array(parameterCount(architecture));
  for (const place of tensorPlaces(architecture)) {
    let at = place.offset;
    for (const rows of made.get(place.name) ?? []) {
      // Models without a head are saved without the prefix.
      const find = (stem: string, probe = stem): string => {
        const isThere = (name: string) => tensors.has(probe.replace(stem, name));
        const bare = stem.startsWith(prefix) ? stem.slice(prefix.length) : stem;
        return [stem, bare, `${prefix}${stem}`].find(isThere) ?? stem;
      };
      const values = valuesOf(rows, { tensors, left, find });
      parameters.set(values, at);
      at += values.length;
    }
    if (at !== place.offset + place.length) throw new Error(`${place.name} is not made whole`);
  }
  if (left.size === 0) return parameters;
  const [expected, got] = ['no more tensors', [...left].slice(0, 16).join(', ')];
  throw protocolError('PROTOCOL_WRONG_TENSORS', 'the files hold tensors that such a model does not have', {
    expected,
    got,
    hint: 'Is it a model with another head, or an adapter that was not merged?',
  });
}

/** Norms of the first BERT are still named as in TensorFlow. */
function modernName(name: string): string {
  return name.replace(/LayerNorm\.(gamma|beta)$/, (_, old) => `LayerNorm.${old === 'gamma' ? 'weight' : 'bias'}`);
}
