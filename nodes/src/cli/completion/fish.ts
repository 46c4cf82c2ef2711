import type { CompletedCommand, CompletedOption, CompletionTable } from './table.ts';

/** One `complete` a word that can be typed, on the condition of what stands before it. */
export function fishCompletion({ commands, groups }: CompletionTable): string {
  const inGroup = (group: string) => commands.filter(({ words }) => words.length === 2 && words[0] === group);
  return [
    '# fish completion of covey: covey completion fish | source',
    'complete -c covey -f',
    ...commands.filter(({ words }) => words.length === 1).map(({ words, summary }) => first(words[0]!, summary)),
    ...groups.map(({ name, summary }) => first(name, summary)),
    ...groups.flatMap(({ name }) => {
      const seen = inGroup(name).map(({ words }) => words[1]!);
      const condition = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${seen.join(' ')}`;
      return inGroup(name).map(({ words, summary }) => line(condition, `-a ${words[1]}`, summary));
    }),
    ...commands.flatMap(optionsOf),
    '',
  ].join('\n');
}

const first = (word: string, summary: string) => line('__fish_use_subcommand', `-a ${word}`, summary);

const line = (condition: string, what: string, description: string) =>
  `complete -c covey -n ${quoted(condition)} ${what} -d ${quoted(description)}`;

function optionsOf({ words, options, argument }: CompletedCommand): string[] {
  const condition = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  const lines = options.map((option) => line(condition, `${namesOf(option)}${takesOf(option)}`, option.description));
  if (argument === null || argument === 'other') return lines;
  const what = Array.isArray(argument) ? `-a ${quoted(argument.join(' '))}` : '-F';
  return [...lines, line(condition, what, '')];
}

const namesOf = ({ names }: CompletedOption) =>
  names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ');

function takesOf({ takes }: CompletedOption): string {
  if (takes === null) return '';
  if (takes === 'file' || takes === 'folder') return ' -r -F';
  return takes === 'other' ? ' -x' : ` -x -a ${quoted(takes.join(' '))}`;
}

const quoted = (text: string) => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;
