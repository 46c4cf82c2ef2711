import { chainError } from '@covey/client';
import type { CoveyChain, RoundOnChain } from '@covey/client';
import {
  attestationsAbi,
  attestationStages,
  resultsAbi,
  resultStages,
  type AttestationStageName,
  type ResultStageName,
} from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import type { Address } from 'viem';

/** How far one validator has come in the present attempt of a round. */
export interface ValidatorProgress {
  attestation: AttestationStageName;
  result: ResultStageName;
}

/** As of the block that the round was read at. */
export async function readProgress(
  { publicClient, deployment }: CoveyChain,
  { taskId, round, attempt, block }: RoundOnChain,
  validator: Address,
): Promise<ValidatorProgress> {
  try {
    const [attestation, result] = await Promise.all([
      publicClient.readContract({
        address: deployment.attestations,
        abi: attestationsAbi,
        functionName: 'attestation',
        args: [taskId, round, attempt, validator],
        blockNumber: block,
      }),
      publicClient.readContract({
        address: deployment.results,
        abi: resultsAbi,
        functionName: 'validatorResult',
        args: [taskId, round, validator],
        blockNumber: block,
      }),
    ]);
    return {
      attestation: decodeEnum(attestationStages, attestation.stage),
      result: decodeEnum(resultStages, result.stage),
    };
  } catch (cause) {
    throw chainError(cause, `reading what validator ${validator} did in round ${round} of task ${taskId}`);
  }
}
