import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { addCall, emptyDraft, isEmptyDraft, parseDraft } from './draft.ts';

const STORAGE_KEY = 'covey.proposal-draft';

function read() {
  try {
    return parseDraft(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null'));
  } catch {
    return emptyDraft();
  }
}

/** The proposal that this browser is writing; every change is kept, so that a reload loses nothing. */
export const useProposalDraft = defineStore('proposalDraft', () => {
  const draft = ref(read());
  /** Whether the reader has tried to go on: from then on what is missing shows as a problem. */
  const tried = ref(false);
  /** Page of what was just published; the draft is empty again then. */
  const published = ref<string>();
  const empty = () => isEmptyDraft(draft.value);

  watch(
    draft,
    (value) => {
      try {
        if (isEmptyDraft(value)) localStorage.removeItem(STORAGE_KEY);
        else localStorage.setItem(STORAGE_KEY, JSON.stringify(value));
      } catch {
        /* private mode, or no room left: the draft lasts for this visit */
      }
    },
    { deep: true },
  );

  function clear() {
    draft.value = emptyDraft();
    tried.value = false;
  }

  /** Adds the call that a link asks for, unless the draft has it already. */
  function prefill(kind: string, values: Record<string, string>): void {
    const same = draft.value.calls.some(
      (call) => call.kind === kind && Object.entries(values).every(([name, value]) => call.values[name] === value),
    );
    if (!same) addCall(draft.value, kind, values);
  }

  return { draft, tried, published, empty, clear, prefill };
});
