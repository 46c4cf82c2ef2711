import { parameterCount, tensorPlaces, type Architecture } from '../architecture.ts';
import { isProtocolError, protocolError } from '../errors.ts';
import { writeForeignSafetensors } from '../foreign-safetensors.ts';
import { ConfigReader } from './config-reader.ts';
import { families } from './families.ts';
import type { FamilyNetwork } from './family.ts';
import { lengthOf, tensorsOf } from './rows.ts';
import { poolingOf, sentenceFiles } from './sentence.ts';

export interface HuggingFaceFiles {
  /** Text of `config.json`. */
  config: string;
  /** Of `model.safetensors`. */
  model: Uint8Array;
  /** Texts of other files by their paths: how sentence-transformers pools, where the model embeds texts. */
  others: Record<string, string>;
}

/** The files from which `from_pretrained` loads a model, where its network is one of theirs. */
export function exportHuggingFace(architecture: Architecture, parameters: Float32Array): HuggingFaceFiles {
  const { config, network } = describe(architecture);
  if (parameters.length !== parameterCount(architecture)) {
    const [expected, got] = [`${parameterCount(architecture)} numbers`, `${parameters.length}`];
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the parameters do not fit the architecture', { expected, got });
  }
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { name, offset } of tensorPlaces(architecture)) {
    let at = offset;
    for (const rows of network.tensors.get(name)!) {
      const length = lengthOf(rows);
      for (const [from, tensor] of tensorsOf(rows, parameters.subarray(at, at + length))) tensors.set(from, tensor);
      at += length;
    }
  }
  const model = writeForeignSafetensors(tensors, { format: 'pt' });
  return { config: configText(config), model, others: sentenceFiles(architecture.layers) };
}

/** What transformers wants spelt as floats, whole ones too. */
const floats = /^(rope_theta|factor|(low|high)_freq_factor)$/;
const MARK = 'float:';

function configText(config: Record<string, unknown>): string {
  const marked = JSON.stringify(
    config,
    (key, value: unknown) => (floats.test(key) && Number.isInteger(value) ? `${MARK}${String(value)}.0` : value),
    2,
  );
  return `${marked.replaceAll(new RegExp(`"${MARK}([0-9.]+)"`, 'g'), '$1')}\n`;
}

/** The family whose reading of its own `config.json` gives just these layers. */
export function describe({ layers, loss }: Architecture): {
  config: Record<string, unknown>;
  network: FamilyNetwork;
  /** What stands before the names of its tensors, or does not. */
  prefix: string;
} {
  const wanted = JSON.stringify(layers.map(spelt));
  const [first] = layers;
  const size = first?.type === 'embedding' ? first.length : first?.type === 'image' ? first.height : 0;
  const pooling = poolingOf(layers);
  for (const family of new Set(Object.values(families))) {
    const config = family.config(layers, loss);
    if (!config) continue;
    let network: FamilyNetwork;
    try {
      network = family.network(new ConfigReader(config), size, config['model_type'] as string, { pooling });
    } catch (error) {
      if (isProtocolError(error, 'PROTOCOL_UNSUPPORTED_MODEL')) continue;
      throw error;
    }
    if (JSON.stringify(network.layers.map(spelt)) === wanted) {
      return { config, network, prefix: network.prefix ?? family.prefix ?? '' };
    }
  }
  throw protocolError('PROTOCOL_UNSUPPORTED_MODEL', 'no model of Hugging Face’s has this network', {
    expected: `layers as ${Object.keys(families).join(', ')} have them`,
    got: layers.map(({ type }) => type).join(', '),
  });
}

/** Fields in one order. */
function spelt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, spelt(field)]),
  );
}
