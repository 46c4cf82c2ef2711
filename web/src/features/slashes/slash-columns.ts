import type { Column } from '../../ui/column.ts';

/** What `SlashRow` has a cell for. */
export const slashColumns = (t: (key: string) => string): Column[] => [
  { text: t('slashes.case') },
  { text: t('slashes.target') },
  { text: t('slashes.reason') },
  { text: t('round.round') },
  { text: t('task.state') },
  { text: t('slashes.amount'), end: true },
  { text: t('slashes.taken'), end: true },
  { text: t('slashes.reporter') },
  { text: t('slashes.evidence') },
  { text: t('slashes.appeal') },
];
