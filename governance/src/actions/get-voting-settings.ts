import { tokenVotingAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { votingModes } from '../voting-settings.ts';
import type { VotingSettings } from '../voting-settings.ts';

export type GetVotingSettingsReturnType = VotingSettings;

/** How TokenVoting decides now; a proposal keeps the settings that it was made under. */
export async function getVotingSettings({
  publicClient,
  deployment,
}: Pick<CoveyChain<'tokenVoting'>, 'publicClient' | 'deployment'>): Promise<GetVotingSettingsReturnType> {
  const at = { address: deployment.tokenVoting, abi: tokenVotingAbi } as const;
  const [mode, supportThreshold, minParticipation, minDuration, minProposerVotingPower] = await Promise.all([
    publicClient.readContract({ ...at, functionName: 'votingMode' }),
    publicClient.readContract({ ...at, functionName: 'supportThreshold' }),
    publicClient.readContract({ ...at, functionName: 'minParticipation' }),
    publicClient.readContract({ ...at, functionName: 'minDuration' }),
    publicClient.readContract({ ...at, functionName: 'minProposerVotingPower' }),
  ]);
  return {
    mode: decodeEnum(votingModes, mode),
    supportThreshold,
    minParticipation,
    minDuration,
    minProposerVotingPower,
  };
}
