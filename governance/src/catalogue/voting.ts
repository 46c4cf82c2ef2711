import { encodeFunctionData } from 'viem';
import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { encodeVotingSettings } from '../voting-settings.ts';
import type { VotingSettings } from '../voting-settings.ts';
import type { Action } from './action.ts';

/** Changes how the DAO's votes are decided, for proposals made afterwards. */
export const updateVotingSettings = (
  deployment: Pick<Deployment, 'tokenVoting'>,
  settings: VotingSettings,
): Action => ({
  to: deployment.tokenVoting,
  value: 0n,
  data: encodeFunctionData({
    abi: tokenVotingAbi,
    functionName: 'updateVotingSettings',
    args: [encodeVotingSettings(settings)],
  }),
});
