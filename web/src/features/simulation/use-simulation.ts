import { simulateExecution } from '@covey/governance';
import type { Action, SimulationReport } from '@covey/governance';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { coveyOf } from '../../chain/covey.ts';
import { useConfigQuery } from '../../api/use-config.ts';
import { keys } from '../../api/keys.ts';

export interface SimulatedActions {
  actions: readonly Action[];
  /** Which plugin asks the DAO to execute. */
  from?: 'tokenVoting' | 'snapshotVoting';
  /** Bit i allows call i to fail. */
  mayFail?: bigint;
}

/** Runs the calls on the state of now, in the browser, against the chain's RPC; again when they change. */
export function useSimulation(input: MaybeRefOrGetter<SimulatedActions>) {
  const config = useConfigQuery();
  return useQuery({
    queryKey: computed(() =>
      keys.chain.simulation(toValue(input).actions, toValue(input).from ?? 'tokenVoting', toValue(input).mayFail ?? 0n),
    ),
    enabled: computed(() => config.data.value !== undefined && toValue(input).actions.length > 0),
    // Only what the reader asks for: a report that changes by itself cannot be read.
    staleTime: Infinity,
    queryFn: async (): Promise<SimulationReport> => {
      const known = config.data.value;
      if (!known) throw new TypeError('no configuration');
      const { actions, from, mayFail: allowFailureMap = 0n } = toValue(input);
      return await simulateExecution(coveyOf(known), { actions, allowFailureMap, ...(from && { from }) });
    },
  });
}
