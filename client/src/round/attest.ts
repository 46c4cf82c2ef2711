import { attestationsAbi } from '@covey/contracts/abi';
import type { Missing } from '@covey/protocol';
import type { Hex } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import type { RoundId } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';

/** Commits to what could not be fetched; `commitment` is `attestationCommitment` of the protocol. */
export async function commitAttestation(
  covey: CoveyWriter,
  { taskId, round }: RoundId,
  commitment: Hex,
): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.attestations,
    abi: attestationsAbi,
    functionName: 'commitAttestation',
    args: [taskId, round, commitment],
  });
}

/** Reveals what could not be fetched: a word per 256 submissions. */
export async function revealAttestation(
  covey: CoveyWriter,
  { taskId, round }: RoundId,
  { ciphertextMissing, missing, salt }: Missing & { salt: Hex },
): Promise<Sent> {
  return await covey.sender.send({
    address: covey.deployment.attestations,
    abi: attestationsAbi,
    functionName: 'revealAttestation',
    args: [taskId, round, ciphertextMissing, [...missing], salt],
  });
}
