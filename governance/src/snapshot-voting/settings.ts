import { encodeFunctionData } from 'viem';
import type { ContractFunctionArgs } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import type { CoveyChain } from '@covey/client';
import { pluginOf } from './plugin.ts';

/** `ISnapshotVoting.Settings`: ratios in parts of a million, times in seconds, power in wei. */
export type SnapshotSettings = ContractFunctionArgs<typeof snapshotVotingAbi, 'nonpayable', 'updateSettings'>[0];

/** Changes the rules of binding votes, for proposals registered afterwards. */
export const updateSnapshotSettings = (
  deployment: Pick<Deployment, 'snapshotVoting'>,
  settings: SnapshotSettings,
): Action => ({
  to: pluginOf(deployment),
  value: 0n,
  data: encodeFunctionData({ abi: snapshotVotingAbi, functionName: 'updateSettings', args: [settings] }),
});

export interface GetSnapshotSettingsReturnType {
  space: string;
  version: number;
  settings: SnapshotSettings;
}

/** The space whose messages count, and the rules in force. */
export async function getSnapshotSettings(covey: CoveyChain<'snapshotVoting'>): Promise<GetSnapshotSettingsReturnType> {
  const plugin = { address: pluginOf(covey.deployment), abi: snapshotVotingAbi } as const;
  const [space, version] = await Promise.all([
    covey.publicClient.readContract({ ...plugin, functionName: 'space' }),
    covey.publicClient.readContract({ ...plugin, functionName: 'settingsVersion' }),
  ]);
  const settings = await covey.publicClient.readContract({ ...plugin, functionName: 'settings', args: [version] });
  return { space, version, settings };
}
