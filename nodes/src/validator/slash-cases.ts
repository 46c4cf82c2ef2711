import { reasons, slashCourtAbi, type Deployment, type ReasonName } from '@covey/contracts/abi';
import { isAddressEqual, parseEventLogs, type Address, type PublicClient } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import { readRound, readSubmissions, readValidators } from '../chain/read-round.ts';
import type { Sender } from '../chain/sender.ts';
import { codecs } from '../content/content-store.ts';
import { isRevert } from '../errors.ts';
import type { OnEvent } from '../events.ts';

export interface SlashableFact {
  target: Address;
  reason: ReasonName;
}

/** Who broke an objective rule in a round with an accepted result, from what the chain shows. */
export async function slashableFacts(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
): Promise<SlashableFact[]> {
  const info = await readRound(publicClient, deployment, taskId, round);
  if (!info.acceptedHash) return [];
  const [validators, submissions] = await Promise.all([
    readValidators(publicClient, deployment, taskId, round),
    readSubmissions(publicClient, deployment, info),
  ]);
  const facts: SlashableFact[] = [];
  for (const { address, resultHash, resultCommitment } of validators) {
    if (resultHash !== null && resultHash !== info.acceptedHash)
      facts.push({ target: address, reason: 'resultMismatch' });
    if (resultHash === null && resultCommitment !== null) facts.push({ target: address, reason: 'resultNotRevealed' });
  }
  const hadBySome = validators.reduce((bits, { bitmap }) => bits | bitmap, 0n);
  for (const { index, node, revealed } of submissions) {
    if (!revealed) facts.push({ target: node, reason: 'submissionNotRevealed' });
    // What some validators had is not counted where too few did, but the court takes no case for it.
    else if ((hadBySome & (1n << BigInt(index))) === 0n) facts.push({ target: node, reason: 'submissionUnavailable' });
  }
  return facts;
}

/**
 * Opens the cases that nobody opened yet; the accepted result document is the evidence. Returns what is left to open
 * later (the court may want the round closed first).
 */
export async function openCases(
  sender: Sender,
  deployment: Deployment,
  taskId: bigint,
  round: number,
  onEvent: OnEvent,
): Promise<{ opened: number; left: number }> {
  const { publicClient } = sender;
  const facts = await slashableFacts(publicClient, deployment, taskId, round);
  if (facts.length === 0) return { opened: 0, left: 0 };
  const { accepted } = await readRound(publicClient, deployment, taskId, round);
  const known = await casesOfRound(publicClient, deployment, taskId, round);
  let opened = 0;
  let left = 0;
  for (const { target, reason } of facts) {
    if (known.some((open) => isAddressEqual(open.target, target) && open.reason === reason)) continue;
    try {
      const sent = await sender.send({
        address: deployment.slashCourt,
        abi: slashCourtAbi,
        functionName: 'open',
        args: [
          taskId,
          round,
          target,
          reasons.indexOf(reason),
          { codec: BigInt(codecs.dagJson), digest: accepted!.documentDigest },
        ],
      });
      opened++;
      const [event] = parseEventLogs({ abi: slashCourtAbi, eventName: 'CaseOpened', logs: sent.logs });
      const { caseId = 0n, amount = 0n } = event?.args ?? {};
      onEvent({
        event: 'case-opened',
        caseId,
        target,
        reason,
        amount,
        taskId,
        round,
        tx: sent.tx,
        gasUsed: sent.gasUsed,
      });
    } catch (error) {
      // Another validator was first, or the court does not take the fact yet.
      if (isRevert(error, 'NotProven')) left++;
      else if (!isRevert(error, 'CaseExists')) throw error;
    }
  }
  return { opened, left };
}

export interface CaseOfRound extends SlashableFact {
  caseId: bigint;
}

async function casesOfRound(
  publicClient: PublicClient,
  deployment: Deployment,
  taskId: bigint,
  round: number,
): Promise<CaseOfRound[]> {
  try {
    const logs = await publicClient.getContractEvents({
      address: deployment.slashCourt,
      abi: slashCourtAbi,
      eventName: 'CaseOpened',
      fromBlock: BigInt(deployment.startBlock),
      strict: true,
    });
    return logs
      .filter(({ args }) => args.taskId === taskId && args.round === round)
      .map(({ args }) => ({ caseId: args.caseId, target: args.target, reason: reasons[args.reason]! }));
  } catch (cause) {
    throw chainError(cause, 'reading slash cases');
  }
}
