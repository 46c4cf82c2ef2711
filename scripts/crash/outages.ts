import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { rpcFaults, rpcProxy } from '@covey/client/testing';
import { kuboStore } from '@covey/client/kubo';
import type { CrashHosts, CrashParameters } from '@covey/nodes/testing/crash';
import { root } from '../process.ts';

type Away = 'rpc-drops' | 'rpc-hangs' | 'content';

/** What is away when which step of a round becomes possible: from the commit (1) to the claims (9). */
const plan: Readonly<Record<number, readonly Away[]>> = {
  1: ['rpc-drops'],
  2: ['content'],
  3: ['rpc-hangs'],
  5: ['rpc-drops'],
  6: ['content', 'rpc-drops'],
  7: ['content'],
};

const script = join(root, 'server/src/ipfs/testing/serve.ts');

/** The embedded IPFS node of Covey's server, which can be killed and started again where it was. */
class Content {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  url = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const child = spawn(process.execPath, [script, this.#folder, port], { stdio: ['ignore', 'pipe', 'inherit'] });
    process.once('exit', () => child.kill('SIGKILL'));
    this.#child = child;
    [this.url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  }

  async kill(): Promise<void> {
    const exited = once(this.#child!, 'exit');
    this.#child!.kill('SIGKILL');
    await exited;
  }
}

/** Chain and content that are away for so many seconds in the steps of `plan`. */
export function outages(seconds: number): NonNullable<CrashParameters['hosts']> {
  return async (network) => {
    const proxy = await rpcProxy(network.anvil.rpcUrl);
    const content = new Content(join(network.folder, 'ipfs'));
    await content.start();
    const store = kuboStore(content.url);
    for (const { codec, bytes } of await network.store.all()) await store.putBlock(codec, bytes);
    const counts: Record<Away, number> = { 'rpc-drops': 0, 'rpc-hangs': 0, content: 0 };
    const take = async (what: Away) => {
      counts[what]++;
      if (what === 'content') await content.kill();
      else proxy.play(what === 'rpc-hangs' ? rpcFaults.silent() : rpcFaults.unreachable());
    };
    const giveBack = async (what: Away) => {
      if (what === 'content') await content.start();
      else proxy.play(null);
    };
    const hosts: CrashHosts = {
      rpc: proxy.url,
      ipfs: content.url,
      outages: counts,
      async disturb(step) {
        const away = plan[step] ?? [];
        for (const what of away) await take(what);
        const over = async () => {
          if (away.length > 0) await sleep(seconds * 1000);
          for (const what of away) await giveBack(what);
        };
        return { over: over() };
      },
      async stop() {
        await content.kill();
        await proxy.stop();
      },
    };
    return hosts;
  };
}
