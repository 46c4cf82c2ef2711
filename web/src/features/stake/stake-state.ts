import { coveyTokenAbi, policyAbi, stakeManagerAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { useQuery } from '@tanstack/vue-query';
import { useConfig } from '@wagmi/vue';
import { readContract } from '@wagmi/vue/actions';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';

/** What an account holds in a node's pool and could do there, in wei; read from the chain, not from the index. */
export interface StakeState {
  balance: bigint;
  allowance: bigint;
  active: bigint;
  unstaking: bigint;
  /** When unstaking stake can leave, unix seconds; 0 when nothing waits. */
  availableAt: number;
  claimable: bigint;
  frozen: boolean;
  cooldownSeconds: number;
}

export function useStakeState(
  config: AppConfig,
  node: MaybeRefOrGetter<Address>,
  account: MaybeRefOrGetter<Address | undefined>,
) {
  const wagmi = useConfig();
  return useQuery({
    queryKey: computed(() => keys.wallet.stake(toValue(node), toValue(account) ?? '')),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: async (): Promise<StakeState> => {
      const { token, stakeManager, policy } = config.deployment;
      const owner = toValue(account) as Address;
      const pool = { address: stakeManager, abi: stakeManagerAbi } as const;
      const at = [toValue(node), owner] as const;
      const [balance, allowance, worth, position, openCases, cooldown] = await Promise.all([
        readContract(wagmi, { address: token, abi: coveyTokenAbi, functionName: 'balanceOf', args: [owner] }),
        readContract(wagmi, {
          address: token,
          abi: coveyTokenAbi,
          functionName: 'allowance',
          args: [owner, stakeManager],
        }),
        readContract(wagmi, { ...pool, functionName: 'worth', args: at }),
        readContract(wagmi, { ...pool, functionName: 'position', args: at }),
        readContract(wagmi, { ...pool, functionName: 'openCases', args: [at[0]] }),
        readContract(wagmi, {
          address: policy,
          abi: policyAbi,
          functionName: 'latest',
          args: [params.indexOf('unstakeCooldown')],
        }),
      ]);
      return {
        balance,
        allowance,
        active: worth[0],
        unstaking: worth[1],
        availableAt: Number(position.availableAt),
        claimable: position.claimable,
        frozen: openCases > 0n,
        cooldownSeconds: Number(cooldown),
      };
    },
  });
}
