import type { CoveyChain } from './chain.ts';
import type { CoveyError } from '@covey/errors';
import { submissionsAbi } from '@covey/contracts/abi';
import { cidFromChain } from '@covey/protocol';
import { zeroHash, type Address, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { requireCount } from '../logs/check-counts.ts';
import { chainError } from './contract-error.ts';
import { readCandidate } from './read-candidates.ts';
import { readCounted, roundEvents, type RoundOnChain } from './read-round.ts';
import { readStakeInRound, type Stake } from './read-stake.ts';

/** A revealed submission. */
export interface SubmissionOnChain {
  /** In the order of the reveals, from 0. */
  index: number;
  node: Address;
  /** Its weight. */
  seats: number;
  cid: string;
  /** keccak256 Merkle root over the file in chunks of 1 KiB, as the node says. */
  parameterRoot: Hex;
  /** The block of its commit. */
  committedBlock: number;
  counted: boolean;
  /** As the round reads it. */
  stake: Stake;
}

/** What one node did in a round. */
export interface OwnSubmission {
  /** Its number once revealed. */
  index: number | null;
  seats: number;
  committedBlock: number;
}

/** A commitment, revealed or not. */
export interface CommittedSubmission {
  node: Address;
  seats: number;
  commitment: Hex;
}

/**
 * All revealed submissions of a round in their order. CIDs stand in the logs only, where a CID got by opening its
 * commitment; each log is checked against what the contract keeps of the reveal, and all against its count.
 */
export async function readSubmissions(covey: CoveyChain, info: RoundOnChain): Promise<SubmissionOnChain[]> {
  const { taskId, round } = info;
  const contract = { address: covey.deployment.submissions, abi: submissionsAbi } as const;
  try {
    const [logs, counted] = await Promise.all([
      covey.events({ ...contract, eventName: 'SubmissionRevealed', ...roundEvents(info) }),
      readCounted(covey, info),
    ]);
    const reveals = logs.map(({ args }) => args).toSorted((a, b) => a.index - b.index);
    if (reveals.length !== info.submissions || reveals.some(({ index }, i) => index !== i)) {
      throw incomplete(info, reveals.length);
    }
    return await Promise.all(
      reveals.map(async ({ index, node, seats, cid, parameterRoot, committedBlock }) => {
        const args = [taskId, round, node] as const;
        const [kept, candidate] = await Promise.all([
          covey.publicClient.readContract({ ...contract, functionName: 'submission', args, blockNumber: info.block }),
          readCandidate(covey, info, node),
        ]);
        if (kept.index !== index || kept.committedBlock !== committedBlock || kept.seats !== seats || !candidate) {
          throw incomplete(info, reveals.length);
        }
        const stake = await readStakeInRound(covey, info, candidate);
        return {
          index,
          node,
          seats,
          cid: cidFromChain(cid),
          parameterRoot,
          committedBlock,
          counted: isSet(counted, index),
          stake,
        };
      }),
    );
  } catch (cause) {
    throw chainError(cause, `reading the submissions of round ${round} of task ${taskId}`);
  }
}

/** Whether a bitmap of submissions, a word per 256, has this one's bit. */
export function isSet(words: readonly bigint[], index: number): boolean {
  return (((words[index >> 8] ?? 0n) >> BigInt(index & 255)) & 1n) === 1n;
}

function incomplete({ taskId, round, submissions }: RoundOnChain, found: number): CoveyError {
  return clientError('LOGS_INCOMPLETE', `The endpoint's logs of round ${round} of task ${taskId} are not whole.`, {
    expected: `${submissions} reveals as the contract has them`,
    got: String(found),
    hint: 'It may lag behind, or keep no logs of that age: try again, or another endpoint.',
  });
}

/** What a node committed or revealed in a round; null where nothing. */
export async function readSubmissionOf(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  node: Address,
): Promise<OwnSubmission | null> {
  const contract = {
    address: covey.deployment.submissions,
    abi: submissionsAbi,
    args: [taskId, round, node],
  } as const;
  try {
    const revealed = await covey.publicClient.readContract({ ...contract, functionName: 'submission' });
    const { index, committedBlock } = revealed;
    if (committedBlock !== 0) return { index, seats: revealed.seats, committedBlock };
    const [commitment, seats, block] = await covey.publicClient.readContract({
      ...contract,
      functionName: 'commitmentOf',
    });
    return commitment === zeroHash ? null : { index: null, seats, committedBlock: block };
  } catch (cause) {
    throw chainError(cause, `reading the submission of ${node}`);
  }
}

/** Who committed to a submission, whether it was revealed or not; as many as the contract counts, else LOGS_INCOMPLETE. */
export async function readCommitted(covey: CoveyChain, info: RoundOnChain): Promise<CommittedSubmission[]> {
  const { taskId, round } = info;
  try {
    const logs = await covey.events({
      address: covey.deployment.submissions,
      abi: submissionsAbi,
      eventName: 'SubmissionCommitted',
      ...roundEvents(info),
    });
    requireCount(`commitments of round ${round} of task ${taskId}`, BigInt(info.committed), logs.length);
    return logs.map(({ args: { node, seats, commitment } }) => ({ node, seats, commitment }));
  } catch (cause) {
    throw chainError(cause, `reading the commitments of round ${round} of task ${taskId}`);
  }
}
