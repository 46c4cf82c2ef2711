// `npm run dev`: a chain, a server and the web app with hot reload. Chain and content are kept in .covey/dev.
// `-- --fast` moves the chain's clock through votes and windows, keeps rounds moving and says whose keys to play with;
// `-- --fast --guide` leads through a first task. `--no-web` leaves out the web app; `--dir FOLDER` keeps all of it there,
// also the file that commands go by.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drandRelays } from '@covey/client';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { delegateVotes } from '@covey/governance';
import { startAnvil, type Anvil } from '@covey/governance/testing';
import { kuboStore } from '@covey/client/kubo';
import { loadNodeCore } from '@covey/wasm-core/node';
import { Keeper } from '@covey/nodes';
import { serveBeacon } from '@covey/nodes/testing';
import { cast } from './demo/cast.ts';
import { startServer } from './demo/processes.ts';
import { beaconNetwork, daoMetadata, deploy } from './demo/deploy.ts';
import { showAccounts } from './dev/accounts.ts';
import { writeExampleData } from './dev/example-data.ts';
import { startFastClock } from './dev/fast-clock.ts';
import { forward } from './dev/forward.ts';
import { startGuide } from './dev/guide.ts';
import { root } from './process.ts';

const { values: options } = parseArgs({
  options: {
    fast: { type: 'boolean' },
    guide: { type: 'boolean' },
    'no-web': { type: 'boolean' },
    dir: { type: 'string' },
  },
});
const [port, beaconPort, ipfsPort] = [8080, 8546, 5001];
const dir = options.dir ? resolve(options.dir) : join(root, '.covey', 'dev');
const deploymentFile = join(dir, 'deployment.json');
const stateDir = join(dir, 'state');
const say = (line: string) => process.stderr.write(`${line}\n`);
mkdirSync(dir, { recursive: true });

// Blocks without transactions too: windows end by the chain's clock.
const chain = await startAnvil({ port: 8545, state: join(dir, 'chain.json'), blockTime: 2 });
await goOn(chain);
const stops: { stop(): unknown }[] = [chain];
const deployment = await ensureDeployed(chain);
const server = await startServer({ dataDir: join(dir, 'server'), rpcUrl: chain.rpcUrl, deploymentFile, port });
stops.push(server);
await kuboStore(server.url).add(daoMetadata);
const beacon = await serveBeacon((drandRound) => beaconNetwork.sign(drandRound), beaconPort);
stops.push(beacon);
const ipfs = await serveIpfs();
for (const line of await introduction()) say(line);
if (options.fast) startFast();

const vite = options['no-web']
  ? undefined
  : spawn('vite', ['web'], { cwd: root, stdio: 'inherit', env: { ...process.env, COVEY_API: server.url } });
const stop = async () => {
  vite?.kill();
  for (const one of stops.toReversed()) await one.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(0)));
vite?.once('exit', () => void stop().then(() => process.exit(1)));

/** A chain whose clock had been moved goes on from where it was: it begins with that of the machine. */
async function goOn({ publicClient, testClient }: Anvil): Promise<void> {
  const { timestamp } = await publicClient.getBlock();
  const ahead = Number(timestamp) - Math.floor(Date.now() / 1000);
  if (ahead > 0) await testClient.increaseTime({ seconds: ahead + 1 });
}

/** Deploys once; a chain that was started anew has lost what the file names. */
async function ensureDeployed({ publicClient }: Anvil): Promise<Deployment> {
  if (existsSync(deploymentFile)) {
    const known = JSON.parse(readFileSync(deploymentFile, 'utf8')) as Deployment;
    if (await publicClient.getCode({ address: known.dao })) return known;
  }
  // What nodes kept of an earlier chain would pass for this one's: its contracts have the same addresses.
  rmSync(stateDir, { recursive: true, force: true });
  const { sha256 } = await loadNodeCore();
  const { deployment } = await deploy(chain, sha256);
  // Tokens vote once their holder has delegated them, to itself or another.
  for (const account of [...cast.voters, cast.visitor]) {
    const { address: delegatee } = chain.accounts[account]!;
    await delegateVotes(chain.covey(deployment, account), { delegatee });
  }
  writeFileSync(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`);
  return deployment;
}

/** Where commands look by default, if nothing else is there: an IPFS node of one's own stays what it is. */
async function serveIpfs(): Promise<string> {
  const forwarded = await forward(ipfsPort, port);
  if (forwarded === false) return server.url;
  stops.push(forwarded);
  return `http://127.0.0.1:${ipfsPort}`;
}

/** What a person needs to take part from another terminal. */
async function introduction(): Promise<string[]> {
  return [
    `Chain ${chain.rpcUrl}, server ${server.url}, IPFS ${ipfs}, beacon ${beacon.url}`,
    ...(ipfs === server.url ? [`Port ${ipfsPort} is taken: commands find IPFS at ${ipfs}, by the config file`] : []),
    ...(await showAccounts(chain, chain.covey(deployment), join(dir, 'keys'))),
    'In another terminal, in this folder:',
    '    alias covey="$PWD/node_modules/.bin/covey"',
    writeConfig(),
  ];
}

/**
 * The file that commands in this folder go by; of one that a person wrote for this network what else it says stays, such as a
 * keystore, and one of another network is not touched. Says which it is.
 */
function writeConfig(): string {
  const settings = {
    ...{
      schema: 'covey.config/1',
      network: 'local',
      rpc: [chain.rpcUrl],
      deployment: relative(options.dir ? dir : root, deploymentFile),
    },
    ...{
      ipfs,
      beacon: [beacon.url],
      hub: `${server.url}/graphql`,
      stateDir: relative(options.dir ? dir : root, stateDir),
    },
  };
  const own = join(options.dir ? dir : root, 'covey.json');
  const written = existsSync(own) ? asObject(readFileSync(own, 'utf8')) : {};
  const free = written !== null && (written.network ?? 'local') === 'local';
  const file = free ? own : join(dir, 'covey.json');
  writeFileSync(file, `${JSON.stringify({ ...(free && written), ...settings }, null, 2)}\n`);
  if (free) return 'Commands in this folder find all of this by covey.json';
  return `covey.json here is not of this network: export COVEY_CONFIG=${relative(process.cwd(), file)}`;
}

/** Null for what is no JSON object: not ours to write over. */
function asObject(text: string): { network?: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** A clock that passes what nobody waits for, a keeper, and where it is asked for a guide. */
function startFast(): void {
  const keeper = new Keeper({
    covey: chain.covey(deployment, cast.keeper),
    beacon: drandRelays({ urls: [beacon.url] }),
    onEvent: (event) => {
      if (event.event !== 'started' && event.event !== 'stopped') say(`keeper: ${event.event}`);
    },
  });
  const stopping = new AbortController();
  const kept = keeper.run({ signal: stopping.signal, pollMs: 1_000 });
  stops.push({ stop: () => (stopping.abort(), kept) });
  stops.push(startFastClock(chain, chain.covey(deployment), say));
  if (options.guide) {
    void writeExampleData(join(dir, 'data')).then(() => stops.push(startGuide(chain.covey(deployment), say)));
  } else say('A guided first task: npm run dev -- --fast --guide');
}
