import type { CoveyChain } from './chain.ts';
import { roundManagerAbi, validatorStages, type Deployment, type ValidatorStageName } from '@covey/contracts/abi';
import { decodeEnum, resultHash, type ResultSummary } from '@covey/protocol';
import { zeroHash, type Address, type Hex } from 'viem';
import { clientError } from '../errors.ts';
import { chainError } from './contract-error.ts';
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

/** One validator's stage and seats, cheaply. */
export async function readValidator(
  covey: CoveyChain,
  taskId: bigint,
  round: number,
  validator: Address,
): Promise<ValidatorProgress> {
  try {
    const entry = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'validator',
      args: [taskId, round, validator],
    });
    return { stage: decodeEnum(validatorStages, entry.stage), seats: entry.seats };
  } catch (cause) {
    throw chainError(cause, `reading validator ${validator} in round ${round} of task ${taskId}`);
  }
}

/** Validators of a round in the order in which they joined. */
export async function readValidators(covey: CoveyChain, info: RoundOnChain): Promise<ValidatorOnChain[]> {
  const { taskId, round } = info;
  try {
    const logs = logsOf(covey.deployment, info);
    const joined = await covey.events({ ...logs, eventName: 'ValidatorJoined' });
    const entries = await Promise.all(
      joined.map(async ({ args: { validator: address } }) => {
        const [entry, stake] = await Promise.all([
          covey.publicClient.readContract({
            address: covey.deployment.roundManager,
            abi: roundManagerAbi,
            functionName: 'validator',
            args: [taskId, round, address],
          }),
          readStakeAtOpening(covey, info, address),
        ]);
        return { address, entry, stake };
      }),
    );
    // After the state, so that they tell of everything in it, and perhaps of a little more.
    const [attested, revealed] = await Promise.all([
      covey.events({ ...logs, eventName: 'AvailabilityAttested' }),
      covey.events({ ...logs, eventName: 'ResultRevealed' }),
    ]);
    const bitmaps = new Map(attested.map(({ args }) => [args.validator, args.bitmap]));
    const hashes = new Map(revealed.map(({ args }) => [args.validator, args.resultHash]));
    return entries.map(({ address, entry, stake }): ValidatorOnChain => ({
      address,
      stage: decodeEnum(validatorStages, entry.stage),
      seats: entry.seats,
      bitmap: bitmaps.get(address) ?? null,
      resultHash: fullHash(entry.resultHash, hashes.get(address), address),
      stake,
    }));
  } catch (cause) {
    throw chainError(cause, `reading the validators of round ${round} of task ${taskId}`);
  }
}

/** The different results that were revealed, with their summaries, which the chain keeps in the logs only. */
export async function readRevealedResults(covey: CoveyChain, info: RoundOnChain): Promise<RevealedResult[]> {
  try {
    const logs = await covey.events({ ...logsOf(covey.deployment, info), eventName: 'ResultRevealed' });
    const results = new Map(logs.map(({ args }) => [args.resultHash, args.summary]));
    return [...results].flatMap(([hash, summary]) =>
      resultHash(summary) === hash ? [{ resultHash: hash, summary }] : [],
    );
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${info.round} of task ${info.taskId}`);
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
