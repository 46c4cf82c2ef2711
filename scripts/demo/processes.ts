import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '@covey/client/testing/pace';
import { noConfig } from '@covey/nodes/testing';
import { endpoints, pathOf, type Health } from '@covey/server/schema';
import { root } from '../process.ts';

/** Nothing outlives the demo. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of ours whose stdout is JSON lines and whose stderr goes to a log file. */
export class Process {
  readonly name: string;
  readonly logFile: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;

  constructor(
    name: string,
    script: string,
    args: string[],
    options: {
      logDir: string;
      env?: Record<string, string>;
      onLine?: (line: string) => void;
    },
  ) {
    this.name = name;
    mkdirSync(options.logDir, { recursive: true });
    this.logFile = join(options.logDir, `${name}.log`);
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
      env: { ...process.env, COVEY_CONFIG: noConfig, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.logFile, { flags: 'a' });
    this.#child.stderr?.pipe(log);
    if (this.#child.stdout) {
      createInterface(this.#child.stdout).on('line', (line) => {
        log.write(`${line}\n`);
        options.onLine?.(line);
      });
    }
    this.#ended = new Promise((resolve) => this.#child.once('exit', (code) => resolve(code ?? 1)));
    running.add(this.#child);
    void this.#ended.then(() => running.delete(this.#child));
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks it to end and waits; kills it when it does not. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.kill('SIGTERM');
    await Promise.race([this.#ended, sleep(scaled(10_000), undefined, { ref: false })]);
    this.kill();
    await this.#ended;
  }

  /** As a power failure would. */
  kill(): void {
    if (this.running) this.#child.kill('SIGKILL');
  }

  get ended(): Promise<number> {
    return this.#ended;
  }
}

export interface ServerOptions {
  dataDir: string;
  rpcUrl: string;
  deploymentFile: string;
  /** 0: any free port. */
  port: number;
}

export interface ServerProcess extends Process {
  url: string;
}

/** Starts the server as anyone would and waits until it says where it listens. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { dataDir, rpcUrl, deploymentFile, port } = options;
  const listening = Promise.withResolvers<string>();
  const server = new Process(
    'server',
    'server/src/main.ts',
    [
      ...['--data', dataDir, '--rpc', rpcUrl, '--deployment', deploymentFile],
      ...['--host', '127.0.0.1', '--port', String(port), '--web', join(root, 'web/dist'), '--demo'],
    ],
    {
      logDir: join(dataDir, '..', 'logs'),
      onLine: (line) => {
        const url = /^Covey serves (\S+)$/.exec(line)?.[1];
        if (url) listening.resolve(url);
      },
    },
  );
  void server.ended.then((code) =>
    listening.reject(new Error(`The server ended with code ${code}; its log is ${server.logFile}.`)),
  );
  const url = await listening.promise;
  return Object.assign(server, { url });
}

/**
 * Waits until a server has taken in `block`: it tells the chain's time by the last block that it took in. Leaves no
 * connection open: a caller that then computes for a minute would find it closed at its next request.
 */
export async function indexed(url: string, block: bigint): Promise<void> {
  const patience = scaled(60_000);
  const end = Date.now() + patience;
  for (;;) {
    const response = await fetch(`${url}${pathOf(endpoints.health, {})}`, { headers: { connection: 'close' } });
    const { chain, status } = (await response.json()) as Health;
    if (chain.indexedBlock !== null && BigInt(chain.indexedBlock) >= block) return;
    if (Date.now() > end) {
      const waited = `${Math.round(patience / 1000)} s`;
      throw new Error(
        `The server took in no block ${block} in ${waited}; it is ${status}: ${chain.lastError ?? 'no error'}.`,
      );
    }
    await sleep(100);
  }
}
