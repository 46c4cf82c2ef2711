import { readBalance } from '@covey/client';
import { getVotingPower } from '@covey/governance';
import type { GetVotingPowerReturnType } from '@covey/governance';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';
import { coveyOf } from '../../chain/covey.ts';

export interface VotingPower extends GetVotingPowerReturnType {
  /** Wei in the account itself. */
  balance: bigint;
}

/** Read from the token itself, never from the server's index: a wallet must not sign on hearsay. */
export function useVotingPower(config: AppConfig, account: MaybeRefOrGetter<Address | undefined>) {
  const covey = coveyOf(config);
  return useQuery({
    queryKey: computed(() => keys.wallet.power(toValue(account) ?? '')),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: async (): Promise<VotingPower> => {
      const address = toValue(account) as Address;
      const [power, balance] = await Promise.all([getVotingPower(covey, { address }), readBalance(covey, address)]);
      return { ...power, balance };
    },
  });
}
