import { readBalance, readPolicyNumber } from '@covey/client';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig, Listing } from '../../../api/endpoints.ts';
import { keys } from '../../../api/keys.ts';
import { coveyOf } from '../../../chain/covey.ts';

/** What listing a model of this kind takes of its seller now, and what the seller has, in wei of COVEY. */
export function useListingCost(
  config: AppConfig,
  listing: MaybeRefOrGetter<Pick<Listing, 'kind'>>,
  seller: MaybeRefOrGetter<Address>,
) {
  const covey = coveyOf(config);
  return useQuery({
    queryKey: computed(() => keys.wallet.listingCost(toValue(listing).kind, toValue(seller))),
    queryFn: async () => {
      const sealed = toValue(listing).kind === 'sealed';
      const [fee, bond, balance] = await Promise.all([
        readPolicyNumber(covey, 'listingFee'),
        sealed ? readPolicyNumber(covey, 'sellerBond') : 0n,
        readBalance(covey, toValue(seller)),
      ]);
      return { sum: fee + bond, balance };
    },
  });
}
