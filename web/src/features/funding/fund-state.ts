import { createCovey } from '@covey/client';
import type { TaskOnChain } from '@covey/client';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import type { Address } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { keys } from '../../api/keys.ts';
import { chainClient } from '../../chain/client.ts';

/** Whether the task's last round lets the next one open: none runs, and the claims of a paid one are open. */
export type LastRound = 'running' | 'unsettled' | 'settled';

/** What an account could do for a task, in wei; read from the chain, not from the index. */
export interface FundState {
  task: TaskOnChain;
  lastRound: LastRound;
  balance: bigint;
  allowance: bigint;
  /** Of the account: what its units are worth, and what waits for the open round to close. */
  units: bigint;
  waiting: bigint;
  minRoundPool: bigint;
}

export function useFundState(config: AppConfig, id: MaybeRefOrGetter<string>, account: MaybeRefOrGetter<Address>) {
  const { deployment } = config;
  const covey = createCovey({ deployment, client: chainClient(config) });

  async function readLastRound(taskId: bigint, opened: number): Promise<LastRound> {
    if (opened === 0) return 'settled';
    const round = covey.round({ taskId, round: opened - 1 });
    const phase = await round.phase();
    if (phase === 'void') return 'settled';
    if (phase !== 'claimable') return 'running';
    return (await round.rewards()).opened ? 'settled' : 'unsettled';
  }

  return useQuery({
    queryKey: computed(() => keys.wallet.funding(toValue(id), toValue(account))),
    queryFn: async (): Promise<FundState> => {
      const owner = toValue(account);
      const taskId = BigInt(toValue(id));
      const chosen = covey.task(taskId);
      const [task, balance, allowance, { units, waiting }, policy] = await Promise.all([
        chosen.read(),
        covey.token.balance(owner),
        covey.token.allowance(owner, deployment.taskManager),
        chosen.funding(owner),
        covey.policy.read(),
      ]);
      const lastRound = await readLastRound(taskId, task.roundsOpened);
      const { minRoundPool } = policy;
      return { task, lastRound, balance, allowance, units, waiting, minRoundPool };
    },
  });
}

/** What the contracts allow this account now; they say so themselves when it is sent. */
export function rightsOf({ task, lastRound, units, waiting, minRoundPool }: FundState, account: Address) {
  const undecided = task.state === 'proposed' || task.state === 'approved';
  const runs = task.state === 'approved' && task.roundsOpened < task.rounds;
  return {
    fund: undecided && task.roundsOpened < task.rounds,
    raise: undecided,
    redeem: !undecided && units + waiting > 0n,
    /** Is one who opens rounds, of which there are some left. */
    opener: runs && [task.creator, task.opener].includes(account),
    open: runs && lastRound === 'settled' && task.nextPool > 0n && task.nextPool >= minRoundPool,
  };
}
