import type { Hex } from 'viem';
import { protocolError } from './errors.ts';
import { PositionalTree } from './positional-tree.ts';
import { parseSafetensors } from './safetensors.ts';
import type { ParseOptions } from './safetensors.ts';

/**
 * The root by which a task commits to the samples of a shard: the positional tree over them. A leaf is one sample: its row
 * of each tensor of the file, in the order of the tensors' names (inputs, then labels or targets; or tokens).
 */
export function samplesRoot(plaintext: Uint8Array, options: ParseOptions = { maxBytes: plaintext.length }): Hex {
  const tensors = [...parseSafetensors(plaintext, options)].sort(([a], [b]) => (a < b ? -1 : 1));
  const counts = new Set(tensors.map(([, { shape }]) => shape[0] ?? 0));
  const [count = 0] = counts;
  if (counts.size !== 1 || count < 1) {
    throw protocolError('PROTOCOL_INVALID_DATASET', 'the dataset has tensors of unequal lengths, or no samples', {
      got: tensors.map(([name, { shape }]) => `${name} [${shape.join(', ')}]`).join(', '),
    });
  }
  const rows = tensors.map(([, { data }]) => ({ data, bytes: data.length / count }));
  const tree = new PositionalTree();
  for (let i = 0; i < count; i++) tree.add(...rows.map(({ data, bytes }) => data.subarray(i * bytes, (i + 1) * bytes)));
  return tree.root();
}
