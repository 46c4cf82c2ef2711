import { zeroHash } from 'viem';
import { roundManagerAbi } from '@covey/contracts/abi';
import { roundPhases } from '@covey/contracts/abi/enums';
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

export async function roundChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'rule') return [];
  const { roundManager } = ledger.deployment;
  const { taskId, round_, summary } = argumentsOf<{ taskId: bigint; round_: number; summary: ResultSummary }>(call);
  const about = [
    { name: 'taskId', value: String(taskId) },
    { name: 'round', value: String(round_) },
  ];
  const phase = await ledger.change({
    what: 'round.phase',
    about,

    read: async () => roundPhases[await ledger.read(roundManager, roundManagerAbi, 'phaseOf', [taskId, round_])],
    next: summary.shardInvalid ? 'void' : 'claimable',
  });
  const result = await ledger.change({
    what: 'round.result',
    about,
    // Zero: no result was accepted so far.
    read: async () => {
      const hash = await ledger.value('round.result', [taskId, round_]);
      return hash === zeroHash ? null : hash;
    },
    next: resultHash(summary),
  });
  return [phase, result];
}
