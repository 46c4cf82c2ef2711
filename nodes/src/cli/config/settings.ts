import { Argument, InvalidArgumentError, type Command, type Option } from 'commander';
import { nodeError } from '../../errors.ts';
import { loadConfig, type ConfigFile, type Setting } from './config-file.ts';
import { say } from '../words/say.ts';

/** An option that the config file may say. */
export interface InConfig {
  /** A variable that says the same in another way: the file yields to it. */
  yieldsTo?: string;
}

/** Where the value of an option came from, the strongest first: flag, environment, config file, what holds without any. */
export type Origin =
  | { from: 'flag' }
  | { from: 'environment'; where: string }
  | { from: 'file'; where: string }
  | { from: 'default' }
  | { from: 'nowhere' };

/** What is asked of a definition's options. */
type Specs = Readonly<Record<string, { readonly option: Option | Argument; readonly config?: InConfig }>>;

export type Origins = Readonly<Record<string, Origin>>;

/** Values of a command's options with those of the config file, and where each came from. */
export async function settle(
  command: Command,
  specs: Specs,
  values: Record<string, unknown>,
): Promise<{ values: Record<string, unknown>; origins: Origins }> {
  const configured = Object.values(specs).some(({ config }) => config);
  const file = configured ? await loadConfig(values.config as string | undefined) : undefined;
  const settled = { ...values };
  const origins: Record<string, Origin> = {};
  for (const [name, { option, config }] of Object.entries(specs)) {
    if (option instanceof Argument) continue;
    const given = originOf(command, option);
    const yields = config?.yieldsTo !== undefined && Boolean(process.env[config.yieldsTo]);
    const written = config && !yields ? file?.config[name as Setting] : undefined;
    const open = given.from === 'default' || given.from === 'nowhere';
    if (file && written !== undefined && open) {
      settled[name] = readSetting(option, written, file);
      origins[name] = { from: 'file', where: file.path };
    } else origins[name] = given;
  }
  return { values: settled, origins };
}

function originOf(command: Command, option: Option): Origin {
  const source = command.getOptionValueSource(option.attributeName());
  if (source === 'cli') return { from: 'flag' };
  if (source === 'env') return { from: 'environment', where: option.envVar! };
  return source === undefined ? { from: 'nowhere' } : { from: 'default' };
}

/** As if it had been typed: the option's own rules hold for the file, too. */
function readSetting(option: Option, written: unknown, { path }: ConfigFile): unknown {
  if (typeof written === 'object' && !Array.isArray(written)) return written;
  const text = Array.isArray(written) ? written.join(',') : String(written);
  if (!option.parseArg) return text;
  try {
    return option.parseArg(text, undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw nodeError('CONFIG_INVALID', `${option.attributeName()} of ${path} is wrong. ${error.message}`, { got: text });
  }
}

export function originText(origin: Origin): string {
  switch (origin.from) {
    case 'flag':
      return say`the command line`;
    case 'environment':
    case 'file':
      return origin.where;
    case 'default':
      return say`the default`;
    case 'nowhere':
      return say`not set`;
  }
}
