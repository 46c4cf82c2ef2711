import type { CoveyChain } from '@covey/client';
import { getSnapshotSettings, getVotingSettings } from '@covey/governance';
import { useQuery } from '@tanstack/vue-query';
import { coveyOf } from '../../../chain/covey.ts';
import type { AppConfig } from '../../../api/endpoints.ts';
import { keys } from '../../../api/keys.ts';
import type { Target } from '../draft.ts';

/** What publishing asks for, read from the contracts themselves. */
export interface PublishRules {
  /** Wei of votes that the author needs; 0: anyone, as far as the chain is concerned. */
  minPower: bigint;
  /** Seconds. */
  minDuration: number;
}

async function readRules(covey: CoveyChain) {
  const [voting, bound] = await Promise.all([
    getVotingSettings(covey),
    covey.deployment.snapshotVoting ? getSnapshotSettings(covey) : undefined,
  ]);
  const rules: Record<Target, PublishRules> = {
    tokenVoting: { minPower: voting.minProposerVotingPower, minDuration: Number(voting.minDuration) },
    snapshotBinding: {
      minPower: bound?.settings.minProposerVotingPower ?? 0n,
      minDuration: bound?.settings.minDuration ?? 0,
    },
    // The hub asks for some votes too; how many is its own affair, and it says so.
    snapshotSignal: { minPower: 1n, minDuration: 3_600 },
  };
  return { rules, space: bound?.space };
}

export function usePublishRules(config: AppConfig) {
  return useQuery({
    queryKey: keys.chain.voting(),
    queryFn: () => readRules(coveyOf(config)),
  });
}
