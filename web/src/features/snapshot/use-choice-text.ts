import { useI18n } from 'vue-i18n';
import { useFormat } from '../../ui/use-format.ts';
import { partsOf } from './ballot.ts';

/** A signed choice in words, as its type of proposal means it. */
export function useChoiceText() {
  const { t, locale } = useI18n();
  const format = useFormat();
  const list = (items: string[]) => new Intl.ListFormat(locale.value, { type: 'conjunction' }).format(items);

  return (type: string, choice: unknown, choices: readonly string[]): string => {
    const name = (one: unknown) => (typeof one === 'number' ? choices[one - 1] : undefined) ?? `#${String(one)}`;
    if (type === 'weighted' || type === 'quadratic') {
      const parts = partsOf(choice);
      const sum = parts.reduce((total, [, part]) => total + part, 0);
      return list(parts.map(([one, part]) => `${name(one)} ${format.percent(part / sum, 1)}`));
    }
    if (!Array.isArray(choice)) return name(choice);
    if (type !== 'ranked-choice') return list(choice.map(name));
    return choice.map((one, index) => t('snapshotVote.place', { place: index + 1, choice: name(one) })).join(' › ');
  };
}
