import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { concat, keccak256, numberToHex, toBytes, toHex } from 'viem';
import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { ParameterRoot, ROOT_CHUNK_BYTES, parameterRoot, rootChunks } from './parameter-root.ts';
import { PositionalTree, provePosition, verifyPosition } from './positional-tree.ts';

interface Vectors {
  cases: { bytes: number; chunks: number; root: Hex; proofs: { index: number; path: Hex[] }[] }[];
}
const file = new URL('../vectors/parameter-root.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const fileOf = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => 7 * i + Math.floor(i / 256));

describe('golden vectors of parameter roots', () => {
  it.each(cases)('$bytes bytes', ({ bytes, chunks, root, proofs }) => {
    const data = fileOf(bytes);
    expect(parameterRoot(data)).toBe(root);
    const leaves = rootChunks(data);
    expect(leaves).toHaveLength(chunks);
    for (const { index, path } of proofs) {
      const proof = provePosition(leaves, index);
      expect(proof.path).toEqual(path);
      expect(verifyPosition(root, proof)).toBe(true);
    }
  });
});

/** The tree as RFC 6962 defines it, from its top. */
function topOf(leaves: readonly Uint8Array[]): Hex {
  const [first] = leaves;
  if (first && leaves.length === 1) return keccak256(concat(['0x00', toHex(first)]));
  let half = 1;
  while (2 * half < leaves.length) half *= 2;
  return keccak256(concat(['0x01', topOf(leaves.slice(0, half)), topOf(leaves.slice(half))]));
}

const leaves = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 40 });
const rootOf = (all: readonly Uint8Array[]) => {
  const tree = new PositionalTree();
  for (const leaf of all) tree.add(leaf);
  return tree.root();
};

describe('the positional tree', () => {
  it('is RFC 6962’s, with the number of leaves in its root', () => {
    fc.assert(
      fc.property(leaves, (all) => {
        const count = numberToHex(all.length, { size: 8 });
        expect(rootOf(all)).toBe(keccak256(concat(['0x02', count, topOf(all)])));
      }),
    );
  });

  it('proves each leaf in its place and nowhere else', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (all, pick, other) => {
        const root = rootOf(all);
        const proof = provePosition(all, pick % all.length);
        expect(verifyPosition(root, proof)).toBe(true);
        const elsewhere = other % all.length;
        const same = elsewhere === proof.index;
        // Equal leaves may have equal neighbours: then the other place holds this leaf too.
        const holds = same || Buffer.compare(all[elsewhere]!, proof.leaf) === 0;
        if (!holds) expect(verifyPosition(root, { ...proof, index: elsewhere })).toBe(false);
        expect(verifyPosition(root, { ...proof, count: proof.count + 1 })).toBe(false);
        expect(verifyPosition(root, { ...proof, leaf: Uint8Array.of(...proof.leaf, 1) })).toBe(false);
        expect(verifyPosition(root, { ...proof, path: [...proof.path, root] })).toBe(false);
        if (proof.path.length > 0) expect(verifyPosition(root, { ...proof, path: proof.path.slice(1) })).toBe(false);
      }),
    );
  });

  it('takes no inner node for a leaf', () => {
    const all = [0, 1, 2, 3].map((n) => Uint8Array.of(n));
    const inner = (a: number, b: number) => toBytes(concat([topOf([all[a]!]), topOf([all[b]!])]));
    expect(rootOf([inner(0, 1), inner(2, 3)])).not.toBe(rootOf(all));
  });

  it('answers hostile proofs with no', () => {
    const all = [0, 1, 2].map((n) => Uint8Array.of(n));
    const root = rootOf(all);
    const proof = provePosition(all, 1);
    for (const change of [{ index: -1 }, { index: 3 }, { index: 0.5 }, { count: 0 }, { count: NaN }, { path: [] }])
      expect(verifyPosition(root, { ...proof, ...change })).toBe(false);
    expect(verifyPosition(root, { ...proof, path: ['0x12', ...proof.path.slice(1)] })).toBe(false);
    expect(() => provePosition(all, 3)).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
  });
});

describe('a parameter root', () => {
  it('does not depend on how the file is cut when it comes in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2500), { maxLength: 6 }), (pieces) => {
        const whole = fileOf(pieces.reduce((sum, length) => sum + length, 0));
        const stream = new ParameterRoot();
        let from = 0;
        for (const length of pieces) stream.update(whole.subarray(from, (from += length)));
        expect(stream.root()).toBe(parameterRoot(whole));
      }),
    );
  });

  it('differs for files that end in other places', () => {
    const sizes = [0, 1, 2, ROOT_CHUNK_BYTES, ROOT_CHUNK_BYTES + 1, 2 * ROOT_CHUNK_BYTES];
    const roots = sizes.map((bytes) => parameterRoot(new Uint8Array(bytes)));
    expect(new Set(roots).size).toBe(sizes.length);
  });
});
