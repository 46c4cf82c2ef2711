import { InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { nodeError } from '../../errors.ts';
import { positive, urls } from '../arguments.ts';
import { localConfig, userConfig, writeConfig, type Config } from '../config/config-file.ts';
import { networkNames, networks, type NetworkName } from '../config/networks.ts';
import { readDeployment } from '../context.ts';
import { configFile, defineCommand, flag, oneOf, optional, type Values } from '../define-command.ts';
import { importKey, keepOptions, makeKey } from '../keep-key.ts';
import { canAsk, wizard } from '../wizard.ts';
import { say } from '../words/say.ts';

const options = {
  network: oneOf(
    '--network <name>',
    'what to start from: what `npm run dev` runs here, or what flags say',
    networkNames,
  ),
  deployment: optional('--deployment <file>', 'addresses of the contracts; they are copied into the config file'),
  rpc: optional('--rpc <urls>', 'JSON-RPC endpoints, comma-separated: they stand in for each other', urls),
  agree: optional('--agree <n>', 'accept a read only if so many endpoints answer alike', positive),
  ipfs: optional('--ipfs <url>', 'Kubo RPC of an IPFS node', oneUrl),
  gateway: optional('--gateway <url>', 'read from this trustless gateway instead', oneUrl),
  beacon: optional('--beacon <urls>', 'relays of the drand network, comma-separated', urls),
  beaconChain: optional('--beacon-chain <hash>', 'which network they answer for'),
  hub: optional('--hub <url>', 'GraphQL endpoint of a Snapshot hub', oneUrl),
  stateDir: optional('--state-dir <folder>', 'where salts are kept; losing it forfeits stake'),
  newAccount: flag('--new-account', 'make an account and keep its key encrypted'),
  importKey: optional('--import-key <file>', 'keep this private key in hex encrypted'),
  keystore: optional('--keystore <file>', 'use this encrypted key'),
  ...keepOptions,
  here: flag('--here', 'write ./covey.json, for this folder alone, instead of the file of the user'),
  config: configFile,
  force: flag('--force', 'write over a config file that is there'),
};

type Options = Values<typeof options>;

export const init = defineCommand({
  name: 'init',
  summary: 'Write a config file, which every command reads, and an encrypted key: no command needs flags for them then',
  examples: [
    'init --network local --new-account   # in the repository, beside `npm run dev`',
    'init --deployment deployment.json --rpc https://a.example,https://b.example --agree 2 --ipfs http://127.0.0.1:5001',
    'init --network local --import-key node.key --password-file password.txt --here',
  ],
  options,
  async run(options, out) {
    const path = resolve(options.config ?? (options.here ? localConfig : userConfig()));
    if (existsSync(path) && !options.force) {
      throw nodeError('CONFIG_INVALID', `${path} is there already.`, {
        hint: 'Write over it with --force, or write another with --config FILE or --here.',
      });
    }
    const settings = await settingsOf(options);
    const kept = await keyOf(options);
    const config: Config = {
      schema: 'covey.config/1',
      ...settings,
      stateDir: stateDirOf(options),
      ...(kept && { keystore: kept.keystore }),
    };
    await writeConfig(path, config);
    const { chainId, dao } = settings.deployment;
    out.result(
      'covey.init/1',
      { config: path, chainId, account: kept?.address ?? null, keystore: kept?.keystore ?? null },
      [
        say`config   ${path}`,
        say`network  chain ${chainId}, DAO ${dao}`,
        ...(kept?.address ? [say`account  ${kept.address}`] : []),
        ...(kept
          ? [say`keystore ${kept.keystore}`]
          : [say`no account: \`covey account new\` or \`covey account import\` adds one`]),
        say`next: \`covey doctor\` tries everything that a node needs`,
      ],
    );
  },
});

/** What the network presets, changed by flags; the addresses are copied, so that the file holds wherever it is read. */
async function settingsOf(options: Options) {
  const network = await networkOf(options);
  const { rpc, agree, ipfs, gateway, beacon, beaconChain, hub } = options;
  const given = Object.entries({ rpc, agree, ipfs, gateway, beacon, beaconChain, hub });
  const said = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const preset = networks[network];
  const deployment = options.deployment ?? preset.deployment ?? (await askedDeployment());
  const addresses = await readDeployment({ rpc: '', agree: undefined, deployment });
  return { network, ...preset, ...said, deployment: addresses };
}

async function networkOf(options: Options): Promise<NetworkName> {
  if (options.network) return options.network;
  if (options.deployment) return 'custom';
  if (canAsk()) return await askedOf('Network', networkNames, 'local');
  throw nodeError('CONFIG_INVALID', 'Which network?', {
    expected: `--network ${networkNames.join(' or ')}, or --deployment FILE`,
  });
}

async function askedDeployment(): Promise<string | undefined> {
  return canAsk() ? await asked(say`File with the addresses of the contracts`, String) : undefined;
}

const askedOf = async <const T extends string>(question: string, choices: readonly T[], fallback: T): Promise<T> =>
  await asked(
    `${question} (${choices.join(', ')})`,
    (text) => {
      const chosen = choices.find((choice) => choice === text);
      if (chosen === undefined) throw new InvalidArgumentError(`Expected ${choices.join(' or ')}.`);
      return chosen;
    },
    fallback,
  );

async function asked<T>(question: string, parse: (text: string) => T, fallback?: string): Promise<T> {
  const { ask, close } = wizard();
  try {
    return await ask(question, parse, fallback);
  } finally {
    close();
  }
}

async function keyOf(options: Options): Promise<{ keystore: string; address?: string } | undefined> {
  const { newAccount, importKey: keyFile, keystore } = options;
  if ([newAccount, keyFile, keystore].filter((one) => one !== undefined).length > 1) {
    throw nodeError('CONFIG_INVALID', 'An account is made, imported or named.', {
      expected: 'one of --new-account, --import-key and --keystore',
    });
  }
  if (keystore !== undefined) return { keystore: resolve(keystore) };
  if (newAccount) return await makeKey(options);
  if (keyFile !== undefined) return await importKey({ keyFile }, options);
  if (!canAsk()) return undefined;
  const answer = await askedOf('Account', ['new', 'import', 'none'], 'new');
  if (answer === 'new') return await makeKey(options);
  return answer === 'import' ? await importKey({}, options) : undefined;
}

/** Beside the file for this folder, else where a user's programs keep what must not get lost. */
function stateDirOf({ stateDir, here }: Options): string {
  if (stateDir !== undefined) return resolve(stateDir);
  if (here) return join('.covey', 'state');
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'covey');
}

function oneUrl(text: string): string {
  return urls(text).join(',');
}
