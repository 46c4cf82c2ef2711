import type { Action } from '@covey/governance';
import { computed } from 'vue';
import { useConfigQuery } from '../../api/use-config.ts';
import { useProposalDraft } from './use-proposal-draft.ts';
import { readCalls } from './calls.ts';
import type { ReadCalls } from './calls.ts';
import { textProblems } from './draft.ts';
import type { Step } from './steps.ts';

/** What the draft says so far: its calls as the catalogue reads them, and what is still missing, by step. */
export function useProposal() {
  const store = useProposalDraft();
  const config = useConfigQuery();
  const read = computed<ReadCalls>(() => {
    const deployment = config.data.value?.deployment;
    return deployment ? readCalls(store.draft.calls, deployment) : { calls: [] };
  });
  const actions = computed<Action[]>(() => read.value.actions ?? []);
  const texts = computed(() => textProblems(store.draft));
  const ready = computed(() => read.value.actions !== undefined && Object.keys(texts.value).length === 0);
  const problems = computed<Record<Step, number>>(() => ({
    calls: read.value.calls.filter(({ values }) => values === undefined).length + (read.value.problem ? 1 : 0),
    text: Object.keys(texts.value).length,
    review: 0,
    publish: 0,
  }));
  return { config, read, actions, texts, ready, problems };
}

export type Proposal = ReturnType<typeof useProposal>;
