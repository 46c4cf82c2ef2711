import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import fc from 'fast-check';
import { getAddress, numberToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { claimTree, leafHash, verifyClaim } from './merkle.ts';
import type { TrainerLeaf } from './merkle.ts';

const leaf: fc.Arbitrary<TrainerLeaf> = fc.record({
  index: fc.nat(255),
  node: fc.bigInt({ min: 1n, max: (1n << 160n) - 1n }).map((n) => getAddress(numberToHex(n, { size: 20 }))),
  weight: fc.bigInt({ min: 1n, max: (1n << 256n) - 1n }),
  ownWeight: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
});

describe('claimTree', () => {
  it('equals the OpenZeppelin standard Merkle tree, root and proofs', () => {
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 40 }), (leaves) => {
        const ours = claimTree(leaves);
        const theirs = StandardMerkleTree.of(
          leaves.map((l) => [l.index, l.node, l.weight, l.ownWeight] as [number, string, bigint, bigint]),
          ['uint32', 'address', 'uint256', 'uint256'],
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
