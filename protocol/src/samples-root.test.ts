import { describe, expect, it } from 'vitest';
import { encodeDataset } from './dataset.ts';
import { PositionalTree } from './positional-tree.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { Tensor } from './safetensors.ts';
import { samplesRoot } from './samples-root.ts';

const rootOf = (...leaves: number[][]) => {
  const tree = new PositionalTree();
  for (const leaf of leaves) tree.add(Uint8Array.from(leaf));
  return tree.root();
};

describe('the root over the samples of a shard', () => {
  it('has a leaf for each sample: its inputs, then its label', () => {
    const shard = encodeDataset({ inputs: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(8, 9), features: 2 });
    expect(samplesRoot(shard)).toBe(rootOf([1, 2, 8], [3, 4, 9]));
  });

  it('has targets and tokens likewise, tokens of two bytes as they stand in the file', () => {
    const targets = { inputs: Uint8Array.of(1, 2), features: 1, targets: Uint8Array.of(3, 4, 5, 6) };
    expect(samplesRoot(encodeDataset(targets))).toBe(rootOf([1, 3, 4], [2, 5, 6]));
    expect(samplesRoot(encodeDataset({ inputs: Uint16Array.of(1, 258, 3, 4), features: 2 }))).toBe(
      rootOf([1, 0, 2, 1], [3, 0, 4, 0]),
    );
  });

  it('has values of any type as they stand in the file, in the order of names and not of the file', () => {
    // In the file the wider type comes first.
    const shard = encodeDataset({ inputs: Uint8Array.of(1, 2), features: 1, targets: Float32Array.of(1, -2) });
    expect([...parseSafetensors(shard, { maxBytes: 999 }).keys()]).toEqual(['targets', 'inputs']);
    expect(samplesRoot(shard)).toBe(rootOf([1, 0, 0, 0x80, 0x3f], [2, 0, 0, 0, 0xc0]));
    const labelled = { inputs: Int32Array.of(-2, 3), features: 1, labels: Uint32Array.of(65_536, 1) };
    expect(samplesRoot(encodeDataset(labelled))).toBe(
      rootOf([0xfe, 0xff, 0xff, 0xff, 0, 0, 1, 0], [3, 0, 0, 0, 1, 0, 0, 0]),
    );
  });

  it('refuses tensors of unequal lengths, and none', () => {
    const u8 = (...shape: number[]) => ({
      dtype: 'U8' as const,
      shape,
      data: new Uint8Array(shape.reduce((a, b) => a * b, 1)),
    });
    const bad: Record<string, Tensor>[] = [{ inputs: u8(2, 2), labels: u8(3) }, { labels: u8() }, {}];
    for (const tensors of bad) {
      expect(() => samplesRoot(encodeSafetensors(tensors))).toThrowError(
        expect.objectContaining({ code: expect.stringMatching(/^PROTOCOL_/) as string }),
      );
    }
  });
});
