import { covey as daemon, type CoveyProcess } from '@covey/nodes/testing';
import { join } from 'node:path';
import { root, run } from '../process.ts';
import { testKey } from './keys.ts';
import type { World } from './world.ts';

const chainOf = (world: World) => ['--rpc', world.chain.rpcUrl, '--deployment', world.deploymentFile];
const envOf = (world: World, who: number) => ({ COVEY_PRIVATE_KEY: testKey(who), COVEY_IPFS: world.serverUrl });

/** Runs a `covey` command of somebody to its end and gives what it printed; throws where it ends with another code. */
export async function covey<Result>(world: World, who: number, args: string[], expected = 0): Promise<Result> {
  const where = args[0] === 'seal' ? [] : chainOf(world);
  const script = join(root, 'nodes/src/cli/main.ts');
  const { code, stdout, stderr } = await run(process.execPath, [script, ...args, ...where, '--json'], {
    env: envOf(world, who),
  });
  if (code !== expected) throw new Error(`covey ${args.slice(0, 2).join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Result;
}

/** Starts a `covey` daemon of somebody, or one of those that misbehave. */
export function startDaemon(
  world: World,
  who: number,
  args: string[],
  program: 'covey' | 'experiments' = 'covey',
): CoveyProcess {
  return daemon([...args, ...chainOf(world), '--poll-ms', '300', '--json'], envOf(world, who), program);
}
