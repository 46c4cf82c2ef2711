import type { CoveyError } from '@covey/errors';
import { getAddress, isAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { parseCid } from '../cid.ts';
import { keyCommitment } from '../commitments.ts';
import { protocolError } from '../errors.ts';
import type { PolicyValues } from '../policy.ts';
import { MAX_SUBMISSIONS } from '../rules.ts';
import type { TaskDocument } from '../task.ts';

export interface RoundSubmission {
  /** Order of the reveals, from 0. */
  index: number;
  node: Address;
  cid: string;
  /** Number of the block of the commit: of identical content the earliest counts, then the lowest index. */
  committedBlock: number;
  /** Enough validators could fetch it. */
  counted: boolean;
  /** At the end of the second before the round opened. */
  stake: { own: bigint; delegated: bigint; commission: bigint };
}

/** Everything about a round that the chain knows before anybody reveals a result. */
export interface RoundInputs {
  chainId: number;
  taskId: bigint;
  round: number;
  policyVersion: number;
  policy: PolicyValues;
  /** SHA-256 of the approved core. */
  scorer: Hex;
  /** CID of the model that the round starts from. */
  base: string;
  /** The published key of this round's shard. */
  key: Hex;
  submissions: readonly RoundSubmission[];
}

/** Checks inputs against the task and the loaded core; returns them with submissions in order and addresses canonical. */
export function checkInputs(inputs: RoundInputs, task: TaskDocument, coreSha256: Hex): RoundInputs {
  if (inputs.scorer.toLowerCase() !== coreSha256.toLowerCase()) {
    throw protocolError('PROTOCOL_SCORER_MISMATCH', 'this core is not the scorer of the round', {
      expected: inputs.scorer,
      got: coreSha256,
      hint: 'load the wasm whose SHA-256 the policy approved when the round opened',
    });
  }
  const shard = task.validation.shards[inputs.round];
  if (!shard) throw argument('the task has no such round', `0 to ${task.rounds - 1}`, `${inputs.round}`);
  if (keyCommitment(inputs.key) !== shard.keyCommitment) {
    throw protocolError('PROTOCOL_WRONG_KEY', `the key does not belong to the shard of round ${inputs.round}`, {
      expected: `a key with commitment ${shard.keyCommitment}`,
      hint: 'take the key from the KeyPublished event of this round',
    });
  }
  parseCid(inputs.base);
  if (inputs.submissions.length > MAX_SUBMISSIONS) {
    throw argument('too many submissions', `at most ${MAX_SUBMISSIONS}`, `${inputs.submissions.length}`);
  }
  const submissions = [...inputs.submissions].sort((a, b) => a.index - b.index);
  for (const [i, submission] of submissions.entries()) {
    if (submission.index !== i)
      throw argument('submission indices have a gap or repeat', `${i}`, `${submission.index}`);
    if (!isAddress(submission.node, { strict: false })) throw argument('not an address', '20 bytes', submission.node);
    parseCid(submission.cid);
    if (!Number.isSafeInteger(submission.committedBlock) || submission.committedBlock < 0)
      throw argument('not a block', 'a block number', `${submission.committedBlock}`);
  }
  return {
    ...inputs,
    scorer: inputs.scorer.toLowerCase() as Hex,
    submissions: submissions.map((s) => ({ ...s, node: getAddress(s.node) })),
  };
}

function argument(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_INVALID_ARGUMENT', message, { expected, got });
}
