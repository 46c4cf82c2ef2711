import { policyAbi, params, roundManagerAbi, type Deployment, type RoundPhaseName } from '@covey/contracts/abi';
import { cidFromChain, type PolicyValues, type ResultSummary, type RoundInputs } from '@covey/protocol';
import { zeroHash, type Address, type Hex, type PublicClient } from 'viem';
import { isRevert, NodeError } from '../errors.ts';
import { chainError } from './contract-error.ts';
import { phaseName } from './phase.ts';

/** Own and delegated in wei, commission scaled by 1e18. */
export interface Stake {
  own: bigint;
  delegated: bigint;
  commission: bigint;
}

export interface RoundOnChain {
  taskId: bigint;
  round: number;
  phase: RoundPhaseName;
  policyVersion: number;
  submissions: number;
  revealed: number;
  validators: number;
  /** Ends of the windows, unix seconds. */
  deadlines: {
    commit: number;
    reveal: number;
    key: number;
    availability: number;
    resultCommit: number;
    resultReveal: number;
  };
  challengeEnd: number;
  disputeEnd: number;
  /** The shard's key once published. */
  key: Hex | null;
  counted: boolean;
  countedBitmap: bigint;
  pool: bigint;
  selectedStake: bigint;
  revealedStake: bigint;
  acceptedHash: Hex | null;
  accepted: ResultSummary | null;
}

export interface SubmissionOnChain {
  index: number;
  node: Address;
  commitment: Hex;
  revealed: boolean;
  /** null until revealed. */
  cid: string | null;
  counted: boolean;
  stake: Stake;
}

export interface ValidatorOnChain {
  address: Address;
  attested: boolean;
  bitmap: bigint;
  resultCommitment: Hex | null;
  /** null until revealed. */
  resultHash: Hex | null;
  stake: Stake;
}

/** One round as the chain has it; `pending` so that the phase is what a transaction sent now would find. */
export async function readRound(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
): Promise<RoundOnChain> {
  try {
    const info = await publicClient.readContract({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'round',
      args: [taskId, round],
      blockTag: 'pending',
    });
    return {
      taskId,
      round,
      phase: phaseName(info.phase),
      policyVersion: info.policyVersion,
      submissions: info.submissions,
      revealed: info.revealed,
      validators: info.validators,
      deadlines: { ...info.deadlines },
      challengeEnd: info.challengeEnd,
      disputeEnd: info.disputeEnd,
      key: info.key === zeroHash ? null : info.key,
      counted: info.counted,
      countedBitmap: info.countedBitmap,
      pool: info.pool,
      selectedStake: info.selectedStake,
      revealedStake: info.revealedStake,
      acceptedHash: info.acceptedHash === zeroHash ? null : info.acceptedHash,
      accepted: info.acceptedHash === zeroHash ? null : info.accepted,
    };
  } catch (cause) {
    const error = chainError(cause, `reading round ${round} of task ${taskId}`);
    // The contract's only refusal here: the round was never opened.
    if (!isRevert(error)) throw error;
    throw new NodeError('ROUND_UNKNOWN', `Task ${taskId} has no round ${round}.`, { got: String(round), cause });
  }
}

export async function readSubmissions(
  publicClient: PublicClient,
  deployment: Deployment,
  round: RoundOnChain,
): Promise<SubmissionOnChain[]> {
  return await Promise.all(
    Array.from({ length: round.submissions }, (_, index) => readSubmission(publicClient, deployment, round, index)),
  );
}

async function readSubmission(
  publicClient: PublicClient,
  deployment: Deployment,
  { taskId, round, countedBitmap }: RoundOnChain,
  index: number,
): Promise<SubmissionOnChain> {
  try {
    const entry = await publicClient.readContract({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'submission',
      args: [taskId, round, index],
    });
    return {
      index,
      node: entry.node,
      commitment: entry.commitment,
      revealed: entry.revealed,
      cid: entry.revealed ? cidFromChain(entry.cid) : null,
      counted: ((countedBitmap >> BigInt(index)) & 1n) === 1n,
      stake: { ...entry.stake },
    };
  } catch (cause) {
    throw chainError(cause, `reading submission ${index} of round ${round} of task ${taskId}`);
  }
}

