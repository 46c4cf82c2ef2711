import { attestationsAbi, type ReasonName } from '@covey/contracts/abi';
import { excused, indicesOf, type Missing } from '@covey/protocol';
import type { Address } from 'viem';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { readAttestations, type AttestationOnChain } from '../chain/read-attestations.ts';
import { readCandidates } from '../chain/read-candidates.ts';
import { readResultsOf } from '../chain/read-results.ts';
import { readCounted, readRound, type RoundOnChain } from '../chain/read-round.ts';
import { readCommitted, readSubmissions } from '../chain/read-submissions.ts';

/** Somebody broke an objective rule. */
export interface SlashableFact {
  target: Address;
  reason: ReasonName;
  /** Of which draw of validators; 0 for training nodes. */
  attempt: number;
  /** What the target revealed to lack, where it must be brought: it attested, and committed no result. */
  missing: Missing | null;
}

/**
 * Who broke an objective rule in a closed round, as the court will find from the same contracts (`SlashFacts.sol`): in a
 * paid round everybody who did, in a void one those whose silence or withheld reveals made it void, and of attempts that
 * were repeated the silent where too few seats attested.
 */
export async function slashableFacts(covey: CoveyChain, taskId: bigint, round: number): Promise<SlashableFact[]> {
  return await factsOf(covey, await readRound(covey, taskId, round));
}

export async function factsOf(covey: CoveyChain, info: RoundOnChain): Promise<SlashableFact[]> {
  if (info.closedAt === 0) return [];
  const facts: SlashableFact[] = [];
  if (isPaid(info) || info.voidReason === 'noSubmissions') facts.push(...(await trainersSilence(covey, info)));
  if (isPaid(info)) facts.push(...(await absentSubmissions(covey, info)));
  for (let attempt = 0; attempt <= info.attempt; attempt++) {
    facts.push(...(await validatorsSilence(covey, info, attempt)));
  }
  if (isPaid(info) || info.voidReason === 'noResults') facts.push(...(await resultFacts(covey, info)));
  return facts;
}

const isPaid = ({ phase }: RoundOnChain): boolean => phase === 'claimable';

async function trainersSilence(covey: CoveyChain, info: RoundOnChain): Promise<SlashableFact[]> {
  const [candidates, committed, submissions] = await Promise.all([
    readCandidates(covey, info, 'trainer'),
    readCommitted(covey, info),
    readSubmissions(covey, info),
  ]);
  const revealed = new Set(submissions.map(({ node }) => node));
  const known = new Set(committed.map(({ node }) => node));
  return [
    ...committed.filter(({ node }) => !revealed.has(node)).map(({ node }) => factOf(node, 'submissionNotRevealed')),
    ...candidates
      .filter(({ node, seats }) => seats > 0 && !known.has(node))
      .map(({ node }) => factOf(node, 'trainerSilent')),
  ];
}

/** One validator who had a submission is enough against the case that it was unavailable. */
async function absentSubmissions(covey: CoveyChain, info: RoundOnChain): Promise<SlashableFact[]> {
  const { revealedSeats } = info.attestations;
  const uncounted = (await readSubmissions(covey, info)).filter(({ counted }) => !counted);
  const absent = await Promise.all(
    uncounted.map(async ({ index, node }) => {
      const missing = await readMissingSeats(covey, info, index);
      return revealedSeats > 0 && missing === revealedSeats ? [factOf(node, 'submissionUnavailable')] : [];
    }),
  );
  return absent.flat();
}

async function validatorsSilence(covey: CoveyChain, info: RoundOnChain, attempt: number): Promise<SlashableFact[]> {
  const attested = await readAttestations(covey, info, attempt);
  if (!showsSilence(info, attempt, attested)) return [];
  const candidates = await readCandidates(covey, info, 'validator', attempt);
  const known = new Set(attested.map(({ validator }) => validator));
  return [
    ...attested
      .filter(({ revealed }) => revealed === null)
      .map(({ validator }) => factOf(validator, 'attestationNotRevealed', attempt)),
    ...candidates
      .filter(({ node, seats }) => seats > 0 && !known.has(node))
      .map(({ node }) => factOf(node, 'validatorSilent', attempt)),
  ];
}

/** Seats of an earlier attempt that failed for something else than silence are excused. */
function showsSilence(info: RoundOnChain, attempt: number, attested: readonly AttestationOnChain[]): boolean {
  if (attempt === info.attempt) return isPaid(info) || info.voidReason === 'notAttested';
  const seats = attested.reduce((sum, one) => sum + (one.revealed === null ? 0 : one.seats), 0);
  return 2 * seats < info.validatorSeats;
}

async function resultFacts(covey: CoveyChain, info: RoundOnChain): Promise<SlashableFact[]> {
  const { attempt, acceptedHash } = info;
  const [attested, results, counted] = await Promise.all([
    readAttestations(covey, info),
    readResultsOf(covey, info),
    readCounted(covey, info),
  ]);
  const counting = indicesOf(counted);
  const known = new Set(results.map(({ validator }) => validator));
  const facts: SlashableFact[] = [];
  for (const { validator, resultHash } of results) {
    if (resultHash === null) facts.push(factOf(validator, 'resultNotRevealed', attempt));
    else if (isPaid(info) && resultHash !== acceptedHash) facts.push(factOf(validator, 'resultMismatch', attempt));
  }
  for (const { validator, revealed: missing } of attested) {
    if (missing === null || known.has(validator) || excused(missing, counting)) continue;
    facts.push({ target: validator, reason: 'resultNotRevealed', attempt, missing });
  }
  return facts;
}

const factOf = (target: Address, reason: ReasonName, attempt = 0): SlashableFact => ({
  target,
  reason,
  attempt,
  missing: null,
});

async function readMissingSeats(covey: CoveyChain, info: RoundOnChain, index: number): Promise<number> {
  const { taskId, round, attempt, block } = info;
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.attestations,
      abi: attestationsAbi,
      functionName: 'missingSeats',
      args: [taskId, round, attempt, index],
      blockNumber: block,
    });
  } catch (cause) {
    throw chainError(cause, `reading who lacked submission ${index} of round ${round} of task ${taskId}`);
  }
}
