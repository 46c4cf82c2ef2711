import type { TaskOnChain } from '@covey/client';
import { admissionTree } from '@covey/protocol';
import { isAddressEqual, zeroHash, type Address, type Hex } from 'viem';
import { nodeError } from '../errors.ts';

/** The proof with which a node joins a task's rounds; empty where the task admits everybody. Throws NOT_ADMITTED. */
export function admissionOf(
  { taskId, admissionRoot }: Pick<TaskOnChain, 'taskId' | 'admissionRoot'>,
  node: Address,
  admitted: readonly Address[] = [],
): readonly Hex[] {
  if (admissionRoot === null || admissionRoot === zeroHash) return [];
  const { root, proofs } = admissionTree(admitted);
  if (root !== admissionRoot) {
    throw nodeError('NOT_ADMITTED', `Task ${taskId} admits the nodes of another list.`, {
      expected: `a list whose root is ${admissionRoot}`,
      got: admitted.length === 0 ? 'no list' : root,
    });
  }
  const proof = proofs[admitted.findIndex((one) => isAddressEqual(one, node))];
  if (proof) return proof;
  throw nodeError('NOT_ADMITTED', `Task ${taskId} does not admit ${node}.`, { got: node });
}