/** What a node submitted to a round, or null. */
export async function readSubmissionOf(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
  node: Address,
): Promise<SubmissionOnChain | null> {
  try {
    const [exists, index] = await publicClient.readContract({
      address: deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'submissionIndexOf',
      args: [taskId, round, node],
    });
    if (!exists) return null;
    return await readSubmission(
      publicClient,
      deployment,
      await readRound(publicClient, deployment, taskId, round),
      index,
    );
  } catch (cause) {
    throw chainError(cause, `reading the submission of ${node}`);
  }
}

/** Validators of a round in the order in which they joined, with their stake there and their revealed hash. */
export async function readValidators(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
): Promise<ValidatorOnChain[]> {
  const contract = { address: deployment.roundManager, abi: roundManagerAbi } as const;
  try {
    const addresses = await publicClient.readContract({
      ...contract,
      functionName: 'validators',
      args: [taskId, round],
    });
    return await Promise.all(
      addresses.map(async (address) => {
        const entry = await publicClient.readContract({
          ...contract,
          functionName: 'validator',
          args: [taskId, round, address],
        });
        return {
          address,
          attested: entry.attested,
          bitmap: entry.bitmap,
          resultCommitment: entry.resultCommitment === zeroHash ? null : entry.resultCommitment,
          resultHash: entry.resultHash === zeroHash ? null : entry.resultHash,
          stake: { ...entry.stake },
        };
      }),
    );
  } catch (cause) {
    throw chainError(cause, `reading the validators of round ${round} of task ${taskId}`);
  }
}

/** All governed numbers at a version. */
export async function readPolicy(
  publicClient: PublicClient,
  deployment: Deployment,
  version: number,
): Promise<PolicyValues> {
  try {
    const values = await publicClient.readContract({
      address: deployment.policy,
      abi: policyAbi,
      functionName: 'valuesAt',
      args: [version],
    });
    return Object.fromEntries(params.map((name, index) => [name, values[index]])) as PolicyValues;
  } catch (cause) {
    throw chainError(cause, `reading policy version ${version}`);
  }
}

/** SHA-256 of the scorer binary that was approved at a policy version. */
export async function readScorer(publicClient: PublicClient, deployment: Deployment, version: number): Promise<Hex> {
  try {
    return await publicClient.readContract({
      address: deployment.policy,
      abi: policyAbi,
      functionName: 'scorerAt',
      args: [version],
    });
  } catch (cause) {
    throw chainError(cause, `reading the scorer of policy version ${version}`);
  }
}

/** The model that a round starts from: that of the last claimable round before it, else the task's initial one. */
export async function readBase(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
  initialModel: string,
): Promise<string> {
  for (let earlier = round - 1; earlier >= 0; earlier--) {
    const { phase, accepted } = await readRound(publicClient, deployment, taskId, earlier);
    if (phase === 'claimable' && accepted) return cidFromChain(accepted.model);
  }
  return initialModel;
}

/**
 * Everything that scoring a round depends on, read from the chain alone. The initial model's CID comes from the task
 * document, whose own CID is on chain.
 */
export async function readRoundInputs(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
  task: { initialModel: string },
): Promise<RoundInputs> {
  const info = await readRound(publicClient, deployment, taskId, round);
  if (info.key === null || !info.counted) {
    throw new NodeError('ROUND_NOT_READY', `Round ${round} of task ${taskId} cannot be scored yet.`, {
      expected: 'a published key and counted availability',
      got: `phase ${info.phase}, key ${info.key === null ? 'not published' : 'published'}, ${info.counted ? '' : 'not '}counted`,
    });
  }
  const [submissions, policy, scorer, base] = await Promise.all([
    readSubmissions(publicClient, deployment, info),
    readPolicy(publicClient, deployment, info.policyVersion),
    readScorer(publicClient, deployment, info.policyVersion),
    readBase(publicClient, deployment, taskId, round, task.initialModel),
  ]);
  return {
    chainId: deployment.chainId,
    taskId,
    round,
    policyVersion: info.policyVersion,
    policy,
    scorer,
    base,
    key: info.key,
    submissions: submissions.map(({ index, node, cid, counted, stake }) => ({ index, node, cid, counted, stake })),
  };
}
