// `npm run dev`: a chain, a server and the web app with hot reload. Chain and content are kept in .covey/dev.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { startAnvil, type Anvil } from '@covey/governance/testing';
import { kuboStore } from '@covey/client/kubo';
import { loadNodeCore } from '@covey/wasm-core/node';
import { serveBeacon } from '@covey/nodes/testing';
import { startServer } from './demo/processes.ts';
import { beaconNetwork, daoMetadata, deploy } from './demo/deploy.ts';
import { root } from './process.ts';

const port = 8080;
const beaconPort = 8546;
const dir = join(root, '.covey', 'dev');
const deploymentFile = join(dir, 'deployment.json');
mkdirSync(dir, { recursive: true });

// Blocks without transactions too: windows end by the chain's clock.
const chain = await startAnvil({ port: 8545, state: join(dir, 'chain.json'), blockTime: 5 });
await ensureDeployed(chain);
const server = await startServer({ dataDir: join(dir, 'server'), rpcUrl: chain.rpcUrl, deploymentFile, port });
await kuboStore(server.url).add(daoMetadata);
const beacon = await serveBeacon((drandRound) => beaconNetwork.sign(drandRound), beaconPort);
process.stderr.write(`Chain ${chain.rpcUrl}, server ${server.url}, addresses in ${deploymentFile}\n`);
process.stderr.write(`Nodes take the beacon from ${beacon.url} (--beacon, or COVEY_BEACON)\n`);

const vite = spawn('vite', ['web'], { cwd: root, stdio: 'inherit', env: { ...process.env, COVEY_API: server.url } });
const stop = async () => {
  vite.kill();
  await beacon.stop();
  await server.stop();
  await chain.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(0)));
vite.once('exit', () => void stop().then(() => process.exit(1)));

/** Deploys once; a chain that was started anew has lost what the file names. */
async function ensureDeployed({ publicClient }: Anvil): Promise<void> {
  if (existsSync(deploymentFile)) {
    const { dao } = JSON.parse(readFileSync(deploymentFile, 'utf8')) as Deployment;
    if (await publicClient.getCode({ address: dao })) return;
  }
  const { sha256 } = await loadNodeCore();
  const { deployment } = await deploy(chain, sha256);
  writeFileSync(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`);
}
