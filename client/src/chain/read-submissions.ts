import type { CoveyChain } from './chain.ts';
import type { CoveyError } from '@covey/errors';
import { roundManagerAbi } from '@covey/contracts/abi';
import { cidFromChain } from '@covey/protocol';
import { zeroHash, type Address } from 'viem';
import { clientError } from '../errors.ts';
import { chainError } from './contract-error.ts';
import { pinRound } from './pin-round.ts';
import { readCounted, type RoundOnChain } from './read-round.ts';
import { readStakeAtOpening, type Stake } from './read-stake.ts';

/** A revealed submission. */
export interface SubmissionOnChain {
  /** In the order of the reveals, from 0. */
  index: number;
  node: Address;
  cid: string;
  /** The block of its commit. */
  committedBlock: number;
  counted: boolean;
  /** As the round counts it. */
  stake: Stake;
}

/** What one node did in a round. */
export interface OwnSubmission {
  /** Its number once revealed. */
  index: number | null;
  committedBlock: number;
}

/**
 * All revealed submissions of a round in their order. CIDs stand in the logs only, where a CID got by opening its
 * commitment; each log is checked against what the contract keeps of the reveal.
 */
export async function readSubmissions(covey: CoveyChain, info: RoundOnChain): Promise<SubmissionOnChain[]> {
  const { taskId, round, openedBlock } = info;
  const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi } as const;
  try {
    const [logs, counted] = await Promise.all([
      covey.events({
        ...contract,
        eventName: 'SubmissionRevealed',
        args: { taskId, round },
        fromBlock: openedBlock,
      }),
      readCounted(covey, taskId, round),
    ]);
    const reveals = logs.map(({ args }) => args).toSorted((a, b) => a.index - b.index);
    // Events may tell of one more, revealed since the round was read; one less, and the answer lacks some.
    if (reveals.length < info.submissions || reveals.some(({ index }, i) => index !== i)) {
      throw incomplete(info, reveals.length);
    }
    return await Promise.all(
      reveals.slice(0, info.submissions).map(async ({ index, node, cid, committedBlock }) => {
        const [kept, stake] = await Promise.all([
          covey.publicClient.readContract({ ...contract, functionName: 'submission', args: [taskId, round, node] }),
          readStakeAtOpening(covey, info, node),
        ]);
        if (kept.index !== index || kept.committedBlock !== committedBlock) throw incomplete(info, reveals.length);
        return { index, node, cid: cidFromChain(cid), committedBlock, counted: isCounted(counted, index), stake };
      }),
    );
  } catch (cause) {
    throw chainError(cause, `reading the submissions of round ${round} of task ${taskId}`);
  }
}

function isCounted(words: readonly bigint[], index: number): boolean {
  return (((words[index >> 8] ?? 0n) >> BigInt(index & 255)) & 1n) === 1n;
}

function incomplete({ taskId, round, submissions }: RoundOnChain, found: number): CoveyError {
  return clientError('LOGS_INCOMPLETE', `The endpoint's logs of round ${round} of task ${taskId} are not whole.`, {
    expected: `${submissions} reveals as the contract has them`,
    got: String(found),
    hint: 'It may lag behind, or keep no logs of that age: try again, or another endpoint.',
  });
}

/** What a node committed or revealed in a round; null where nothing, or where a full round took no more reveals. */
export async function readSubmissionOf(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  node: Address,
): Promise<OwnSubmission | null> {
  const contract = {
    address: covey.deployment.roundManager,
    abi: roundManagerAbi,
    args: [taskId, round, node],
  } as const;
  try {
    const revealed = await covey.publicClient.readContract({ ...contract, functionName: 'submission' });
    if (revealed.committedBlock !== 0) return { index: revealed.index, committedBlock: revealed.committedBlock };
    const [commitment, committedBlock] = await covey.publicClient.readContract({
      ...contract,
      functionName: 'commitmentOf',
    });
    return commitment === zeroHash ? null : { index: null, committedBlock };
  } catch (cause) {
    throw chainError(cause, `reading the submission of ${node}`);
  }
}

/**
 * Nodes that committed to a submission, whether they revealed it or not. The contract keeps no count of them: it is
 * checked that as many committed as revealed; that nobody else is missing, by blocks' headers alone.
 */
export async function readCommitted(covey: CoveyChain, info: RoundOnChain): Promise<Address[]> {
  const { taskId, round, openedBlock } = info;
  try {
    const { block, submissions } = await pinRound(covey, info);
    const logs = await covey.events({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      eventName: 'SubmissionCommitted',
      args: { taskId, round },
      fromBlock: openedBlock,
      toBlock: block,
    });
    if (logs.length < submissions) throw incomplete(info, logs.length);
    return logs.map(({ args }) => args.node);
  } catch (cause) {
    throw chainError(cause, `reading the commitments of round ${round} of task ${taskId}`);
  }
}
