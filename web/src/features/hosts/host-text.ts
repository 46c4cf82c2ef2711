import type { HostSummary } from '../../api/endpoints.ts';

/** How a host stands, and in which tone that is said. */
export function hostState({ serving, struck, state }: HostSummary) {
  if (serving) return { key: 'serving', tone: 'good' } as const;
  if (state === 'enlisted') return { key: 'unsecured', tone: 'warn' } as const;
  return struck ? ({ key: 'struck', tone: 'bad' } as const) : ({ key: 'left', tone: 'neutral' } as const);
}

/** What it calls itself; null where its offer is not there. */
export const hostName = ({ offer }: HostSummary): string | null => offer.value?.name.trim() || null;

/** Stars out of five. */
export const starsOf = ({ rating }: HostSummary): number | null =>
  rating.stars === null ? null : Number(BigInt(rating.stars) / 10n ** 15n) / 1000;
