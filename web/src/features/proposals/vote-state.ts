import { canExecute, getVote } from '@covey/governance';
import type { GetVoteReturnType } from '@covey/governance';
import { voteOptions } from '@covey/governance/voting-settings';
import type { VoteOption } from '@covey/governance/voting-settings';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig, Proposal } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';
import { coveyOf } from '../../chain/covey.ts';

/** The number by which TokenVoting knows an option. */
export const numberOf = (option: VoteOption) => voteOptions.indexOf(option);

export interface VoteState extends GetVoteReturnType {
  canExecute: boolean;
}

/** What this account may do with this proposal, asked of the contracts themselves. */
export function useVoteState(
  config: AppConfig,
  proposal: MaybeRefOrGetter<Proposal>,
  account: MaybeRefOrGetter<Address | undefined>,
) {
  const covey = coveyOf(config);
  return useQuery({
    queryKey: computed(() => [
      ...keys.wallet.vote(toValue(proposal).id, toValue(account) ?? ''),
      toValue(proposal).state,
    ]),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: async (): Promise<VoteState> => {
      const voter = toValue(account) as Address;
      const proposalId = BigInt(toValue(proposal).id);
      const [vote, executable] = await Promise.all([
        getVote(covey, { proposalId, voter }),
        canExecute(covey, { proposalId }),
      ]);
      return { ...vote, canExecute: executable };
    },
  });
}
