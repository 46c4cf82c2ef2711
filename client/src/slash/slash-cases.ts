import { chainError, isRevert } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import { readCommitted, readSubmissionOf, readSubmissions } from '../chain/read-submissions.ts';
import { readTask } from '../chain/read-task.ts';
import { readValidators } from '../chain/read-validators.ts';
import { resultDocumentCid } from '../settle/accepted-document.ts';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import type { RoundOnChain } from '../chain/read-round.ts';
import { reasons, roundManagerAbi, slashCourtAbi, type ReasonName } from '@covey/contracts/abi';
import { cidToChain, decodeEnum } from '@covey/protocol';
import { isAddressEqual, parseEventLogs, type Address } from 'viem';
import { ignoreActions, type OnAction } from '../events.ts';
import { requireNumbered } from '../logs/check-counts.ts';

export interface SlashableFact {
  target: Address;
  reason: ReasonName;
}

/**
 * Who broke an objective rule in a round, as the court will find from the same contracts: all of them in a paid round,
 * validators that kept silent in one that was void because of that.
 */
export async function slashableFacts(covey: CoveyChain, taskId: bigint, round: number): Promise<SlashableFact[]> {
  const info = await readRound(covey, taskId, round);
  const paid = info.phase === 'claimable';
  const noResults = info.phase === 'void' && info.voidReason === 'noResults';
  const nothingCounted = info.phase === 'void' && info.voidReason === 'nothingCounted';
  if (!paid && !noResults && !nothingCounted) return [];
  const facts: SlashableFact[] = [];
  for (const { address: target, stage, seats, resultHash } of await readValidators(covey, info)) {
    if (stage === 'joined' && seats > 0) facts.push({ target, reason: 'validatorSilent' });
    if (!nothingCounted && (stage === 'attested' || stage === 'resultCommitted'))
      facts.push({ target, reason: 'resultNotRevealed' });
    if (paid && resultHash !== null && resultHash !== info.acceptedHash)
      facts.push({ target, reason: 'resultMismatch' });
  }
  if (paid) facts.push(...(await trainersFacts(covey, info)));
  return facts;
}

async function trainersFacts(covey: CoveyChain, info: RoundOnChain): Promise<SlashableFact[]> {
  const { taskId, round } = info;
  const [committed, submissions] = await Promise.all([readCommitted(covey, info), readSubmissions(covey, info)]);
  const revealed = new Set(submissions.map(({ node }) => node));
  const silent = await Promise.all(
    committed
      .filter((node) => !revealed.has(node))
      .map(async (target): Promise<SlashableFact[]> => {
        // Nothing is there where the round had no place left for it.
        const kept = await readSubmissionOf(covey, taskId, round, target);
        return kept ? [{ target, reason: 'submissionNotRevealed' }] : [];
      }),
  );
  const absent = await Promise.all(
    submissions
      .filter(({ counted }) => !counted)
      .map(async ({ index, node: target }): Promise<SlashableFact[]> => {
        const missing = await readMissingSeats(covey, info, index);
        // What some validators had is not counted where too few did, but the court takes no case for it.
        return missing === info.attestedSeats ? [{ target, reason: 'submissionUnavailable' }] : [];
      }),
  );
  return [...silent, ...absent].flat();
}

async function readMissingSeats(covey: CoveyChain, { taskId, round }: RoundOnChain, index: number): Promise<number> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'missingSeats',
      args: [taskId, round, index],
    });
  } catch (cause) {
    throw chainError(cause, `reading who lacked submission ${index} of round ${round} of task ${taskId}`);
  }
}

/**
 * Opens the cases that nobody opened yet, but for the sender's own. Evidence is the accepted result document, in a void round the task's: the
 * facts stand in the contracts. Returns what is left to open later.
 */
export async function openCases(
  covey: CoveyWriter,
  taskId: bigint,
  round: number,
  onEvent: OnAction = ignoreActions,
): Promise<{ opened: number; left: number }> {
  const all = await slashableFacts(covey, taskId, round);
  const facts = all.filter(({ target }) => !isAddressEqual(target, covey.sender.address));
  if (facts.length === 0) return { opened: 0, left: 0 };
  const info = await readRound(covey, taskId, round);
  const accepted = await readAccepted(covey, info);
  const evidence = accepted ? resultDocumentCid(accepted) : (await readTask(covey, taskId)).document;
  const known = await casesOfRound(covey, info);
  let opened = 0;
  let left = 0;
  for (const { target, reason } of facts) {
    if (known.some((open) => isAddressEqual(open.target, target) && open.reason === reason)) continue;
    try {
      const sent = await covey.sender.send({
        address: covey.deployment.slashCourt,
        abi: slashCourtAbi,
        functionName: 'open',
        args: [taskId, round, target, reasons.indexOf(reason), cidToChain(evidence)],
      });
      opened++;
      const [event] = parseEventLogs({ abi: slashCourtAbi, eventName: 'CaseOpened', logs: sent.logs });
      const { caseId = 0n, amount = 0n } = event?.args ?? {};
      const { tx, gasUsed } = sent;
      onEvent({ event: 'case-opened', caseId, target, reason, amount, taskId, round, tx, gasUsed });
    } catch (error) {
      // Another validator was first, or the time for cases is over.
      if (isRevert(error, 'NotProven')) left++;
      else if (!isRevert(error, 'CaseExists', 'TooLate')) throw error;
    }
  }
  return { opened, left };
}

/** Of all cases, which the court numbers, those of one round: LOGS_INCOMPLETE where one is missing. */
async function casesOfRound(covey: CoveyChain, { taskId, round }: RoundOnChain): Promise<SlashableFact[]> {
  const court = { address: covey.deployment.slashCourt, abi: slashCourtAbi } as const;
  try {
    const blockNumber = await newestBlock(covey);
    const [logs, count] = await Promise.all([
      covey.events({ ...court, eventName: 'CaseOpened', toBlock: blockNumber }),
      covey.publicClient.readContract({ ...court, functionName: 'caseCount', blockNumber }),
    ]);
    requireNumbered(
      'slash cases',
      logs.map(({ args }) => args.caseId),
      count,
    );
    return logs
      .filter(({ args }) => args.taskId === taskId && args.round === round)
      .map(({ args }) => ({ target: args.target, reason: decodeEnum(reasons, args.reason) }));
  } catch (cause) {
    throw chainError(cause, 'reading slash cases');
  }
}
