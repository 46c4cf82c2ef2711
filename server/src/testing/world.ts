import { Sender } from '@covey/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { LocalOsxFramework } from '@covey/governance/deploy';
import { deployTestCovey, startAnvil } from '@covey/governance/testing';
import type { Anvil, DeployTestCoveyOptions } from '@covey/governance/testing';
import type { Abi, Address } from 'viem';
import { createServer } from '../app.ts';
import type { CoveyServer, ServerOptions } from '../app.ts';
import { pathOf } from '../schema/index.ts';
import type { AnswerOf, Asked, Endpoint } from '../schema/index.ts';

/** A chain with all contracts, and servers on it, for tests. */
export interface World {
  anvil: Anvil;
  deployment: Deployment;
  framework: LocalOsxFramework;
  directory: string;
  /** Calls a contract from a test account and waits until it is mined. */
  send(account: number, to: Address, abi: Abi, functionName: string, args?: readonly unknown[]): Promise<void>;
  serve(options?: Partial<ServerOptions>): Promise<CoveyServer>;
  close(): Promise<void>;
}

export interface CreateWorldOptions extends Pick<DeployTestCoveyOptions, 'scorer' | 'policy'> {
  chainId?: number;
}

export async function createWorld({ chainId, ...options }: CreateWorldOptions = {}): Promise<World> {
  const anvil = await startAnvil(chainId === undefined ? {} : { chainId });
  const { deployment, framework } = await deployTestCovey(anvil, options);
  const directory = await mkdtemp(join(tmpdir(), 'covey-server-'));
  const servers = new Set<CoveyServer>();
  const world: World = {
    anvil,
    deployment,
    framework,
    directory,
    async send(account, address, abi, functionName, args = []) {
      await new Sender({ wallet: anvil.wallet(account) }).send({ address, abi, functionName, args });
    },
    async serve(options = {}) {
      const server = await createServer({
        dataDir: join(directory, 'data'),
        rpcUrl: anvil.rpcUrl,
        deployment,
        port: 0,
        host: '127.0.0.1',
        demo: true,
        pollMs: 50,
        ...options,
      });
      servers.add(server);
      return server;
    },
    async close() {
      for (const server of servers) await server.close();
      await anvil.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  // Everybody votes for itself, and lets every contract take its tokens.
  for (let account = 0; account < 8; account++) {
    const self = anvil.accounts[account]?.address;
    await world.send(account, deployment.token, coveyTokenAbi, 'delegate', [self]);
    for (const spender of [
      deployment.taskManager,
      deployment.stakeManager,
      deployment.results,
      deployment.modelMarket,
      deployment.keyEscrow,
      deployment.inferenceChannels,
      deployment.answerCases,
      deployment.inferenceDesk,
    ]) {
      await world.send(account, deployment.token, coveyTokenAbi, 'approve', [spender, 2n ** 255n]);
    }
  }
  return world;
}

/** Calls an endpoint and parses the answer with its own schema, which is what the web does. */
export async function read<E extends Endpoint>(
  server: CoveyServer,
  endpoint: E,
  asked: Asked<E>,
): Promise<AnswerOf<E>> {
  const path = pathOf(endpoint, asked);
  const response = await fetch(`${server.url}${path}`);
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(body)}`);
  return endpoint.answer.parse(body) as AnswerOf<E>;
}

/** Whether the contract lets a stranger do it now. */
export async function succeeds(
  world: World,
  contract: { address: Address; abi: Abi },
  functionName: string,
  args: readonly unknown[],
): Promise<boolean> {
  const account = '0x00000000000000000000000000000000000000aa';
  return world.anvil.publicClient.simulateContract({ ...contract, functionName, args, account }).then(
    () => true,
    () => false,
  );
}
