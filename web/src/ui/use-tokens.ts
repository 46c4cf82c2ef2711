import { computed, onScopeDispose, ref } from 'vue';
import { usePreferences } from './preferences.ts';

/** Values of design tokens for what cannot read CSS (charts); follows the theme. */
export function useTokens<const T extends string>(names: readonly T[]) {
  const preferences = usePreferences();
  const system = matchMedia('(prefers-color-scheme: dark)');
  const version = ref(0);
  const changed = () => (version.value += 1);
  system.addEventListener('change', changed);
  onScopeDispose(() => system.removeEventListener('change', changed));
  return computed(() => {
    // Both are read so that either changing computes the colours anew.
    void [preferences.theme, version.value];
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim()])) as Record<T, string>;
  });
}
