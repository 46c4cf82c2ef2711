import { modelMarketAbi } from '@covey/contracts/abi';
import { useQuery } from '@tanstack/vue-query';
import { erc20Abi } from 'viem';
import type { Address } from 'viem';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { AppConfig, Listing } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';
import { chainClient } from '../../chain/client.ts';

/** What an account could do with a listing; read from the chain, not from the index. Amounts in wei of its token. */
export interface BuyState {
  balance: bigint;
  allowance: bigint;
  /** Unix seconds; 0 for none. */
  licenceEnd: number;
  /** What it costs now: the index may be a block behind. */
  price: bigint;
  /** The DAO has paused new purchases until then, unix seconds; 0 for not. */
  pausedUntil: number;
}

export function useBuyState(
  config: AppConfig,
  listing: MaybeRefOrGetter<Pick<Listing, 'id' | 'kind' | 'token'>>,
  account: MaybeRefOrGetter<Address>,
) {
  const client = chainClient(config);
  const market = { address: config.deployment.modelMarket, abi: modelMarketAbi } as const;
  return useQuery({
    queryKey: computed(() => keys.wallet.licence(toValue(listing).id, toValue(account))),
    queryFn: async (): Promise<BuyState> => {
      const { id, kind, token } = toValue(listing);
      const owner = toValue(account);
      // What is asked of whoever sells it has the same form in both contracts.
      const { modelMarket, keyEscrow } = config.deployment;
      const seller = { ...market, address: kind === 'sealed' ? keyEscrow : modelMarket };
      const paidIn = { address: token.address, abi: erc20Abi } as const;
      const [balance, allowance, licenceEnd, { price }, pausedUntil] = await Promise.all([
        client.readContract({ ...paidIn, functionName: 'balanceOf', args: [owner] }),
        client.readContract({ ...paidIn, functionName: 'allowance', args: [owner, seller.address] }),
        client.readContract({ ...seller, functionName: 'licenceEnd', args: [BigInt(id), owner] }),
        client.readContract({ ...market, functionName: 'listing', args: [BigInt(id)] }),
        client.readContract({ ...seller, functionName: 'depositsPausedUntil' }),
      ]);
      return { balance, allowance, licenceEnd, price, pausedUntil };
    },
  });
}
