import { votingPower } from '@covey/governance';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';
import { chainClient } from '../../chain/client.ts';

/** Votes of an account at a past block in wei, read from the token itself: the number that every counter uses. */
export function usePastVotes(
  config: AppConfig,
  account: MaybeRefOrGetter<Address | undefined>,
  block: MaybeRefOrGetter<number>,
) {
  const { token } = config.deployment;
  const publicClient = chainClient(config);
  return useQuery({
    queryKey: computed(() => keys.wallet.pastVotes(toValue(account) ?? '', toValue(block))),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: () => votingPower({ publicClient, token, address: toValue(account) as Address, block: toValue(block) }),
  });
}
