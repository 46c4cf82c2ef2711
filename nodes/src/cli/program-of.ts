import { Command, CommanderError } from 'commander';
import { languageOption, toCommand, type CommandDefinition } from './define-command.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { output } from './output.ts';
import { versionLines, versions } from './versions.ts';
import { speakHelp } from './words/help.ts';
import { phrase } from './words/say.ts';

export const jsonHelp =
  'With --json, stdout carries one object (schema covey.<command>/1, covey.error/1 on failure);\nof daemons one covey.event/1 object a line. Progress goes to stderr.';

type Groups = Readonly<Record<string, string>>;

/** A command line of these commands; of two words each is in its group, which has a sentence. */
export function programOf(commands: readonly CommandDefinition[], groups: Groups): Command {
  const program = new Command('covey')
    .description('Take part in Covey: train, validate, keep rounds moving, verify, settle, buy, govern')
    .addOption(languageOption())
    .option('-V, --version', 'versions of the package, of the core and of Node')
    .on('option:version', showVersions)
    .addHelpText('after', () => `\n${exitCodeHelp()}\n\n${phrase(jsonHelp)}`);
  for (const definition of commands) {
    const [group, command] = definition.name.split(' ');
    const parent = command === undefined ? program : groupOf(program, groups, group!);
    parent.addCommand(toCommand(definition));
  }
  return speakHelp(program);
}

/** As commander's own does, but they are looked up only when they are asked for. */
function showVersions(): never {
  const found = versions();
  output(process.argv.includes('--json')).result('covey.version/1', { ...found }, versionLines(found));
  throw new CommanderError(0, 'commander.version', found.covey);
}

function groupOf(program: Command, groups: Groups, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const description = groups[name];
  if (description === undefined) throw new Error(`the group ${name} has no description`);
  const group = new Command(name).description(description).addOption(languageOption());
  program.addCommand(group);
  return group;
}
