import type { Listing } from '../../api/endpoints.ts';
import { shorten } from '../../ui/format/text.ts';

type Translate = (key: string, values?: Record<string, unknown>) => string;
type Named = Pick<Listing, 'name' | 'kind' | 'taskId' | 'rounds' | 'modelCid'>;

/** What a listing is called: by its documents, or by what the chain knows of it. */
export function listingName({ name, kind, taskId, rounds, modelCid }: Named, t: Translate): string {
  if (taskId === null) return name ?? t('models.unnamed', { cid: shorten(modelCid, 8, 4) });
  const task = name ?? t('task.untitled', { id: taskId });
  return kind === 'round' ? t('models.ofRound', { task, round: rounds - 1 }) : task;
}

/** Its state in a word, and how good that is. */
export function listingState({ fraudulent, forSale, state }: Pick<Listing, 'fraudulent' | 'forSale' | 'state'>): {
  key: string;
  tone: 'good' | 'bad' | 'warn' | 'neutral';
} {
  if (fraudulent) return { key: 'fraudulent', tone: 'bad' };
  if (forSale) return { key: 'forSale', tone: 'good' };
  if (state === 'paused') return { key: 'paused', tone: 'warn' };
  return { key: state === 'delisted' ? 'delisted' : 'notSold', tone: 'neutral' };
}
