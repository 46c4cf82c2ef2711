import { loraMatrices } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import { protocolError } from '../errors.ts';
import { finiteFloats } from '../foreign-model.ts';
import { writeForeignSafetensors, type ForeignTensor } from '../foreign-safetensors.ts';
import { placeOfNotFinite } from '../finite.ts';
import { MAX_LORA_RANK, type Adapter, type Adapters } from '../lora.ts';
import { describe } from './export.ts';
import type { Rows } from './family.ts';
import { readPeftConfig, type PeftConfig } from './peft-config.ts';

export interface PeftFiles {
  /** Text of `adapter_config.json`. */
  config: string;
  /** Of `adapter_model.safetensors`. */
  model: Uint8Array<ArrayBuffer>;
}

/** PEFT's name of what it wraps. */
const WRAPPED = 'base_model.model.';
/** The base's own matrix, which PEFT saves beside adapters of outputs; it did not learn. */
const FROZEN = 'base_layer';

/**
 * Adapters that PEFT saved (`adapter_config.json` and all tensors of `adapter_model.safetensors`) over a model of this
 * architecture, which must be one of Hugging Face's families. Where our matrix is made of several of theirs, as queries, keys
 * and values, its adapters stand one behind the other. The scale is folded into B: each value is the f32 nearest to the f64
 * product of B's f32 with α / r (α / √r with `use_rslora`), which is an f64.
 *
 * Throws PROTOCOL_UNSUPPORTED_MODEL for what is not plain LoRA, PROTOCOL_WRONG_TENSORS for tensors that the model has no
 * place for, and PROTOCOL_NOT_FINITE.
 */
export function importPeft(
  architecture: Architecture,
  config: unknown,
  tensors: ReadonlyMap<string, ForeignTensor>,
): Adapters {
  const settings = readPeftConfig(config);
  const { network, prefix } = describe(architecture);
  const left = new Set(tensors.keys());
  const adapters = new Map<string, Adapter[]>();
  for (const { stem, place } of loraMatrices(architecture.layers)) {
    const inputs = place.shape[1]!;
    const parts = network.tensors.get(place.name)!.map((rows): Adapter => {
      const full = moduleOf(rows);
      // Models without a head are saved without the prefix.
      const bare = full.startsWith(prefix) ? full.slice(prefix.length) : full;
      const isThere = (one: string) => tensors.has(`${WRAPPED}${one}.lora_A.weight`);
      const module = [full, bare, `${prefix}${full}`].find(isThere);
      const height = heightOf(rows);
      if (module === undefined) return { rank: 0, rows: height, a: new Float32Array(), b: new Float32Array() };
      const part = partOf(module, { inputs, height }, settings, tensors);
      for (const name of ['lora_A', 'lora_B', FROZEN]) left.delete(`${WRAPPED}${module}.${name}.weight`);
      return part;
    });
    if (parts.some(({ rank }) => rank > 0)) adapters.set(stem, parts);
  }
  if (left.size > 0) throw leftOver([...left]);
  if (adapters.size === 0) throw leftOver(['none']);
  return adapters;
}

const moduleOf = ({ from }: Rows) => from.replace(/\.weight$/, '');

/** Rows that it has in our order. */
function heightOf({ shape, transposed }: Rows): number {
  return shape[transposed ? 1 : 0]!;
}

function partOf(
  module: string,
  { inputs, height }: { inputs: number; height: number },
  config: PeftConfig,
  tensors: ReadonlyMap<string, ForeignTensor>,
): Adapter {
  const rank = config.rank(module);
  const valuesOf = (letter: string, shape: number[]) => {
    const name = `${WRAPPED}${module}.lora_${letter}.weight`;
    const tensor = tensors.get(name);
    if (tensor && tensor.shape.join() === shape.join()) return finiteFloats(tensor, name);
    const got = tensor ? `[${tensor.shape.join(', ')}]` : 'none';
    const message = `tensor ${name} is not as adapter_config.json and the model say`;
    throw protocolError('PROTOCOL_WRONG_TENSORS', message, { expected: `[${shape.join(', ')}]`, got });
  };
  if (rank > MAX_LORA_RANK) {
    const [expected, got] = [`a rank of at most ${MAX_LORA_RANK}`, `${rank} of ${module}`];
    throw protocolError('PROTOCOL_UNSUPPORTED_MODEL', 'the adapter’s rank is too large', { expected, got });
  }
  if (!config.targets(module)) {
    const message = 'the adapter has tensors of a module that its configuration does not name';
    throw protocolError('PROTOCOL_WRONG_TENSORS', message, { expected: 'one of `target_modules`', got: module });
  }
  const scale = config.scale(module);
  const a = valuesOf('A', [rank, inputs]);
  const b = valuesOf('B', [height, rank]).map((value) => Math.fround(value * scale));
  if (placeOfNotFinite(b) !== undefined) {
    const message = `the adapter of ${module} times its scale is not finite`;
    throw protocolError('PROTOCOL_NOT_FINITE', message, {
      expected: 'finite numbers only',
      got: `a scale of ${scale}`,
    });
  }
  return { rank, rows: height, a, b };
}

