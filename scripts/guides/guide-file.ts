import { join } from 'node:path';
import { root } from '../process.ts';
import type { GuideLanguage } from './numbers.ts';
import type { GuideName } from './steps.ts';

/** English stands in the folder itself, other languages in one of their own. */
export const guideFile = (guide: GuideName, language: GuideLanguage): string =>
  join(root, 'docs/guides/roles', language === 'en' ? '' : language, `${guide}.md`);
