import { seatsConstants } from '@covey/contracts/abi/constants';
import { encodeAbiParameters, keccak256 } from 'viem';
import type { Address, Hex } from 'viem';

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

export interface SeedParameters {
  /** The beacon's value for the end of the window before. */
  beacon: Hex;
  chainId: number;
  roundManager: Address;
  taskId: bigint;
  round: number;
  /** How often validators had been drawn before: 0 at first, and for training nodes. */
  attempt?: number | undefined;
}

/** The seed of a draw; that of a repeated one includes its attempt. */
export function seedOf({ beacon, chainId, roundManager, taskId, round, attempt = 0 }: SeedParameters): Hex {
  const values = [beacon, BigInt(chainId), roundManager, taskId, round] as const;
  const encoded =
    attempt === 0
      ? encodeAbiParameters(seedParameters, values)
      : encodeAbiParameters([...seedParameters, { type: 'uint8' }], [...values, attempt]);
  return keccak256(encoded);
}

const seedParameters = [
  { type: 'bytes32' },
  { type: 'uint256' },
  { type: 'address' },
  { type: 'uint256' },
  { type: 'uint32' },
] as const;
