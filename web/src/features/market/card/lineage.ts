import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { callEndpoint, endpoints } from '../../../api/endpoints.ts';
import type { Model } from '../../../api/endpoints.ts';
import { keys } from '../../../api/keys.ts';

/** How far back a line is followed: what is before that is found from there. */
const MOST_STEPS = 16;

/** A round that made a model of a base. */
export type Making = Model['madeBy'][number] & { modelCid: string };

export interface Lineage {
  /** From the first model on, each made of the one before. */
  line: Making[];
  /** What came from the model itself. */
  model: Model;
}

async function readLineage(cid: string, signal: AbortSignal): Promise<Lineage> {
  const model = await callEndpoint(endpoints.model, { params: { cid } }, signal);
  const line: Making[] = [];
  let current = model;
  for (let step = 0; step < MOST_STEPS; step++) {
    const [maker] = current.madeBy;
    if (!maker) break;
    line.unshift({ ...maker, modelCid: current.cid });
    // A base may have been given by a task's creator, and then nothing but the task knows it.
    if (maker.baseCid === null || line.some(({ modelCid }) => modelCid === maker.baseCid)) break;
    current = await callEndpoint(endpoints.model, { params: { cid: maker.baseCid } }, signal);
  }
  return { line, model };
}

/** What a model was made of, and what was made of it, as the index has it. */
export function useLineage(cid: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => [...keys.api(endpoints.model, { params: { cid: toValue(cid) } }), 'line']),
    queryFn: ({ signal }) => readLineage(toValue(cid), signal),
  });
}
