import type { CoveyChain } from './chain.ts';
import { resultsAbi } from '@covey/contracts/abi';
import { resultHash, type ResultSummary } from '@covey/protocol';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { logsIncomplete, requireCount, seatsIn } from '../logs/check-counts.ts';
import { chainError } from './contract-error.ts';
import { roundEvents, type RoundOnChain } from './read-round.ts';

/** What one validator committed, and revealed, as the round's result. */
export interface ValidatorResultOnChain {
  validator: Address;
  seats: number;
  /** null where it was not revealed. */
  resultHash: Hex | null;
}

/** One of the different results that validators revealed. */
export interface RevealedResult {
  resultHash: Hex;
  summary: ResultSummary;
  /** Seats on it, and how many validators; Σ of their effective stake in wei. */
  seats: number;
  count: number;
  stake: bigint;
}

/** A challenge of the result that stands. */
export interface ChallengeOnChain {
  challenger: Address;
  /** Wei; 0 where the result is contested and validators revealed the other one. */
  bond: bigint;
  resultHash: Hex;
  summary: ResultSummary;
}

/**
 * Who committed and revealed results, in the order of the commits; numbers and seats are what the contract counts, else
 * LOGS_INCOMPLETE.
 */
export async function readResultsOf(covey: CoveyChain, info: RoundOnChain): Promise<ValidatorResultOnChain[]> {
  const contract = { address: covey.deployment.results, abi: resultsAbi } as const;
  try {
    const [commits, reveals] = await Promise.all([
      covey.events({ ...contract, eventName: 'ResultCommitted', ...roundEvents(info) }),
      covey.events({ ...contract, eventName: 'ResultRevealed', ...roundEvents(info) }),
    ]);
    const committed = commits.map(({ args }) => args);
    const revealed = reveals.map(({ args }) => args);
    requireCount('results that were committed', BigInt(info.results.committed), committed.length);
    requireCount('seats that committed results', BigInt(info.results.committedSeats), seatsIn(committed));
    requireCount('results that were revealed', BigInt(info.results.revealed), revealed.length);
    requireCount('seats that revealed results', BigInt(info.results.revealedSeats), seatsIn(revealed));
    return committed.map(({ validator, seats }) => {
      const reveal = revealed.find((one) => isAddressEqual(one.validator, validator));
      return { validator, seats, resultHash: reveal?.resultHash ?? null };
    });
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${info.round} of task ${info.taskId}`);
  }
}

/**
 * The different results that were revealed, most seats first, of equal ones the first revealed; with their summaries,
 * which the chain keeps in the logs only. Their seats add up to those that revealed: LOGS_INCOMPLETE where one is missing.
 */
export async function readRevealedResults(covey: CoveyChain, info: RoundOnChain): Promise<RevealedResult[]> {
  const { taskId, round } = info;
  const contract = { address: covey.deployment.results, abi: resultsAbi } as const;
  try {
    const revealed = await covey.events({ ...contract, eventName: 'ResultRevealed', ...roundEvents(info) });
    const summaries = new Map(revealed.map(({ args }) => [args.resultHash, args.summary]));
    const results = await Promise.all(
      [...summaries].map(async ([hash, summary]) => {
        checkSummary(hash, summary);
        const agreement = await covey.publicClient.readContract({
          ...contract,
          functionName: 'agreement',
          args: [taskId, round, hash],
          blockNumber: info.block,
        });
        return { resultHash: hash, summary, ...agreement };
      }),
    );
    requireCount('seats that revealed results', BigInt(info.results.revealedSeats), seatsIn(results));
    return results.toSorted((a, b) => b.seats - a.seats);
  } catch (cause) {
    throw chainError(cause, `reading the results of round ${round} of task ${taskId}`);
  }
}

/** The challenges of a round, in their order; as many as the contract counts, each as it keeps it, else LOGS_INCOMPLETE. */
export async function readChallenges(covey: CoveyChain, info: RoundOnChain): Promise<ChallengeOnChain[]> {
  const { taskId, round } = info;
  const contract = { address: covey.deployment.results, abi: resultsAbi } as const;
  try {
    const logs = await covey.events({ ...contract, eventName: 'ResultChallenged', ...roundEvents(info) });
    requireCount('challenges', BigInt(info.results.challenges), logs.length);
    return await Promise.all(
      logs.map(async ({ args: { challenger, bond, resultHash: hash, summary } }, index) => {
        checkSummary(hash, summary);
        const kept = await covey.publicClient.readContract({
          ...contract,
          functionName: 'challengeOf',
          args: [taskId, round, BigInt(index)],
          blockNumber: info.block,
        });
        if (kept.resultHash !== hash || !isAddressEqual(kept.challenger, challenger)) {
          throw logsIncomplete(
            'results',
            `the challenge of ${kept.challenger} with ${kept.resultHash}`,
            `${challenger} with ${hash}`,
          );
        }
        return { challenger, bond, resultHash: hash, summary };
      }),
    );
  } catch (cause) {
    throw chainError(cause, `reading the challenges of round ${round} of task ${taskId}`);
  }
}

function checkSummary(hash: Hex, summary: ResultSummary): void {
  if (resultHash(summary) !== hash)
    throw logsIncomplete('results', `a summary that hashes to ${hash}`, resultHash(summary));
}
