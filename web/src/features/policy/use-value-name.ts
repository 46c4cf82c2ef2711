import { useI18n } from 'vue-i18n';

/** Where the names of a value stand in the locales, the best first: a policy number, a value, a field that sets it. */
export const valueNameKeys = (what: string): string[] => {
  const last = what.split('.').at(-1) ?? '';
  return [
    ...(what.startsWith('policy.') ? [`params.${last}.name`] : []),
    `simulation.what.${what}`,
    `propose.field.${last}`,
  ];
};

/** What a value on chain is called. */
export function useValueName(): (what: string) => string {
  const { t, te } = useI18n();
  return (what) => {
    const key = valueNameKeys(what).find((known) => te(known));
    return key === undefined ? what : t(key);
  };
}
