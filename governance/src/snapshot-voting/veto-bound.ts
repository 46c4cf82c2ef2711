import { encodeFunctionData } from 'viem';
import type { Hex } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import { pluginOf } from './plugin.ts';

/** Stops a binding Snapshot proposal that is not executed yet; for a TokenVoting proposal. */
export const vetoBound = (deployment: Pick<Deployment, 'snapshotVoting'>, id: Hex): Action => ({
  to: pluginOf(deployment),
  value: 0n,
  data: encodeFunctionData({ abi: snapshotVotingAbi, functionName: 'veto', args: [id] }),
});
