import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentSchema } from '@covey/governance/deployment';

/** What command lines of the table name: files, and endpoints of a chain. */
export interface World {
  deployment: string;
  noDeployment: string;
  noJson: string;
  /** Answers for the deployment's chain, and for another; at the third nobody listens. */
  chain: string;
  otherChain: string;
  nobody: string;
  /** Folders of a user who has configured nothing. */
  home: { XDG_CONFIG_HOME: string; XDG_STATE_HOME: string };
  /** A text with names that are the same in every run. */
  plain(text: string): string;
}

const chainId = 31_337;

/** Makes it for the time of a use. */
export async function withWorld<T>(use: (world: World) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'covey-bad-input-'));
  const servers = [await endpoint(chainId), await endpoint(1), await endpoint(0)];
  const [chain, otherChain, nobody] = servers.map(urlOf) as [string, string, string];
  // Its port is free again, and nobody else has had the time to take it.
  servers[2]!.close();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const addresses = Object.keys(deploymentSchema.shape).map((name, i) => [
    name,
    `0x${String(i + 1).padStart(40, '0')}`,
  ]);
  const deployment = { ...Object.fromEntries(addresses), chainId, startBlock: 0, beaconKind: 'drand' };
  const names: [string, string][] = [
    [chain, 'http://chain:8545'],
    [otherChain, 'http://other-chain:8545'],
    [nobody, 'http://nobody:8545'],
    [`${folder}/`, ''],
  ];
  try {
    return await use({
      deployment: file('covey.json', JSON.stringify(deployment)),
      noDeployment: file('no-deployment.json', JSON.stringify({ ...deployment, chainId: 'one' })),
      noJson: file('notes.txt', 'no JSON\n'),
      ...{ chain, otherChain, nobody },
      home: { XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') },
      plain: (text) =>
        names.reduce(
          (plain, [from, to]) =>
            plain.replaceAll(from, to).replaceAll(from.replace('http://', ''), to.replace('http://', '')),
          text,
        ),
    });
  } finally {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  }
}

interface Asked {
  id: number;
  method: string;
}

/** An endpoint that knows which chain it serves, and nothing of it. */
async function endpoint(number: number): Promise<Server> {
  const answerOf = ({ id, method }: Asked) =>
    method === 'eth_chainId'
      ? { jsonrpc: '2.0', id, result: `0x${number.toString(16)}` }
      : { jsonrpc: '2.0', id, error: { code: -32_601, message: 'the method is not available' } };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const asked = JSON.parse(body) as Asked | Asked[];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answerOf) : answerOf(asked)));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
