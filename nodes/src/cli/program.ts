import { Command } from 'commander';
import { commands, groups } from './commands/index.ts';
import { languageOption, toCommand } from './define-command.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { speakHelp } from './words/help.ts';
import { phrase } from './words/say.ts';

export const jsonHelp =
  'With --json, stdout carries one object (schema covey.<command>/1, covey.error/1 on failure);\nof daemons one covey.event/1 object a line. Progress goes to stderr.';

/** The whole command line, from the list of commands. */
export function covey(): Command {
  const program = new Command('covey')
    .description('Take part in Covey: train, validate, keep rounds moving, verify, settle, buy, govern')
    .addOption(languageOption())
    .addHelpText('after', () => `\n${exitCodeHelp()}\n\n${phrase(jsonHelp)}`);
  for (const definition of commands) {
    const [group, command] = definition.name.split(' ');
    const parent = command === undefined ? program : groupOf(program, group!);
    parent.addCommand(toCommand(definition));
  }
  return speakHelp(program);
}

function groupOf(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const description = groups[name];
  if (description === undefined) throw new Error(`the group ${name} has no description`);
  const group = new Command(name).description(description).addOption(languageOption());
  program.addCommand(group);
  return group;
}
