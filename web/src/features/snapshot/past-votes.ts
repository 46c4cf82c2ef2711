import { coveyTokenAbi } from '@covey/contracts/abi';
import { useQuery } from '@tanstack/vue-query';
import { useConfig } from '@wagmi/vue';
import { readContract } from '@wagmi/vue/actions';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import { keys } from '../../api/keys.ts';

/** Votes of an account at a past block in wei, read from the token itself: the number that every counter uses. */
export function usePastVotes(
  token: MaybeRefOrGetter<Address>,
  account: MaybeRefOrGetter<Address | undefined>,
  block: MaybeRefOrGetter<number>,
) {
  const config = useConfig();
  return useQuery({
    queryKey: computed(() => keys.wallet.pastVotes(toValue(account) ?? '', toValue(block))),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: () =>
      readContract(config, {
        address: toValue(token),
        abi: coveyTokenAbi,
        functionName: 'getPastVotes',
        args: [toValue(account) as Address, BigInt(toValue(block))],
      }),
  });
}
