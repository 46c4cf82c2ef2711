import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import fc from 'fast-check';
import { getAddress, numberToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { admissionTree, claimTree, leafHash, verifyClaim } from './merkle.ts';
import type { TrainerLeaf } from './merkle.ts';

const leaf: fc.Arbitrary<TrainerLeaf> = fc.record({
  index: fc.nat(255),
  node: fc.bigInt({ min: 1n, max: (1n << 160n) - 1n }).map((n) => getAddress(numberToHex(n, { size: 20 }))),
  weight: fc.bigInt({ min: 1n, max: (1n << 256n) - 1n }),
});

describe('claimTree', () => {
  it('equals the OpenZeppelin standard Merkle tree, root and proofs', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 40 }), (leaves) => {
        const ours = claimTree(leaves);
        const theirs = StandardMerkleTree.of(
          leaves.map((l) => [l.index, l.node, l.weight] as [number, string, bigint]),
          ['uint32', 'address', 'uint256'],
        );
        expect(ours.root).toBe(theirs.root);
        const distinct = new Set(leaves.map(leafHash)).size === leaves.length;
        for (const [i, claim] of ours.claims.entries()) {
          expect(claim.leaf).toBe(leaves[i]);
          expect(verifyClaim(ours.root, claim)).toBe(true);
          if (distinct) expect(claim.proof).toEqual(theirs.getProof(i));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a changed leaf', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 9 }), fc.nat(), (leaves, pick) => {
        const { root, claims } = claimTree(leaves);
        const claim = claims[pick % claims.length];
        if (!claim) throw new Error('no claim');
        expect(verifyClaim(root, { ...claim, leaf: { ...claim.leaf, weight: claim.leaf.weight - 1n } })).toBe(false);
      }),
    );
  });

  it('has a zero root without leaves', () => {
    expect(claimTree([])).toEqual({ root: `0x${'00'.repeat(32)}`, claims: [] });
  });
});

describe('admissionTree', () => {
  it('is the standard tree over addresses, by whose proofs nodes join', () => {
    fc.assert(
      fc.property(fc.uniqueArray(leaf, { minLength: 1, maxLength: 20, selector: (l) => l.node }), (leaves) => {
        const nodes = leaves.map((l) => l.node);
        const ours = admissionTree(nodes);
        const theirs = StandardMerkleTree.of(
          nodes.map((node) => [node]),
          ['address'],
        );
        expect(ours.root).toBe(theirs.root);
        expect(ours.proofs).toEqual(nodes.map((_, i) => theirs.getProof(i)));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is no address', () => {
    expect(() => admissionTree(['0x12'])).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
  });
});
