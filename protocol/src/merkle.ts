import { trainerLeafType } from '@covey/contracts/abi/structs';
import { concat, encodeAbiParameters, isAddress, keccak256 } from 'viem';
import type { AbiParameterToPrimitiveType, Address, Hex } from 'viem';
import { protocolError } from './errors.ts';
import { ZERO_BYTES32 } from './primitives.ts';

/** What a training node proves when it claims (`IRewardDistributor.sol` TrainerLeaf). */
export type TrainerLeaf = AbiParameterToPrimitiveType<typeof trainerLeafType>;

export interface Claim {
  leaf: TrainerLeaf;
  proof: Hex[];
}

export interface ClaimTree {
  root: Hex;
  /** In the order of the leaves given. */
  claims: Claim[];
}

/** Double hash, so that no inner node can pass for a leaf. */
export function leafHash(leaf: TrainerLeaf): Hex {
  // All of its members are of fixed size, so that the encoded struct is its members' encoding.
  return keccak256(keccak256(encodeAbiParameters([trainerLeafType], [leaf])));
}

/** Without leaves the root is zero. */
export function claimTree(leaves: readonly TrainerLeaf[]): ClaimTree {
  const { root, proofs } = standardTree(leaves.map(leafHash));
  return { root, claims: leaves.map((leaf, i) => ({ leaf, proof: at(proofs, i) })) };
}

/** What the chain's MerkleProof.verify computes. */
export function verifyClaim(root: Hex, claim: Claim): boolean {
  return claim.proof.reduce(pairHash, leafHash(claim.leaf)) === root;
}

export interface AdmissionTree {
  /** `admission.root` of a task that admits these nodes only. */
  root: Hex;
  /** With which each joins, in the order given. */
  proofs: Hex[][];
}

/** The list of the nodes that may train: leaves are (address node). */
export function admissionTree(nodes: readonly Address[]): AdmissionTree {
  return standardTree(
    nodes.map((node) => {
      if (!isAddress(node, { strict: false }))
        throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'not an address', { expected: '20 bytes', got: node });
      return keccak256(keccak256(encodeAbiParameters([{ type: 'address' }], [node])));
    }),
  );
}

/**
 * OpenZeppelin's standard Merkle tree (leaves sorted by hash, complete binary tree in an array, root first), as
 * `MerkleProof` verifies it. Written out because the package behind it brings a transaction library into the browser;
 * a test compares the two.
 */
function standardTree(leaves: readonly Hex[]): { root: Hex; proofs: Hex[][] } {
  if (leaves.length === 0) return { root: ZERO_BYTES32, proofs: [] };
  const sorted = leaves
    .map((hash, position) => ({ position, hash }))
    .sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  const size = 2 * leaves.length - 1;
  const tree = new Array<Hex>(size);
  const nodeOf = new Array<number>(leaves.length);
  for (const [i, { position, hash }] of sorted.entries()) {
    tree[size - 1 - i] = hash;
    nodeOf[position] = size - 1 - i;
  }
  for (let i = leaves.length - 2; i >= 0; i--) tree[i] = pairHash(at(tree, 2 * i + 1), at(tree, 2 * i + 2));

  const proofs = nodeOf.map((node) => {
    const proof: Hex[] = [];
    for (let i = node; i > 0; i = (i - 1) >> 1) proof.push(at(tree, i % 2 === 1 ? i + 1 : i - 1));
    return proof;
  });
  return { root: at(tree, 0), proofs };
}

function pairHash(a: Hex, b: Hex): Hex {
  return keccak256(concat(a < b ? [a, b] : [b, a]));
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`index ${index} of ${values.length}`);
  return value;
}
