import { coveyTokenAbi, tokenVotingAbi } from '@covey/contracts/abi';
import { voteOptions } from '@covey/governance/voting-settings';
import type { VoteOption } from '@covey/governance/voting-settings';
import { useConfig } from '@wagmi/vue';
import { readContract } from '@wagmi/vue/actions';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig, Proposal } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';

/** The number by which TokenVoting knows an option. */
export const numberOf = (option: VoteOption) => voteOptions.indexOf(option);

export interface VoteState {
  /** Votes of the account at the proposal's snapshot block, wei. */
  power: bigint;
  /** What the account voted so far. */
  voted: VoteOption | undefined;
  canVote: boolean;
  canExecute: boolean;
}

/** What this account may do with this proposal, asked of the contracts themselves. */
export function useVoteState(
  config: AppConfig,
  proposal: MaybeRefOrGetter<Proposal>,
  account: MaybeRefOrGetter<Address | undefined>,
) {
  const wagmi = useConfig();
  return useQuery({
    queryKey: computed(() => [
      ...keys.wallet.vote(toValue(proposal).id, toValue(account) ?? ''),
      toValue(proposal).state,
    ]),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: async (): Promise<VoteState> => {
      const voter = toValue(account) as Address;
      const { id, parameters } = toValue(proposal);
      const voting = { address: config.deployment.tokenVoting, abi: tokenVotingAbi } as const;
      const [power, option, canYes, canNo, canExecute] = await Promise.all([
        readContract(wagmi, {
          address: config.deployment.token,
          abi: coveyTokenAbi,
          functionName: 'getPastVotes',
          args: [voter, BigInt(parameters.snapshotBlock)],
        }),
        readContract(wagmi, { ...voting, functionName: 'getVoteOption', args: [BigInt(id), voter] }),
        // Where votes may be replaced, only another option can be voted.
        readContract(wagmi, { ...voting, functionName: 'canVote', args: [BigInt(id), voter, numberOf('yes')] }),
        readContract(wagmi, { ...voting, functionName: 'canVote', args: [BigInt(id), voter, numberOf('no')] }),
        readContract(wagmi, { ...voting, functionName: 'canExecute', args: [BigInt(id)] }),
      ]);
      const said = voteOptions[option];
      const voted = said === 'none' ? undefined : said;
      return { power, voted, canVote: canYes || canNo, canExecute };
    },
  });
}
