// `npm run dev`: a chain, a server and the web app with hot reload. Chain and content are kept in .covey/dev.
// `-- --fast` moves the chain's clock through votes and windows, keeps rounds moving and says whose keys to play with;
// `-- --fast --guide` leads through a first task. `--no-web` leaves out the web app.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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
  options: { fast: { type: 'boolean' }, guide: { type: 'boolean' }, 'no-web': { type: 'boolean' } },
});
const [port, beaconPort, ipfsPort] = [8080, 8546, 5001];
const dir = join(root, '.covey', 'dev');
const deploymentFile = join(dir, 'deployment.json');
const say = (line: string) => process.stderr.write(`${line}\n`);
mkdirSync(dir, { recursive: true });

// Blocks without transactions too: windows end by the chain's clock.
const chain = await startAnvil({ port: 8545, state: join(dir, 'chain.json'), blockTime: 2 });
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

/** Deploys once; a chain that was started anew has lost what the file names. */
async function ensureDeployed({ publicClient }: Anvil): Promise<Deployment> {
  if (existsSync(deploymentFile)) {
    const known = JSON.parse(readFileSync(deploymentFile, 'utf8')) as Deployment;
    if (await publicClient.getCode({ address: known.dao })) return known;
  }
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

/** What a person needs to take part from another terminal; the same stands in a config file. */
async function introduction(): Promise<string[]> {
  const config = join(dir, 'covey.json');
  const settings = {
    ...{ schema: 'covey.config/1', network: 'local', rpc: [chain.rpcUrl], deployment: 'deployment.json' },
    ...{ ipfs, beacon: [beacon.url], hub: `${server.url}/graphql`, stateDir: 'state' },
  };
  writeFileSync(config, `${JSON.stringify(settings, null, 2)}\n`);
  const here = (path: string) => relative(process.cwd(), path);
  return [
    `Chain ${chain.rpcUrl}, server ${server.url}, IPFS ${ipfs}, beacon ${beacon.url}`,
    ...(ipfs === server.url ? [`Port ${ipfsPort} is taken: commands find IPFS at ${ipfs} (COVEY_IPFS)`] : []),
    ...(await showAccounts(chain, chain.covey(deployment), join(dir, 'keys'))),
    'In another terminal, in this folder:',
    `    export COVEY_DEPLOYMENT=${here(deploymentFile)} COVEY_BEACON=${beacon.url} COVEY_IPFS=${ipfs}`,
    '    alias covey="$PWD/node_modules/.bin/covey"',
    `The same settings are in ${here(config)}`,
  ];
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
