import type { CoveyError } from './covey-error.ts';

/** What an error means and what to do, in one language. */
export interface ErrorWords {
  meaning: string;
  action?: string | undefined;
}

/** By codes of packages and names of contracts' errors: both are unique, and neither is like the other. */
export type ErrorCatalogue = Readonly<Record<string, ErrorWords>>;

/** Written Chinese, for the mainland and Singapore, and for Taiwan, Hong Kong and Macao. English stands in the tables. */
export const translations = ['zh-Hans', 'zh-Hant'] as const;
export type Translation = (typeof translations)[number];
export type Language = 'en' | Translation;

const files: Record<Translation, () => Promise<{ default: ErrorCatalogue }>> = {
  'zh-Hans': () => import('../locales/zh-Hans.json', { with: { type: 'json' } }),
  'zh-Hant': () => import('../locales/zh-Hant.json', { with: { type: 'json' } }),
};

/** Read on demand: whoever reads English never loads one. */
export async function readErrorWords(language: Translation): Promise<ErrorCatalogue> {
  return (await files[language]()).default;
}

/**
 * What an error says in the catalogue's language: a contract's refusal by its name, else its code; a code that the catalogue
 * lacks in English. Advice for one case alone, which no catalogue has, stays as it was given.
 */
export function errorWords(error: CoveyError, catalogue: ErrorCatalogue): Required<ErrorWords> {
  const own = catalogue[error.code];
  const refusal = [error.contractError, error.upstream].map((name) => catalogue[name ?? '']).find(Boolean);
  const general = error.hint === error.action ? own?.action : undefined;
  return {
    meaning: refusal?.meaning ?? own?.meaning ?? error.meaning,
    action: refusal?.action ?? general ?? error.hint,
  };
}
