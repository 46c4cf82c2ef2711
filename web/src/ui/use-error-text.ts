import type { CoveyError } from '@covey/errors';
import { useI18n } from 'vue-i18n';

/** What went wrong, in the reader's language: a contract's refusal by its name, else our code, else as it was said. */
export function useErrorText() {
  const { t, te } = useI18n();
  const known = (section: string, key: string | undefined): string | undefined => {
    const path = `${section}.${key ?? ''}`;
    return key !== undefined && te(path) ? t(path) : undefined;
  };
  return {
    known,
    what: (error: CoveyError): string =>
      known('reverts', error.upstream) ?? known('errors', error.code) ?? error.shortMessage,
  };
}
