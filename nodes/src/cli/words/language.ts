import type { Language } from '@covey/errors';

export const languages: readonly Language[] = ['en', 'zh-Hans', 'zh-Hant'];

/**
 * The language to speak: what `--lang` names, else the first of LC_ALL, LC_MESSAGES and LANG that says anything, as POSIX has
 * it. A wrong `--lang` is left to the parser, which refuses it.
 */
export function languageOf(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const named = at < 0 ? undefined : args[at]!.includes('=') ? args[at]!.slice('--lang='.length) : args[at + 1];
  const own = languages.find((language) => language === named);
  return own ?? languageOfLocale(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '');
}

/** `zh_TW.UTF-8` and the like; everything that is not Chinese is answered in English. */
function languageOfLocale(locale: string): Language {
  const [language, ...rest] = locale.toLowerCase().split(/[-_.@]/);
  if (language !== 'zh') return 'en';
  return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-Hant' : 'zh-Hans';
}
