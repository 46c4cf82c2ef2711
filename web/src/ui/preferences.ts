import { defineStore } from 'pinia';
import { ref, watch } from 'vue';

export const locales = ['en', 'zh-Hans', 'zh-Hant'] as const;
export type Locale = (typeof locales)[number];
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** public/theme.js reads the same key before the first paint. */
const STORAGE_KEY = 'covey.preferences';

export function matchLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (lower.startsWith('zh')) return /hant|tw|hk|mo/.test(lower) ? 'zh-Hant' : 'zh-Hans';
    if (lower.startsWith('en')) return 'en';
  }
  return 'en';
}

function read(): { locale?: string; theme?: string } {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

export const usePreferences = defineStore('preferences', () => {
  const stored = read();
  const locale = ref<Locale>(locales.find((known) => known === stored.locale) ?? matchLocale(navigator.languages));
  const theme = ref<Theme>(themes.find((known) => known === stored.theme) ?? 'system');

  watch(
    [locale, theme],
    () => {
      const root = document.documentElement;
      root.lang = locale.value;
      if (theme.value === 'system') delete root.dataset['theme'];
      else root.dataset['theme'] = theme.value;
    },
    { immediate: true },
  );
  // Only what the reader chose is stored, so that an untouched setting keeps following the system.
  const save = (patch: { locale?: Locale; theme?: Theme }) => {
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify({ ...read(), ...patch }));
    } catch {
      /* private mode: the choice lasts for this visit */
    }
  };
  const setLocale = (value: Locale) => {
    locale.value = value;
    save({ locale: value });
  };
  const setTheme = (value: Theme) => {
    theme.value = value;
    save({ theme: value });
  };
  return { locale, theme, setLocale, setTheme };
});
