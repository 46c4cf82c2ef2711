import { deploymentSchema } from '@covey/governance/deployment';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';

const url = z.string().refine((text) => URL.canParse(text), 'expected a URL');

/** What commands are told once for all. Strict, so that a secret that somebody writes into it is refused, not kept. */
const configSchema = z.strictObject({
  schema: z.literal('covey.config/1'),
  /** The preset that `covey init` started from. */
  network: z.string().optional(),
  rpc: z.array(url).min(1).optional(),
  agree: z.number().int().min(1).optional(),
  /** A file, or what it would hold. */
  deployment: z.union([z.string(), deploymentSchema]).optional(),
  ipfs: url.optional(),
  gateway: url.optional(),
  beacon: z.array(url).min(1).optional(),
  beaconChain: z.string().optional(),
  hub: url.optional(),
  stateDir: z.string().optional(),
  /** The encrypted key of the account that signs; its password is nowhere here. */
  keystore: z.string().optional(),
});

export type Config = z.infer<typeof configSchema>;
/** What of it stands in for options, by their names. */
export type Setting = Exclude<keyof Config, 'schema' | 'network'>;

export interface ConfigFile {
  path: string;
  config: Config;
}

/** Are relative to the file's folder. */
const paths = ['deployment', 'stateDir', 'keystore'] as const;

/** For the folder that a command is run in. */
export const localConfig = 'covey.json';

/** Covey's folder of the user: the file that is used where the working folder has none, and keystores. */
export function userFolder(): string {
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'covey');
}

/** Where the file of the user is, whether it is there or not. */
export const userConfig = (): string => join(userFolder(), 'config.json');

/** The file that is named, else that of the working folder, else that of the user. */
export function findConfig(named: string | undefined): string | undefined {
  if (named !== undefined) return resolve(named);
  return [resolve(localConfig), userConfig()].find((path) => existsSync(path));
}

/** Reads what commands go by; none where there is no file. */
export async function loadConfig(named: string | undefined): Promise<ConfigFile | undefined> {
  const path = findConfig(named);
  if (path === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a config file: JSON', cause });
  }
  return { path, config: absolute(parseConfig(path, value), dirname(path)) };
}

function parseConfig(path: string, value: unknown): Config {
  // A file of addresses alone, as deployments are published, says where and nothing else.
  const addresses = deploymentSchema.safeParse(value);
  if (addresses.success) return { schema: 'covey.config/1', deployment: addresses.data };
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw nodeError('CONFIG_INVALID', `${path} is not a config file.`, {
    expected: 'schema covey.config/1, as `covey init` writes it',
    got: `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? ''}`,
    cause: parsed.error,
  });
}

function absolute(config: Config, folder: string): Config {
  const changed = paths.flatMap((name) => {
    const value = config[name];
    return typeof value === 'string' ? [[name, resolve(folder, value)]] : [];
  });
  return { ...config, ...Object.fromEntries(changed) };
}

export async function writeConfig(path: string, config: Config): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Addresses of endpoints may hold keys.
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

/** Changes the file as it is written, so that relative paths stay so. */
export async function changeConfig(path: string, change: Partial<Config>): Promise<void> {
  const written = parseConfig(path, JSON.parse(await readFile(path, 'utf8')));
  await writeConfig(path, { ...written, ...change });
}
