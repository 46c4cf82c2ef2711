import { Help, type Argument, type Command, type Option } from 'commander';
import { phrase } from './say.ts';

/** What is known of an option besides its description stands behind it, in words that commander gives. */
function described(described: string, all: string): string {
  const known = all
    .slice(described.length)
    .replace(/\b(choices|default|env): /g, (_, word) => `${phrase(`${word}:`)} `);
  return phrase(described) + known;
}

/** Help of a command and of all below it, in the language that is spoken when it is asked for. */
export function speakHelp(command: Command): Command {
  command.configureHelp({
    styleTitle: phrase,
    commandDescription: (one: Command) => phrase(one.description()),
    subcommandDescription: (one: Command) => phrase(one.summary() || one.description()),
    optionDescription: (option: Option) => described(option.description, Help.prototype.optionDescription(option)),
    argumentDescription: (argument: Argument) =>
      described(argument.description, Help.prototype.argumentDescription(argument)),
  });
  for (const child of command.commands) speakHelp(child);
  return command;
}
