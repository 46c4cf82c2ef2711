import { errorWords, readErrorWords, translations, type CoveyError, type ErrorCatalogue } from '@covey/errors';
import { shallowReactive } from 'vue';
import { useI18n } from 'vue-i18n';

/** The words of a language come when the first error in it is shown; until then it is shown in English. */
const catalogues = shallowReactive(new Map<string, ErrorCatalogue>());
const english: ErrorCatalogue = {};

function catalogueOf(locale: string): ErrorCatalogue {
  const language = translations.find((one) => one === locale);
  if (language === undefined) return english;
  const known = catalogues.get(language);
  if (known === undefined) {
    void readErrorWords(language).then(
      (words) => catalogues.set(language, words),
      // Without its file a language stays English; the next error asks again.
      () => undefined,
    );
  }
  return known ?? english;
}

/** What went wrong and what to do, in the reader's language: a contract's refusal by its name, else our code. */
export function useErrorText() {
  const { t, te, locale } = useI18n();
  const words = (error: CoveyError) => errorWords(error, catalogueOf(locale.value));
  return {
    /** The message under a key of a section, where there is one. */
    known: (section: string, key: string | undefined): string | undefined => {
      const path = `${section}.${key ?? ''}`;
      return key !== undefined && te(path) ? t(path) : undefined;
    },
    what: (error: CoveyError): string => words(error).meaning,
    advice: (error: CoveyError): string => words(error).action,
  };
}
