import { architectureSchema, parameterCount, tensorPlaces, type Architecture } from '../architecture.ts';
import { protocolError } from '../errors.ts';
import { finiteFloats } from '../foreign-model.ts';
import type { ForeignTensor } from '../foreign-safetensors.ts';
import { ConfigReader } from './config-reader.ts';
import { families } from './families.ts';
import type { Family, Rows } from './family.ts';

/** Of no learned value: masks and speeds that every network of the kind has. */
const buffers = /(^|\.)(attn\.(bias|masked_bias)|rotary_emb\.inv_freq)$/;
const HEAD = 'lm_head.weight';

export interface ImportedModel {
  architecture: Architecture;
  /** As the core takes them. */
  parameters: Float32Array<ArrayBuffer>;
}

/**
 * A language model of a Hugging Face folder: its `config.json` and all tensors of its safetensors files. `length`: tokens
 * of a text, up to what the model was made for. Outputs are those of `transformers` but for the rounding of sums.
 */
export function importHuggingFace(
  config: unknown,
  tensors: ReadonlyMap<string, ForeignTensor>,
  length?: number,
): ImportedModel {
  const reader = new ConfigReader(config);
  const family = reader.choice('model_type', families);
  const type = (config as { model_type: string }).model_type;
  const longest = reader.size(reader.has('n_positions') ? 'n_positions' : 'max_position_embeddings', 2048);
  if (length !== undefined && length > longest) {
    const [expected, got] = [`at most ${longest} tokens, for which it was made`, length];
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the texts are longer than the model takes', { expected, got });
  }
  const network = family.network(reader, length ?? longest, type);
  const architecture: Architecture = { layers: network.layers, input: 'tokens' };
  const problem = architectureSchema.safeParse(architecture).error?.issues[0];
  if (problem) {
    const [expected, got] = [
      'a network within the bounds of the core',
      `${problem.path.join('.')}: ${problem.message}`,
    ];
    throw protocolError('PROTOCOL_UNSUPPORTED_MODEL', 'the core does not compute this model', { expected, got });
  }
  return { architecture, parameters: gather(architecture, network.tensors, family, tensors) };
}

function gather(
  architecture: Architecture,
  made: ReadonlyMap<string, readonly Rows[]>,
  { prefix }: Family,
  tensors: ReadonlyMap<string, ForeignTensor>,
): Float32Array<ArrayBuffer> {
  const isTied = architecture.layers.at(-1)?.type === 'unembedding';
  const left = new Set([...tensors.keys()].filter((name) => !buffers.test(name) && !(isTied && name === HEAD)));
  const parameters = new Float32Array(parameterCount(architecture));
  for (const place of tensorPlaces(architecture)) {
    let at = place.offset;
    for (const rows of made.get(place.name) ?? []) {
      // Models without a head are saved without the prefix.
      const name = [rows.from, rows.from.slice(prefix.length)].find((one) => tensors.has(one)) ?? rows.from;
      left.delete(name);
      const values = valuesOf(name, rows, tensors.get(name));
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

function valuesOf(name: string, rows: Rows, tensor: ForeignTensor | undefined): Float32Array {
  if (tensor?.shape.join() !== rows.shape.join()) {
    throw protocolError('PROTOCOL_WRONG_TENSORS', `tensor ${name} is not as config.json says`, {
      expected: `[${rows.shape.join(', ')}]`,
      got: tensor ? `[${tensor.shape.join(', ')}]` : 'none',
    });
  }
  const values = finiteFloats(tensor, name);
  const [height = 0, width = 1] = rows.shape;
  if (rows.transposed) return transposed(values, height, width);
  return rows.first === undefined ? values : values.subarray(0, rows.first * width);
}

/** f32[height][width] to f32[width][height]. */
export function transposed(values: Float32Array, height: number, width: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) turned[column * height + row] = values[row * width + column]!;
  }
  return turned;
}
