import { createCovey } from '@covey/client';
import { allocationsConstants } from '@covey/contracts/abi/constants';
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
  /** Part of the pool that rounds hold, 1e18 = all; and what that is of the account's stake here. */
  bound: bigint;
  held: bigint;
  cooldownSeconds: number;
  caseWindowSeconds: number;
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
      const pool = covey.node(toValue(node));
      const [balance, allowance, position, policy, { allocations }] = await Promise.all([
        covey.token.balance(owner),
        covey.token.allowance(owner, deployment.stakeManager),
        pool.position(owner),
        covey.policy.read(),
        pool.allocations(),
      ]);
      const { active, unstaking, availableAt, claimable } = position;
      const bound = allocations.reduce((sum, allocation) => sum + allocation.bound, 0n);
      return {
        balance,
        allowance,
        active,
        unstaking,
        availableAt,
        claimable,
        frozen: position.pool.openCases > 0,
        bound,
        held: ((active + unstaking) * bound) / allocationsConstants.ONE,
        cooldownSeconds: Number(policy.unstakeCooldown),
        caseWindowSeconds: Number(policy.caseWindow),
      };
    },
  });
}
