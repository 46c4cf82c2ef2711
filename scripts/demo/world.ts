import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '@covey/contracts/abi';
import type { OsxFramework } from '@covey/governance/deploy';
import { startAnvil, type Anvil } from '@covey/governance/testing';
import { scaled } from '@covey/client/testing/pace';
import { isClientError, connect, type ContentStore, type CoveyChain, type CoveyWriter } from '@covey/client';
import { kuboStore } from '@covey/client/kubo';
import { type OnEvent } from '@covey/nodes';
import { endpoints, pathOf } from '@covey/server/schema';
import type { Address, Hex } from 'viem';
import { serveBeacon, type BeaconRelay } from '@covey/nodes/testing';
import { beaconNetwork, daoMetadata, deploy } from './deploy.ts';
import { startServer, type ServerProcess } from './processes.ts';

/** For one step of all participants, on an idle machine. */
const patienceMs = 120_000;

/** A chain with a deployed Covey, a server and an IPFS node on it, and a clock that the demo moves. */
export class World {
  readonly dir: string;
  readonly chain: Anvil;
  readonly deployment: Deployment;
  readonly framework: OsxFramework;
  readonly deploymentFile: string;
  server: ServerProcess;
  /** Gives the rounds of the demo's beacon as a public relay does. */
  readonly beacon: BeaconRelay;
  readonly store: ContentStore;
  readonly onEvent: OnEvent;
  /** The deployment as nobody in particular reads it. */
  readonly covey: CoveyChain;
  readonly #accounts = new Map<number, CoveyWriter>();

  private constructor(
    parts: Pick<
      World,
      'dir' | 'chain' | 'deployment' | 'framework' | 'deploymentFile' | 'server' | 'beacon' | 'onEvent'
    >,
  ) {
    this.dir = parts.dir;
    this.chain = parts.chain;
    this.deployment = parts.deployment;
    this.covey = connect({ deployment: parts.deployment, publicClient: parts.chain.publicClient });
    this.framework = parts.framework;
    this.deploymentFile = parts.deploymentFile;
    this.server = parts.server;
    this.beacon = parts.beacon;
    this.onEvent = parts.onEvent;
    this.store = kuboStore(parts.server.url);
  }

  static async start(options: {
    dir: string;
    port: number;
    scorer: Hex;
    detail: (text: string) => void;
    onEvent: OnEvent;
  }): Promise<World> {
    const { dir, port, scorer, detail, onEvent } = options;
    const chain = await startAnvil({ accounts: 40 });
    try {
      detail(`chain ${chain.chain.id} at ${chain.rpcUrl}`);
      const { deployment, framework } = await deploy(chain, scorer);
      detail(`DAO ${deployment.dao}, TokenVoting ${deployment.tokenVoting}`);
      const deploymentFile = join(dir, 'deployment.json');
      writeFileSync(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`);
      const server = await startServer({ dataDir: join(dir, 'server'), rpcUrl: chain.rpcUrl, deploymentFile, port });
      detail(`server, IPFS and database at ${server.url}`);
      const beacon = await serveBeacon((drandRound) => beaconNetwork.sign(drandRound));
      const world = new World({ dir, chain, deployment, framework, deploymentFile, server, beacon, onEvent });
      await world.store.add(daoMetadata);
      return world;
    } catch (error) {
      await chain.stop();
      throw error;
    }
  }

  get serverUrl(): string {
    return this.server.url;
  }

  address(account: number): Address {
    return (this.chain.accounts[account] as { address: Address }).address;
  }

  /** The deployment as one account writes it; one sender an account keeps its transactions in order. */
  account(account: number): CoveyWriter {
    const known = this.#accounts.get(account);
    if (known) return known;
    const { deployment, chain } = this;
    const covey = connect({ deployment, publicClient: chain.publicClient, wallet: chain.wallet(account) });
    this.#accounts.set(account, covey);
    return covey;
  }

  /** Kills the server as a power failure would and starts it again at the same address. */
  async restartServer({ deleteIndex }: { deleteIndex: boolean }): Promise<void> {
    const { url } = this.server;
    this.server.kill();
    await this.server.ended;
    const dataDir = this.#serverData;
    if (deleteIndex) rmSync(join(dataDir, 'index'), { recursive: true });
    const { rpcUrl } = this.chain;
    const port = Number(new URL(url).port);
    this.server = await startServer({ dataDir, rpcUrl, deploymentFile: this.deploymentFile, port });
    await this.until('the server has caught up', async () => (await fetch(`${url}${pathOf(endpoints.health, {})}`)).ok);
  }

  get #serverData(): string {
    return join(this.dir, 'server');
  }

  /** Moves the chain's clock forward to `timestamp` (unix seconds) unless it is there already. */
  async advanceTo(timestamp: number): Promise<void> {
    const { timestamp: now } = await this.chain.publicClient.getBlock();
    if (BigInt(timestamp) > now) await this.chain.advance(timestamp - Number(now));
  }

  /** Waits for others to do something; says what it waited for when they do not. */
  async until(what: string, done: () => Promise<boolean>): Promise<void> {
    const patience = scaled(patienceMs);
    const end = Date.now() + patience;
    // State and logs are two questions, and a block may come between them.
    const sure = () => done().catch((error: unknown) => ifIncomplete(error));
    while (!(await sure())) {
      if (Date.now() > end) throw new Error(`Waited ${Math.round(patience / 1000)} s in vain: ${what}.`);
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    await this.beacon.stop();
    await this.server.stop();
    await this.chain.stop();
  }
}

function ifIncomplete(error: unknown): false {
  if (isClientError(error, 'LOGS_INCOMPLETE')) return false;
  throw error;
}
