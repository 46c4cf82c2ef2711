import { useConfig } from '@wagmi/vue';
import { readContract } from '@wagmi/vue/actions';
import { useQuery } from '@tanstack/vue-query';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { zeroAddress } from 'viem';
import type { Address } from 'viem';
import { keys } from '../../api/keys.ts';

export interface VotingPower {
  /** Wei that vote now for whoever holds the delegation. */
  votes: bigint;
  /** Liquid and staked tokens of the account itself. */
  units: bigint;
  balance: bigint;
  delegate: Address | undefined;
}

/** Read from the token itself, never from the server's index: a wallet must not sign on hearsay. */
export function useVotingPower(token: MaybeRefOrGetter<Address>, account: MaybeRefOrGetter<Address | undefined>) {
  const config = useConfig();
  return useQuery({
    queryKey: computed(() => keys.wallet.power(toValue(account) ?? '')),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: async (): Promise<VotingPower> => {
      const owner = toValue(account) as Address;
      const contract = { address: toValue(token), abi: coveyTokenAbi } as const;
      const [votes, units, balance, delegate] = await Promise.all([
        readContract(config, { ...contract, functionName: 'getVotes', args: [owner] }),
        readContract(config, { ...contract, functionName: 'votingUnits', args: [owner] }),
        readContract(config, { ...contract, functionName: 'balanceOf', args: [owner] }),
        readContract(config, { ...contract, functionName: 'delegates', args: [owner] }),
      ]);
      return { votes, units, balance, delegate: delegate === zeroAddress ? undefined : delegate };
    },
  });
}
