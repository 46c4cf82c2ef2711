import { reasons, slashCourtAbi } from '@covey/contracts/abi';
import { cidToChain, decodeEnum } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError, ignoring, isRevert } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { readAccepted, readRound, type RoundOnChain } from '../chain/read-round.ts';
import { readTask } from '../chain/read-task.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { requireNumbered } from '../logs/check-counts.ts';
import { resultDocumentCid } from '../chain/result-document-cid.ts';
import { readActingFor } from '../stake/read-allocations.ts';
import { factsOf, type SlashableFact } from './slashable-facts.ts';

/**
 * Opens the cases that nobody opened yet, but for those against the node that the sender acts for. Evidence is the accepted
 * result document, in a void round the task's: the facts stand in the contracts. Returns what is left to open later.
 */
export async function openCases(
  covey: CoveyWriter,
  taskId: bigint,
  round: number,
  onEvent: OnAction = ignoreActions,
): Promise<{ opened: number; left: number }> {
  const info = await readRound(covey, taskId, round);
  const all = await factsOf(covey, info);
  if (all.length === 0) return { opened: 0, left: 0 };
  const { address: account } = covey.sender;
  // A node whose operator acts for it acts for nobody, and reports all the same.
  const own = (await ignoring(['OperatorActs'], () => readActingFor(covey, account))) ?? account;
  const known = await casesOfRound(covey, info);
  const facts = all.filter((fact) => !isAddressEqual(fact.target, own) && !known.some((open) => isSame(open, fact)));
  if (facts.length === 0) return { opened: 0, left: 0 };
  const accepted = await readAccepted(covey, info);
  const evidence = accepted ? resultDocumentCid(accepted) : (await readTask(covey, taskId)).document;
  let opened = 0;
  let left = 0;
  for (const fact of facts) {
    try {
      await openCase(covey, info, fact, evidence, onEvent);
      opened++;
    } catch (error) {
      // Somebody else was first, or the time for cases is over.
      if (isRevert(error, 'NotProven')) left++;
      else if (!isRevert(error, 'CaseExists', 'TooLate')) throw error;
    }
  }
  return { opened, left };
}

async function openCase(
  covey: CoveyWriter,
  { taskId, round }: RoundOnChain,
  { target, reason, attempt, missing }: SlashableFact,
  evidence: string,
  onEvent: OnAction,
): Promise<void> {
  const accusation = {
    taskId,
    round,
    attempt,
    target,
    reason: reasons.indexOf(reason),
    evidence: cidToChain(evidence),
    ciphertextMissing: missing?.ciphertextMissing ?? false,
    missing: missing ? [...missing.missing] : [],
  };
  const address = covey.deployment.slashCourt;
  const sent = await covey.sender.send({ address, abi: slashCourtAbi, functionName: 'open', args: [accusation] });
  const { caseId, amount } = eventIn(sent.receipt, address, slashCourtAbi, 'CaseOpened').args;
  onEvent({ event: 'case-opened', caseId, target, reason, amount, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
}

interface OpenCase extends Pick<SlashableFact, 'reason' | 'attempt'> {
  target: Address;
}

const isSame = (a: OpenCase, b: OpenCase): boolean =>
  isAddressEqual(a.target, b.target) && a.reason === b.reason && a.attempt === b.attempt;

/** Of all cases, which the court numbers, those of one round: LOGS_INCOMPLETE where one is missing. */
async function casesOfRound(covey: CoveyChain, { taskId, round, block }: RoundOnChain): Promise<OpenCase[]> {
  const court = { address: covey.deployment.slashCourt, abi: slashCourtAbi } as const;
  try {
    const [logs, count] = await Promise.all([
      covey.events({ ...court, eventName: 'CaseOpened', toBlock: block }),
      covey.publicClient.readContract({ ...court, functionName: 'caseCount', blockNumber: block }),
    ]);
    requireNumbered(
      'slash cases',
      logs.map(({ args }) => args.caseId),
      count,
    );
    return logs
      .filter(({ args }) => args.taskId === taskId && args.round === round)
      .map(({ args }) => ({ target: args.target, reason: decodeEnum(reasons, args.reason), attempt: args.attempt }));
  } catch (cause) {
    throw chainError(cause, 'reading slash cases');
  }
}
