import { zeroHash } from 'viem';
import { disputeVerdicts } from '@covey/contracts/abi/enums';
import { resultHash } from '@covey/protocol';
import type { ResultSummary } from '@covey/protocol';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

export async function slashChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'overturn') return [];
  const { caseId } = argumentsOf<{ caseId: bigint }>(call);
  const read = () => ledger.value('slash.state', [caseId]);
  const about = [{ name: 'caseId', value: String(caseId) }];
  return [await ledger.change({ what: 'slash.state', about, read, next: 'overturned' })];
}

export async function answerChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'rule') return [];
  const { caseId, wrong } = argumentsOf<{ caseId: bigint; wrong: boolean }>(call);
  const read = () => ledger.value('answerCase.state', [caseId]);
  const about = [{ name: 'answerCaseId', value: String(caseId) }];
  return [await ledger.change({ what: 'answerCase.state', about, read, next: wrong ? 'executed' : 'dismissed' })];
}

export async function requestChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'rule') return [];
  const { requestId, verdict } = argumentsOf<{ requestId: bigint; verdict: number }>(call);
  const read = () => ledger.value('request.state', [requestId]);
  const about = [{ name: 'requestId', value: String(requestId) }];
  const next = disputeVerdicts[verdict] === 'bothWrong' ? 'refunded' : 'ruled';
  return [await ledger.change({ what: 'request.state', about, read, next })];
}

export async function rulingChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function === 'ruleCiphertextWithheld') return await withheldChangesOf(call, ledger);
  if (call.function !== 'rule') return [];
  const { taskId, round, summary } = argumentsOf<{ taskId: bigint; round: number; summary: ResultSummary }>(call);
  const about = [
    { name: 'taskId', value: String(taskId) },
    { name: 'round', value: String(round) },
  ];
  const phase = await ledger.change({
    what: 'round.phase',
    about,
    read: () => ledger.value('round.phase', [taskId, round]),
    next: summary.shardInvalid ? 'void' : 'claimable',
  });
  const result = await ledger.change({
    what: 'round.result',
    about,
    // Zero: no result was accepted so far.
    read: async () => {
      const hash = await ledger.value('round.result', [taskId, round]);
      return hash === zeroHash ? null : hash;
    },
    next: resultHash(summary),
  });
  return [phase, result];
}

/** The round stays void: what changes is its task. */
async function withheldChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { taskId } = argumentsOf<{ taskId: bigint }>(call);
  const about = [{ name: 'taskId', value: String(taskId) }];
  const change = (what: 'task.state' | 'task.creationStake', next: string | bigint) =>
    ledger.change({ what, about, read: () => ledger.value(what, [taskId]), next });
  return [await change('task.state', 'stopped'), await change('task.creationStake', 0n)];
}
