// Lines of `covey` as documents have them, held to the program.
import { covey } from '@covey/nodes/cli';

/** Words of a command line; quoted ones may hold blanks. */
export const wordsOf = (typed: string): string[] =>
  (typed.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));

/** What a command line, without `covey`, names that the command does not have. */
export function unknownIn(typed: string): string[] {
  let command = covey();
  const words = wordsOf(typed);
  for (;;) {
    const inner = command.commands.find((one) => one.name() === words[0] || one.alias() === words[0]);
    if (!inner) break;
    command = inner;
    words.shift();
  }
  const missing = command.options.filter(({ mandatory, long }) => mandatory && !words.includes(long!));
  return [...command.parseOptions(words).unknown, ...missing.map(({ long }) => `lacks ${long}`)];
}
