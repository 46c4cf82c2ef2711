import { encodeFunctionData } from 'viem';
import type { Address, Hex } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { GovernanceError } from '../errors.ts';
import type { Action } from './action.ts';

/** `ISnapshotVoting.Settings`: parts of a million, blocks, seconds, wei. */
export interface SnapshotSettings {
  supportThreshold: number;
  minParticipation: number;
  maxSnapshotAge: number;
  minDuration: number;
  submissionWindow: number;
  extension: number;
  delay: number;
  executionWindow: number;
  minProposerVotingPower: bigint;
}

function pluginOf({ snapshotVoting }: Pick<Deployment, 'snapshotVoting'>): Address {
  if (snapshotVoting) return snapshotVoting;
  throw new GovernanceError('GOV_INVALID_ARGUMENT', 'This DAO has not installed SnapshotVoting.', {
    expected: 'a deployment with snapshotVoting',
  });
}

/** Changes how Snapshot votes bind, for proposals registered afterwards. */
export const updateSnapshotSettings = (
  deployment: Pick<Deployment, 'snapshotVoting'>,
  settings: SnapshotSettings,
): Action => ({
  to: pluginOf(deployment),
  value: 0n,
  data: encodeFunctionData({ abi: snapshotVotingAbi, functionName: 'updateSettings', args: [settings] }),
});

/** Stops a bound Snapshot proposal that is not executed yet. */
export const vetoSnapshot = (deployment: Pick<Deployment, 'snapshotVoting'>, id: Hex): Action => ({
  to: pluginOf(deployment),
  value: 0n,
  data: encodeFunctionData({ abi: snapshotVotingAbi, functionName: 'veto', args: [id] }),
});
