import { attestationsAbi } from '@covey/contracts/abi';
import type { Missing } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';
import { requireCount, seatsIn } from '../logs/check-counts.ts';
import type { CoveyChain } from './chain.ts';
import { chainError } from './contract-error.ts';
import { roundEvents, type RoundOnChain } from './read-round.ts';

/** What one validator committed, and revealed, of what it could fetch. */
export interface AttestationOnChain {
  validator: Address;
  seats: number;
  /** What it revealed; null where it did not. */
  revealed: Missing | null;
}

/**
 * The attestations of one attempt, in the order of the commits. Number and seats of the commits and of the reveals are
 * what the contract counts: LOGS_INCOMPLETE where one is missing.
 */
export async function readAttestations(
  covey: CoveyChain,
  info: RoundOnChain,
  attempt = info.attempt,
): Promise<AttestationOnChain[]> {
  const { taskId, round } = info;
  const contract = { address: covey.deployment.attestations, abi: attestationsAbi } as const;
  try {
    const [commits, reveals, counts] = await Promise.all([
      covey.events({ ...contract, eventName: 'AttestationCommitted', ...roundEvents(info) }),
      covey.events({ ...contract, eventName: 'AttestationRevealed', ...roundEvents(info) }),
      attempt === info.attempt
        ? info.attestations
        : covey.publicClient.readContract({
            ...contract,
            functionName: 'attestationCounts',
            args: [taskId, round, attempt],
            blockNumber: info.block,
          }),
    ]);
    const committed = commits.map(({ args }) => args).filter((one) => one.attempt === attempt);
    const revealed = reveals.map(({ args }) => args).filter((one) => one.attempt === attempt);
    const missing = revealed.filter((one) => one.ciphertextMissing);
    requireCount('attestations', BigInt(counts.committed), committed.length);
    requireCount('seats that attested', BigInt(counts.committedSeats), seatsIn(committed));
    requireCount('revealed attestations', BigInt(counts.revealed), revealed.length);
    requireCount('seats that revealed attestations', BigInt(counts.revealedSeats), seatsIn(revealed));
    requireCount('seats without the ciphertext', BigInt(counts.ciphertextMissing), seatsIn(missing));
    return committed.map(({ validator, seats }) => {
      const reveal = revealed.find((one) => isAddressEqual(one.validator, validator));
      return {
        validator,
        seats,
        revealed: reveal ? { ciphertextMissing: reveal.ciphertextMissing, missing: reveal.missing } : null,
      };
    });
  } catch (cause) {
    throw chainError(cause, `reading the attestations of round ${round} of task ${taskId}`);
  }
}
