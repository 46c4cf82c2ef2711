import { Argument, Command, Option } from 'commander';
import { settle, type InConfig, type Origins } from './config/settings.ts';
import { output, type Output } from './output.ts';
import { languages } from './words/language.ts';
import { phrase } from './words/say.ts';

/** One option of a command, or what stands after it without a name: how it is written, and how its text becomes a value. */
export interface OptionSpec<T> {
  readonly option: Option | Argument;
  /** The config file has it, too, by the same name. */
  readonly config?: InConfig;
  /** Never there: carries the type of the value. */
  readonly value?: T;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<unknown>>>;

/** The values of options, by their names. */
export type Values<Specs extends OptionSpecs> = {
  [name in keyof Specs]: Specs[name] extends OptionSpec<infer T> ? T : never;
};

export interface CommandDefinition<Specs extends OptionSpecs = OptionSpecs> {
  /** As it is typed after `covey`; of two words where it belongs to a group: `stake add`. */
  name: string;
  alias?: string;
  /** A sentence for the list of commands. */
  summary: string;
  /** Command lines without `covey`; what follows `#` says why. */
  examples: readonly string[];
  /** By the name under which commander stores them: `--dp-clip` as `dpClip`. */
  options: Specs;
  /** Results go to `out`; what is thrown becomes the error and the exit code. */
  run(options: Values<Specs>, out: Output, origins: Origins): Promise<void>;
}

/** Gives a definition its types. */
export const defineCommand = <const Specs extends OptionSpecs>(definition: CommandDefinition<Specs>) => definition;

type Parse<T> = (text: string) => T;

/** An option that need not be given. */
export function optional(flags: string, description: string): OptionSpec<string | undefined>;
export function optional<T>(flags: string, description: string, parse: Parse<T>): OptionSpec<T | undefined>;
export function optional<T>(flags: string, description: string, parse?: Parse<T>): OptionSpec<T | string | undefined> {
  return { option: parsed(flags, description, parse) };
}

/** An option without which the command is wrong. */
export function required(flags: string, description: string): OptionSpec<string>;
export function required<T>(flags: string, description: string, parse: Parse<T>): OptionSpec<T>;
export function required<T>(flags: string, description: string, parse?: Parse<T>): OptionSpec<T | string> {
  return { option: parsed(flags, description, parse).makeOptionMandatory() };
}

/** An option with a value where it is not given. */
export function preset(flags: string, description: string, value: string): OptionSpec<string>;
export function preset<T>(flags: string, description: string, value: T, parse: Parse<T>): OptionSpec<T>;
export function preset<T>(flags: string, description: string, value: T, parse?: Parse<T>): OptionSpec<T> {
  return { option: parsed(flags, description, parse).default(value) };
}

/** What stands after the command without a name: `<file>`, or `[file]` where it need not be given. */
export function positional(name: `<${string}>`, description: string): OptionSpec<string>;
export function positional(name: `[${string}]`, description: string): OptionSpec<string | undefined>;
export function positional<T>(name: `<${string}>`, description: string, parse: Parse<T>): OptionSpec<T>;
export function positional<T>(name: string, description: string, parse?: Parse<T>): OptionSpec<T | string | undefined> {
  const argument = new Argument(name, description);
  return { option: parse ? argument.argParser(parse) : argument };
}

/** The same, of several words. */
export function positionalOneOf<const T extends string>(
  name: `<${string}>`,
  description: string,
  choices: readonly T[],
): OptionSpec<T> {
  return { option: new Argument(name, description).choices(choices) };
}

/** An option with several values. */
export function several(flags: string, description: string): OptionSpec<string[] | undefined> {
  return { option: new Option(flags, description) };
}

/** A switch. */
export function flag(flags: string, description: string): OptionSpec<true | undefined> {
  return { option: new Option(flags, description) };
}

/** A switch that is on unless `--no-…` is given. */
export function unlessNot(flags: string, description: string): OptionSpec<boolean> {
  return { option: new Option(flags, description) };
}

/** One of several words. */
export function oneOf<const T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
): OptionSpec<T | undefined> {
  return { option: new Option(flags, description).choices(choices) };
}

/** The same, with one where none is given. */
export function presetOneOf<const T extends string>(
  flags: string,
  description: string,
  value: T,
  choices: readonly T[],
): OptionSpec<T> {
  return { option: new Option(flags, description).choices(choices).default(value) };
}

/** The same, which must be given. */
export function requiredOneOf<const T extends string>(
  flags: string,
  description: string,
  choices: readonly T[],
): OptionSpec<T> {
  return { option: new Option(flags, description).choices(choices).makeOptionMandatory() };
}

/** Lets an environment variable stand in for the option. */
export function orEnvironment<T>({ option, ...rest }: OptionSpec<T>, variable: string): OptionSpec<T> {
  if (option instanceof Argument) throw new Error(`${option.name()} has no name that a variable could stand for`);
  return { option: option.env(variable), ...rest };
}

/** Lets the config file say it where neither the command line nor the environment does. */
export function orConfig<T>({ option }: OptionSpec<T>, config: InConfig = {}): OptionSpec<T> {
  return { option, config };
}

/** Which file that is; commands that take anything from it have this option. */
export const configFile = orEnvironment(
  optional('--config <file>', 'config file (default: covey.json here, else that of the user)'),
  'COVEY_CONFIG',
);

function parsed<T>(flags: string, description: string, parse: Parse<T> | undefined): Option {
  const option = new Option(flags, description);
  return parse ? option.argParser(parse) : option;
}

/** Read before anything is parsed, so that help and what the parser refuses are in the language, too. */
export const languageOption = (): Option =>
  new Option('--lang <language>', 'language to speak (default: that of LC_ALL, LC_MESSAGES or LANG)').choices(
    languages,
  );

/** A command line, and why one would type it. */
function exampleLine(example: string): string {
  const [typed = '', why] = example.split(/(?<= {3})# /);
  return `  $ covey ${typed}${why === undefined ? '' : `# ${phrase(why)}`}`;
}

/** The commander command of a definition. */
export function toCommand({ name, alias, summary, examples, options, run }: CommandDefinition): Command {
  const command = new Command(name.split(' ').at(-1))
    .description(summary)
    .option('--json', 'print JSON on stdout')
    .addOption(languageOption())
    .addHelpText('after', () => `\n${phrase('Examples:')}\n${examples.map(exampleLine).join('\n')}`);
  if (alias !== undefined) command.alias(alias);
  const places: string[] = [];
  for (const [key, { option }] of Object.entries(options)) {
    const stored = option instanceof Argument ? option.name() : option.attributeName();
    if (stored !== key) throw new Error(`${name}: ${stored} stands under ${key}`);
    if (option instanceof Argument) {
      command.addArgument(option);
      places.push(key);
    } else command.addOption(option);
  }
  const configurable = Object.values(options).some(({ config }) => config) && !('config' in options);
  if (configurable) command.addOption(configFile.option as Option);
  return command.action(async (...given: unknown[]) => {
    const placed = Object.fromEntries(places.map((key, i) => [key, given[i]]));
    const typed = given[places.length] as Record<string, unknown>;
    const { values, origins } = await settle(command, options, typed);
    await run({ ...values, ...placed }, output(typed.json === true), origins);
  });
}
