import type { CoveyChain } from './chain.ts';
import {
  attestationsAbi,
  attestationStages,
  resultsAbi,
  resultStages,
  type AttestationStageName,
  type ResultStageName,
} from '@covey/contracts/abi';
import { decodeEnum, type Missing } from '@covey/protocol';
import type { Address, Hex } from 'viem';
import { chainError } from './contract-error.ts';
import { readAttestations } from './read-attestations.ts';
import { readCandidate, readCandidates, type CandidateOnChain } from './read-candidates.ts';
import { readResultsOf } from './read-results.ts';
import type { RoundOnChain } from './read-round.ts';
import { readStakeInRound, type Stake } from './read-stake.ts';

/** How far one validator has come in the present attempt of a round. */
export interface ValidatorProgress {
  /** Whether it is a candidate. */
  joined: boolean;
  /** 0 before the draw, and for who drew none. */
  seats: number;
  attestation: AttestationStageName;
  result: ResultStageName;
}

/** A candidate for validators' seats in the present attempt, with all that it did. */
export interface ValidatorOnChain extends ValidatorProgress {
  address: Address;
  /** Part of its pool that the round binds, 1e18 = all. */
  ratio: bigint;
  /** Effective stake in wei. */
  effective: bigint;
  /** What it could not fetch; null until revealed. */
  missing: Missing | null;
  /** null until revealed. */
  resultHash: Hex | null;
  /** As the round reads it. */
  stake: Stake;
}

/** One validator's progress, cheaply; at the latest mined block, or at that of `info`. */
export async function readValidator(
  covey: CoveyChain,
  info: Pick<RoundOnChain, 'taskId' | 'round' | 'attempt'> & Partial<Pick<RoundOnChain, 'block'>>,
  validator: Address,
): Promise<ValidatorProgress> {
  const { taskId, round, attempt, block } = info;
  const { deployment, publicClient } = covey;
  const at = block === undefined ? {} : { blockNumber: block };
  try {
    const [candidate, attestation, result] = await Promise.all([
      readCandidate(covey, info, validator),
      publicClient.readContract({
        address: deployment.attestations,
        abi: attestationsAbi,
        functionName: 'attestation',
        args: [taskId, round, attempt, validator],
        ...at,
      }),
      publicClient.readContract({
        address: deployment.results,
        abi: resultsAbi,
        functionName: 'validatorResult',
        args: [taskId, round, validator],
        ...at,
      }),
    ]);
    const joined = candidate?.role === 'validator';
    return {
      joined,
      seats: joined ? candidate.seats : 0,
      attestation: decodeEnum(attestationStages, attestation.stage),
      result: decodeEnum(resultStages, result.stage),
    };
  } catch (cause) {
    throw chainError(cause, `reading validator ${validator} in round ${round} of task ${taskId}`);
  }
}

/**
 * Validators of the present attempt in the order in which they joined. Each list that this rests on (candidates,
 * attestations, results) is checked against what the contracts count: LOGS_INCOMPLETE where one is missing.
 */
export async function readValidators(covey: CoveyChain, info: RoundOnChain): Promise<ValidatorOnChain[]> {
  try {
    const [candidates, attestations, results] = await Promise.all([
      readCandidates(covey, info, 'validator'),
      readAttestations(covey, info),
      readResultsOf(covey, info),
    ]);
    const attested = new Map(attestations.map((one) => [one.validator, one]));
    const resulted = new Map(results.map((one) => [one.validator, one]));
    return await Promise.all(
      candidates.map(async (candidate: CandidateOnChain): Promise<ValidatorOnChain> => {
        const { node: address, seats, ratio, stake: effective } = candidate;
        const attestation = attested.get(address);
        const result = resulted.get(address);
        return {
          address,
          joined: true,
          seats,
          ratio,
          effective,
          attestation: attestation ? (attestation.revealed ? 'revealed' : 'committed') : 'none',
          missing: attestation?.revealed ?? null,
          result: result ? (result.resultHash ? 'revealed' : 'committed') : 'none',
          resultHash: result?.resultHash ?? null,
          stake: await readStakeInRound(covey, info, candidate),
        };
      }),
    );
  } catch (cause) {
    throw chainError(cause, `reading the validators of round ${info.round} of task ${info.taskId}`);
  }
}

/** Whether a validator revealed exactly this result: the contract keeps all but the last three bytes of what it did. */
export async function hasRevealed(
  { deployment, publicClient }: CoveyChain,
  { taskId, round }: Pick<RoundOnChain, 'taskId' | 'round'>,
  validator: Address,
  resultHash: Hex,
): Promise<boolean> {
  try {
    const { stage, hash } = await publicClient.readContract({
      address: deployment.results,
      abi: resultsAbi,
      functionName: 'validatorResult',
      args: [taskId, round, validator],
    });
    return decodeEnum(resultStages, stage) === 'revealed' && hash.slice(0, -6) === resultHash.slice(0, -6);
  } catch (cause) {
    throw chainError(cause, `reading the result of ${validator} in round ${round} of task ${taskId}`);
  }
}
