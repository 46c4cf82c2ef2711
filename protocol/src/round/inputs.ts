import type { CoveyError } from '@covey/errors';
import { getAddress, isAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { parseCid } from '../cid.ts';
import { keyCommitment } from '../commitments.ts';
import { protocolError } from '../errors.ts';
import type { ScoringPolicy } from '../policy.ts';
import { bytes32 } from '../primitives.ts';
import type { TaskDocument } from '../task.ts';
import { bitmapWords, indicesOf } from './availability.ts';
import { OPENED_SHARDS } from '../open-data-limits.ts';

export interface RoundSubmission {
  /** Order of the reveals, from 0. */
  index: number;
  node: Address;
  cid: string;
  parameterRoot: Hex;
  /** Seats of its node: its weight. */
  seats: number;
  /** Number of the block of the commit: of identical content the earliest counts, then the lowest index. */
  committedBlock: number;
}

/** Everything about a round that the chain knows before anybody reveals a result. */
export interface RoundInputs {
  chainId: number;
  taskId: bigint;
  round: number;
  policyVersion: number;
  /** As it was when the round opened. */
  policy: ScoringPolicy;
  /** SHA-256 of the approved core. */
  scorer: Hex;
  /** CID of the model that the round starts from. */
  base: string;
  /** The published key of this round's shard. */
  key: Hex;
  /** The latest shards that earlier rounds opened, whether they were finalized or void: at most `OPENED_SHARDS`, ascending. */
  opened: readonly { round: number; key: Hex }[];
  /** CID of the result document that was accepted last before this round; null before the first. */
  last: string | null;
  /** Bit i of word w is set where submission 256·w + i counts (`Attestations.countedBitmap`). */
  counted: readonly bigint[];
  submissions: readonly RoundSubmission[];
}

/** Inputs that hold together: submissions in their order, addresses canonical. */
export interface CheckedInputs extends Omit<RoundInputs, 'counted'> {
  counted: ReadonlySet<number>;
}

/** Checks inputs against the task and the loaded core. */
export function checkInputs(inputs: RoundInputs, task: TaskDocument, coreSha256: Hex): CheckedInputs {
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
  if (inputs.last !== null) parseCid(inputs.last);
  checkOpened(inputs, task);
  const submissions = [...inputs.submissions].sort((a, b) => a.index - b.index);
  submissions.forEach(checkSubmission);
  const seats = submissions.reduce((sum, submission) => sum + submission.seats, 0);
  const { trainerSeats } = inputs.policy;
  if (BigInt(seats) > trainerSeats) throw argument('more seats than the round has', `${trainerSeats}`, `${seats}`);
  return {
    ...inputs,
    scorer: inputs.scorer.toLowerCase() as Hex,
    counted: countedOf(inputs.counted, submissions.length),
    submissions: submissions.map((s) => ({ ...s, node: getAddress(s.node) })),
  };
}

function checkOpened({ round, opened }: RoundInputs, task: TaskDocument): void {
  if (opened.length > OPENED_SHARDS) throw argument('too many opened shards', `${OPENED_SHARDS}`, `${opened.length}`);
  opened.forEach((one, i) => {
    const before = opened[i - 1]?.round ?? -1;
    if (one.round <= before || one.round >= round)
      throw argument('opened shards are not of earlier rounds in their order', `above ${before}`, `${one.round}`);
    if (keyCommitment(one.key) !== task.validation.shards[one.round]?.keyCommitment) {
      throw protocolError('PROTOCOL_WRONG_KEY', `the key does not belong to the shard of round ${one.round}`, {
        expected: `a key with commitment ${task.validation.shards[one.round]?.keyCommitment}`,
      });
    }
  });
}

function checkSubmission(submission: RoundSubmission, place: number): void {
  const { index, node, cid, parameterRoot, seats, committedBlock } = submission;
  if (index !== place) throw argument('submission indices have a gap or repeat', `${place}`, `${index}`);
  if (!isAddress(node, { strict: false })) throw argument('not an address', '20 bytes', node);
  parseCid(cid);
  if (!bytes32.safeParse(parameterRoot).success) throw argument('not a root', '32 bytes in lower case', parameterRoot);
  if (!Number.isSafeInteger(seats) || seats < 1) throw argument('no seats', 'at least 1', `${seats}`);
  if (!Number.isSafeInteger(committedBlock) || committedBlock < 0)
    throw argument('not a block', 'a block number', `${committedBlock}`);
}

function countedOf(words: readonly bigint[], submissions: number): ReadonlySet<number> {
  const indices = indicesOf(words);
  const beyond = indices.find((index) => index >= submissions);
  if (words.length !== bitmapWords(submissions) || beyond !== undefined) {
    const got = beyond === undefined ? `${words.length} words` : `a bit for submission ${beyond}`;
    throw argument('the bitmap of what counts does not fit', `a bit for each of ${submissions}`, got);
  }
  return new Set(indices);
}

function argument(message: string, expected: string, got: string): CoveyError {
  return protocolError('PROTOCOL_INVALID_ARGUMENT', message, { expected, got });
}
