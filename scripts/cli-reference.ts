// docs/reference/cli.md: every command and option of `covey`, from the program itself. `--check` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, covey, exitCodes, groups, jsonHelp } from '@covey/nodes/cli';
import { format } from 'prettier';
import { root } from './process.ts';

type Program = ReturnType<typeof covey>;
type Option = Program['options'][number];

/** In every command's help; said once. */
const common = ['--json', '--lang', '--config'];

const program = covey();

function commandOf(name: string): Program {
  return name.split(' ').reduce((at, word) => at.commands.find((command) => command.name() === word)!, program);
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');

function optionRow(
  { flags, description, mandatory, defaultValue, envVar, argChoices }: Option,
  configured: boolean,
): string {
  const notes = [
    ...(mandatory ? ['required'] : []),
    ...(argChoices ? [`one of ${argChoices.join(', ')}`] : []),
    ...(defaultValue === undefined ? [] : [`default ${String(defaultValue)}`]),
    ...(envVar === undefined ? [] : [`environment \`${envVar}\``]),
    ...(configured ? ['config file'] : []),
  ];
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description)} | ${cell(notes.join('; '))} |`;
}

function commandText({ name, summary, examples, options }: (typeof commands)[number]): string {
  const command = commandOf(name);
  const rows = command.options
    .filter(({ long }) => !common.includes(long!))
    .map((option) => optionRow(option, options[option.attributeName()]?.config !== undefined));
  const places = command.registeredArguments.map((argument) => {
    const shown = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
    return `| \`${shown}\` | ${cell(argument.description)} | ${cell(argument.argChoices ? `one of ${argument.argChoices.join(', ')}` : '')} |`;
  });
  const all = [...places, ...rows];
  const table = all.length === 0 ? [] : ['| option | meaning | |', '|---|---|---|', ...all, ''];
  const block = ['```sh', ...examples.map((example) => `covey ${example}`), '```'];
  return [`### covey ${name}`, '', `${summary}.`, '', ...table, ...block].join('\n');
}

function text(): string {
  const alone = commands.filter(({ name }) => !name.includes(' '));
  const grouped = Object.entries(groups).map(([group, meaning]) => {
    const inside = commands.filter(({ name }) => name.startsWith(`${group} `));
    return [`## covey ${group}`, '', `${meaning}.`, '', inside.map(commandText).join('\n\n')].join('\n');
  });
  const shared = [...commandOf(commands[0]!.name).options.filter(({ long }) => common.includes(long!))];
  const codes = Object.values(exitCodes).map(({ code, means }) => `| ${code} | ${means} |`);
  return `# covey: every command

${program.description()}. Generated from the program by \`node scripts/cli-reference.ts\`; how to set it up is in
[nodes](../../nodes/README.md#settings).

Of every command:

| option | meaning | |
|---|---|---|
${shared.map((option) => optionRow(option, false)).join('\n')}
| \`-h, --help\` | display help for command | |

${jsonHelp.replaceAll('<', '&lt;')}

| exit code | meaning |
|---|---|
${codes.join('\n')}

## covey

${alone.map(commandText).join('\n\n')}

${grouped.join('\n\n')}
`;
}

const file = join(root, 'docs', 'reference', 'cli.md');
const made = await format(text(), { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' });
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== made) {
    console.error('docs/reference/cli.md is stale. Run `node scripts/cli-reference.ts` and commit.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, made);
}
