import { createCovey } from '@covey/client';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';
import { chainClient } from '../../chain/client.ts';

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
  const { deployment } = config;
  const covey = createCovey({ deployment, client: chainClient(config) });
  return useQuery({
    queryKey: computed(() => keys.wallet.stake(toValue(node), toValue(account) ?? '')),
    enabled: computed(() => toValue(account) !== undefined),
    queryFn: async (): Promise<StakeState> => {
      const owner = toValue(account) as Address;
      const [balance, allowance, position, policy] = await Promise.all([
        covey.token.balance(owner),
        covey.token.allowance(owner, deployment.stakeManager),
        covey.node(toValue(node)).position(owner),
        covey.policy.read(),
      ]);
      const { active, unstaking, availableAt, claimable, pool } = position;
      return {
        balance,
        allowance,
        active,
        unstaking,
        availableAt,
        claimable,
        frozen: pool.openCases > 0,
        cooldownSeconds: Number(policy.unstakeCooldown),
      };
    },
  });
}
