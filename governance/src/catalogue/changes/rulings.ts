import { zeroHash } from 'viem';
import { roundManagerAbi, slashCourtAbi } from '@covey/contracts/abi';
import { caseStates, roundPhases } from '@covey/contracts/abi/enums';
import { decodeEnum, resultHash } from '@covey/protocol';
import type { ResultSummary } from '@covey/protocol';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

export async function slashChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'overturn') return [];
  const { caseId } = argumentsOf<{ caseId: bigint }>(call);
  const read = async () =>
    decodeEnum(
      caseStates,
      (await ledger.read(ledger.deployment.slashCourt, slashCourtAbi, 'slashCase', [caseId])).state,
    );
  const about = [{ name: 'caseId', value: String(caseId) }];
  return [await ledger.change({ what: 'slash.state', about, unit: 'state', read, next: 'overturned' })];
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
    unit: 'state',
    read: async () =>
      decodeEnum(roundPhases, await ledger.read(roundManager, roundManagerAbi, 'phaseOf', [taskId, round_])),
    next: summary.shardInvalid ? 'void' : 'claimable',
  });
  const accepted = async () =>
    (await ledger.read(roundManager, roundManagerAbi, 'round', [taskId, round_])).acceptedHash;
  const result = await ledger.change({
    what: 'round.result',
    about,
    unit: 'hash',
    // Zero: no result was accepted so far.
    read: async () => {
      const hash = await accepted();
      return hash === zeroHash ? null : hash;
    },
    next: resultHash(summary),
  });
  return [phase, result];
}
