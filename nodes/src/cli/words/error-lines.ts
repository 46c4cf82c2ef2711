import { refusalFacts } from '@covey/client';
import { errorWords, isCoveyError } from '@covey/errors';
import { describeError } from '../exit-codes.ts';
import { errorCatalogue, phrase, say, sentence, spokenLanguage } from './say.ts';

/** An error for people, in their language; values and what has no translation stay as they are. */
export function errorLines(error: unknown): string[] {
  const { code, expected, got } = describeError(error);
  const [what, advice] = spokenLanguage() === 'en' ? inEnglish(error) : translated(error);
  const [first, ...more] = `${code}: ${what.join('\n')}`.split('\n');
  return [
    first ?? '',
    ...more.map((line) => `  ${line}`),
    ...(expected === undefined ? [] : [`  ${phrase('expected:')} ${sentence(expected) ?? expected}`]),
    ...(got === undefined ? [] : [`  ${phrase('got:')}      ${sentence(got) ?? got}`]),
    ...(advice === undefined ? [] : [`  ${advice}`]),
    ...(code === 'UNEXPECTED' ? unexpected(error) : []),
  ];
}

type Said = [what: string[], advice: string | undefined];

function inEnglish(error: unknown): Said {
  const { message, hint } = describeError(error);
  return [[message], hint];
}

/** What happened in the reader's words; where only its kind has words, those and the English beside. */
function translated(error: unknown): Said {
  const { message, hint } = describeError(error);
  const own = sentence(message);
  if (!isCoveyError(error)) return [[own ?? message], undefined];
  const { meaning, action } = errorWords(error, errorCatalogue());
  if (error.contractError !== undefined) return [[refusal(meaning, error.contractError, error.contractArgs)], action];
  return [own === undefined ? [meaning, message] : [own], hint === action ? (sentence(hint) ?? hint) : action];
}

/** A contract's refusal with what it is about, before its full stop. */
function refusal(meaning: string, name: string, args: readonly unknown[] = []): string {
  const facts = refusalFacts(name, args).map(({ label, value }) => `${phrase(label)} ${phrase(value)}`);
  return facts.length === 0 ? meaning : `${meaning.replace(/。$/, '')}（${facts.join('，')}）。`;
}

/** A fault of ours: nobody but us can read where it was, so that is shown only to who asks. */
function unexpected(error: unknown): string[] {
  if (process.env['COVEY_DEBUG'] && error instanceof Error) return error.stack?.split('\n') ?? [];
  return [`  ${say`This is a fault of covey. Report it with what you typed and with what COVEY_DEBUG=1 adds.`}`];
}
