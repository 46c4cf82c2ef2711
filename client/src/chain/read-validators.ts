import type { CoveyChain } from './chain.ts';
import { roundManagerAbi, validatorStages, type Deployment, type ValidatorStageName } from '@covey/contracts/abi';
import { decodeEnum, resultHash, type ResultSummary } from '@covey/protocol';
import { zeroHash, type Address, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { chainError } from './contract-error.ts';
import { pinRound } from './pin-round.ts';
import type { RoundOnChain } from './read-round.ts';
import { readStakeAtOpening, type Stake } from './read-stake.ts';

/** How far one validator has come in a round. */
export interface ValidatorProgress {
  /** `none` when it is no candidate. */
  stage: ValidatorStageName;
  /** 0 before the draw, and for who drew none. */
  seats: number;
}

export interface ValidatorOnChain extends ValidatorProgress {
  address: Address;
  /** What it attested to have, a word per 256 submissions; null before it attested. */
  bitmap: readonly bigint[] | null;
  /** null until revealed. */
  resultHash: Hex | null;
  /** As the round counts it. */
  stake: Stake;
}

export interface RevealedResult {
  resultHash: Hex;
  summary: ResultSummary;
}

/** True when a validator has come as far as `stage`, or further. */
export function hasReached({ stage }: ValidatorProgress, wanted: ValidatorStageName): boolean {
  return validatorStages.indexOf(stage) >= validatorStages.indexOf(wanted);
}

/** One validator's stage and seats, cheaply; at the latest mined block, or at a given one. */
export async function readValidator(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  validator: Address,
  blockNumber?: bigint,
): Promise<ValidatorProgress> {
  try {
    const entry = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'validator',
      args: [taskId, round, validator],
      ...(blockNumber !== undefined && { blockNumber }),
    });
    return { stage: decodeEnum(validatorStages, entry.stage), seats: entry.seats };
  } catch (cause) {
    throw chainError(cause, `reading validator ${validator} in round ${round} of task ${taskId}`);
  }
}

/**
 * Validators of a round in the order in which they joined, as of the newest block. Their intervals on the line of seats
 * join without a gap and end at the candidates' whole stake: none can be missing. LOGS_INCOMPLETE where one is.
 */
export async function readValidators(covey: CoveyChain, info: RoundOnChain): Promise<ValidatorOnChain[]> {
  const { taskId, round } = info;
  try {
    const { block, candidateStake } = await pinRound(covey, info);
    const logs = { ...logsOf(covey.deployment, info), toBlock: block };
    const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi, blockNumber: block } as const;
    const [joined, attested, revealed] = await Promise.all([
      covey.events({ ...logs, eventName: 'ValidatorJoined' }),
      covey.events({ ...logs, eventName: 'AvailabilityAttested' }),
      covey.events({ ...logs, eventName: 'ResultRevealed' }),
    ]);
    checkIntervals(
      joined.map(({ args }) => args),
      candidateStake,
    );
    const entries = await Promise.all(
      joined.map(async ({ args: { validator: address } }) => {
        const [entry, stake] = await Promise.all([
          covey.publicClient.readContract({ ...contract, functionName: 'validator', args: [taskId, round, address] }),
          readStakeAtOpening(covey, info, address),
        ]);
        return { address, entry, stake };
      }),
    );
    const bitmaps = new Map(attested.map(({ args }) => [args.validator, args.bitmap]));
    const hashes = new Map(revealed.map(({ args }) => [args.validator, args.resultHash]));
    return entries.map(({ address, entry, stake }): ValidatorOnChain => {
      const stage = decodeEnum(validatorStages, entry.stage);
      const bitmap = bitmaps.get(address) ?? null;
      if (hasReached({ stage, seats: entry.seats }, 'attested') !== (bitmap !== null)) {
        throw incomplete(`the attestation of ${address} as the contract has it`, bitmap === null ? 'none' : 'one');
      }
      return {
        address,
        stage,
        seats: entry.seats,
        bitmap,
        resultHash: fullHash(entry.resultHash, hashes.get(address), address),
        stake,
      };
    });
  } catch (cause) {
    throw chainError(cause, `reading the validators of round ${round} of task ${taskId}`);
  }
}

/** Each candidate's interval begins where the one before ends; the last ends at the sum that the contract keeps. */
function checkIntervals(joined: readonly { stake: bigint; intervalEnd: bigint }[], candidateStake: bigint): void {
  let end = 0n;
  for (const { stake, intervalEnd } of joined) {
    end += stake;
    if (intervalEnd !== end) throw incomplete(`a candidate whose interval ends at ${end}`, String(intervalEnd));
  }
  if (end !== candidateStake) throw incomplete(`candidates with a stake of ${candidateStake} wei`, String(end));
}

function incomplete(expected: string, got: string) {
  return clientError('LOGS_INCOMPLETE', 'The endpoint lacks logs of validators.', { expected, got });
}

/**
 * The different results that were revealed, with their summaries, which the chain keeps in the logs only. The seats on
 * them add up to those that revealed: LOGS_INCOMPLETE where one is missing.
 */
export async function readRevealedResults(covey: CoveyChain, info: RoundOnChain): Promise<RevealedResult[]> {
  const { taskId, round } = info;
  try {
    const { block, revealedSeats } = await pinRound(covey, info);
    const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi, blockNumber: block } as const;
    const logs = { ...logsOf(covey.deployment, info), toBlock: block };
    const revealed = await covey.events({ ...logs, eventName: 'ResultRevealed' });
    const results = new Map(revealed.map(({ args }) => [args.resultHash, args.summary]));
    const agreements = await Promise.all(
      [...results.keys()].map((hash) =>
        covey.publicClient.readContract({ ...contract, functionName: 'agreement', args: [taskId, round, hash] }),
      ),
    );
    const seats = agreements.reduce((sum, agreement) => sum + agreement.seats, 0);
    if (seats !== revealedSeats) throw incomplete(`results of ${revealedSeats} seats`, String(seats));
    return [...results].map(([hash, summary]) => {
      if (resultHash(summary) !== hash) throw incomplete(`a summary that hashes to ${hash}`, resultHash(summary));
      return { resultHash: hash, summary };
    });
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${round} of task ${taskId}`);
  }
}

function logsOf(deployment: Deployment, { taskId, round, openedBlock }: RoundOnChain) {
  return {
    address: deployment.roundManager,
    abi: roundManagerAbi,
    args: { taskId, round },
    fromBlock: openedBlock,
  } as const;
}

/** The contract keeps a revealed hash without its last three bytes; the log has all of it. */
function fullHash(kept: Hex, logged: Hex | undefined, validator: Address): Hex | null {
  if (kept === zeroHash) return null;
  if (logged?.slice(0, -6) === kept.slice(0, -6)) return logged;
  throw clientError('LOGS_INCOMPLETE', `The endpoint has no log of the result that ${validator} revealed.`, {
    expected: `a hash that begins with ${kept.slice(0, -6)}`,
    got: logged ?? 'none',
    hint: 'It may lag behind, or keep no logs of that age: try again, or another endpoint.',
  });
}