function leftOver(names: readonly string[]) {
  const message = 'the file holds other tensors than adapters of the model’s matrices';
  return protocolError('PROTOCOL_WRONG_TENSORS', message, {
    expected: `${WRAPPED}MODULE.lora_A.weight and lora_B.weight of linear layers`,
    got: names.slice(0, 16).join(', '),
    hint: 'DoRA, biases, embeddings, tied outputs and modules that are saved whole are no LoRA of a matrix.',
  });
}

/** The files from which PEFT's `PeftModel.from_pretrained` loads adapters over the model that `exportHuggingFace` writes. */
export function exportPeft(architecture: Architecture, adapters: Adapters): PeftFiles {
  const { network, config: base } = describe(architecture);
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  const ranks = new Map<string, number>();
  let isTransposed = false;
  for (const { stem, place } of loraMatrices(architecture.layers)) {
    const parts = adapters.get(stem);
    if (!parts) continue;
    let from = 0;
    for (const rows of network.tensors.get(place.name)!) {
      const height = heightOf(rows);
      const { rank, a, b } = cut(parts, from, height, place.shape[1]!);
      from += height;
      if (rank === 0) continue;
      const module = moduleOf(rows);
      ranks.set(module, rank);
      isTransposed ||= rows.transposed ?? false;
      tensors.set(`${WRAPPED}${module}.lora_A.weight`, { shape: [rank, place.shape[1]!], values: a });
      tensors.set(`${WRAPPED}${module}.lora_B.weight`, { shape: [height, rank], values: b });
    }
  }
  const [first = 1] = ranks.values();
  const others = Object.fromEntries([...ranks].filter(([, rank]) => rank !== first));
  const isCausal = /(CausalLM|LMHeadModel)$/.test(String((base['architectures'] as string[] | undefined)?.[0]));
  // A scale of 1: it is part of B.
  const config = {
    peft_type: 'LORA',
    task_type: isCausal ? 'CAUSAL_LM' : null,
    base_model_name_or_path: null,
    r: first,
    lora_alpha: first,
    rank_pattern: others,
    alpha_pattern: others,
    target_modules: [...ranks.keys()],
    fan_in_fan_out: isTransposed,
    bias: 'none',
    lora_dropout: 0,
    inference_mode: true,
  };
  return { config: `${JSON.stringify(config, null, 2)}\n`, model: writeForeignSafetensors(tensors, { format: 'pt' }) };
}

/** One adapter for some rows: those of the parts that have any of them, A one below the other, B beside each other. */
function cut(parts: readonly Adapter[], from: number, height: number, inputs: number): Adapter {
  let start = 0;
  const touching = parts.flatMap((part) => {
    const first = Math.max(from - start, 0);
    const last = Math.min(from + height - start, part.rows);
    const into = start + first - from;
    start += part.rows;
    return first < last && part.rank > 0 ? [{ ...part, first, last, into }] : [];
  });
  const rank = touching.reduce((sum, part) => sum + part.rank, 0);
  const [a, b] = [new Float32Array(rank * inputs), new Float32Array(height * rank)];
  let at = 0;
  for (const part of touching) {
    a.set(part.a, at * inputs);
    for (let row = part.first; row < part.last; row++) {
      b.set(part.b.subarray(row * part.rank, (row + 1) * part.rank), (part.into + row - part.first) * rank + at);
    }
    at += part.rank;
  }
  return { rank, rows: height, a, b };
}
