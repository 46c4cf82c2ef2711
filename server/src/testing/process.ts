import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { World } from './world.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The server as operators start it, in a process of its own; its data is in `killed` under the world's directory. */
export async function startProcess(world: World, more: string[] = []): Promise<{ child: ChildProcess; url: string }> {
  const deployment = join(world.directory, 'deployment.json');
  await writeFile(deployment, JSON.stringify(world.deployment));
  const data = join(world.directory, 'killed');
  const args = [main, '--rpc', world.anvil.rpcUrl, '--deployment', deployment, '--data', data, '--port', '0', '--demo'];
  const child = spawn(process.execPath, [...args, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'error' },
  });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const url = /^Covey serves (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the server ended before it listened');
}
