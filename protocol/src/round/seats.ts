import { seatsConstants } from '@covey/contracts/abi/constants';
import { encodeAbiParameters, keccak256, type Hex } from 'viem';
import { ONE } from '../ratio.ts';

/** Roles that are drawn; the number goes into the hash of each seat. */
export const drawnRoles = { trainer: seatsConstants.TRAINERS, validator: seatsConstants.VALIDATORS } as const;

export type DrawnRole = keyof typeof drawnRoles;

/**
 * A draw of seats by stake, exactly as `Seats.sol` makes it: candidates lie end to end on a line of length
 * S = Σ effective stake; seat j of k is the point ⌊(j·2^64 + u_j)·S / (k·2^64)⌋, with u_j the first 64 bits of
 * keccak256(abi.encode(seed, role, j)). Each seat is drawn within its own step, so neither splitting a stake nor spacing
 * identities changes what it may expect.
 */
export interface SeatDraw {
  seed: Hex;
  role: DrawnRole;
  /** Length of the line: Σ effective stake of the candidates in wei. */
  candidateStake: bigint;
  seats: number;
}

/** Seats of the candidate whose interval is [end − stake, end), in wei. O(1), whatever the number of candidates. */
export function seatsOf({ end, stake }: { end: bigint; stake: bigint }, draw: SeatDraw): number {
  return Number(pointsBelow(end, draw) - pointsBelow(end - stake, draw));
}

/** How many points lie below x: of the step that x is in, the point must be computed (proof in `Seats.sol`). */
function pointsBelow(x: bigint, draw: SeatDraw): bigint {
  const step = (x * BigInt(draw.seats)) / draw.candidateStake;
  return step < BigInt(draw.seats) && pointOf(step, draw) < x ? step + 1n : step;
}

function pointOf(j: bigint, { seed, role, candidateStake, seats }: SeatDraw): bigint {
  const hash = keccak256(encodeAbiParameters(seatParameters, [seed, drawnRoles[role], j]));
  const u = BigInt(hash) >> 192n;
  return (((j << 64n) + u) * candidateStake) / (BigInt(seats) << 64n);
}

const seatParameters = [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'uint256' }] as const;

export interface CountParameters {
  /** How many submissions were revealed. */
  submissions: number;
  seats: number;
  /** Who attested: with how many seats, and which submissions they had. */
  attestations: readonly { seats: number; available: ReadonlySet<number> }[];
  /** The round's policy, scaled by 1e18. */
  policy: { availabilityThreshold: bigint; validatorQuorum: bigint };
}

/** Indices of the submissions that count: enough attesting seats had them, and enough seats attested at all. */
export function countedSubmissions({ submissions, seats, attestations, policy }: CountParameters): number[] {
  const attested = attestations.reduce((sum, entry) => sum + entry.seats, 0);
  if (attested === 0 || BigInt(attested) * ONE < policy.validatorQuorum * BigInt(seats)) return [];
  const needed = policy.availabilityThreshold * BigInt(attested);
  return Array.from({ length: submissions }, (_, index) => index).filter((index) => {
    const having = attestations.reduce((sum, entry) => sum + (entry.available.has(index) ? entry.seats : 0), 0);
    return BigInt(having) * ONE >= needed;
  });
}

/** Indices whose bits are set in an attestation's words, 256 a word. */
export function indicesOf(words: readonly bigint[]): number[] {
  return words.flatMap((word, w) => {
    const indices: number[] = [];
    for (let bit = 0; bit < 256; bit++) if ((word >> BigInt(bit)) & 1n) indices.push(256 * w + bit);
    return indices;
  });
}
