import { createCovey, connect, type CoveyChain } from '@covey/client';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bytesToHex, createWalletClient, custom, parseEther, UserRejectedRequestError } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { coveyTokenAbi } from '@covey/contracts/abi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playRound } from './testing/play-round.ts';
import { cast, startTestNetwork, type TestNetwork } from './testing/test-network.ts';

const run = promisify(execFile);
const client = join(import.meta.dirname, '../../client');
const outsider = mnemonicToAccount('test test test test test test test test test test test junk', {
  addressIndex: cast.outsider,
});

let network: TestNetwork;
let content: HttpContent;
let folder: string;
let blocks: Map<string, string>;

beforeAll(async () => {
  network = await startTestNetwork();
  const task = await network.task({ rounds: 1 });
  const trainers = [0, 1].map((n) => network.trainer(n));
  const validators = [0, 1, 2].map((n) => network.validator(n));
  await network.prepare(task.taskId, [...validators, ...trainers]);
  await playRound(network, { task, trainers, validators }, 0);
  content = await serveContent(network.store);
  // Inside of the repository, where the packages are found.
  folder = await mkdtemp(join(client, '.readme-'));
  await writeFile(join(folder, 'covey.json'), JSON.stringify(network.deployment));
  const text = await readFile(join(client, 'README.md'), 'utf8');
  blocks = new Map([...text.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name, code]) => [name!, code!]));
  for (const [name, code] of blocks) {
    const here = code.replaceAll('http://127.0.0.1:8545', network.anvil.rpcUrl);
    await writeFile(join(folder, name), here.replaceAll('http://127.0.0.1:8080', content.url));
  }
});

afterAll(async () => {
  await content?.stop();
  await network?.stop();
  if (folder) await rm(folder, { recursive: true });
});

async function print(file: string): Promise<string> {
  const key = bytesToHex(outsider.getHdKey().privateKey!);
  const env = { ...process.env, COVEY_PRIVATE_KEY: key };
  return (await run(process.execPath, ['--no-warnings', file], { cwd: folder, env })).stdout;
}

describe('the client’s README', () => {
  it('has each block as a file', () => {
    expect([...blocks.keys()]).toEqual(['covey.ts', 'read.ts', 'verify.ts', 'write.ts', 'errors.ts']);
  });

  it('reads', async () => {
    const said = await print('read.ts');
    expect(said).toMatch(/^task 1 is approved, 1 of 1 rounds opened\nround 0 is claimable\n/);
    expect(said.match(/^[01] 0x\w{40} baf\w+$/gm)).toHaveLength(2);
    expect(said.match(/^0x\w{40} \d+ revealed$/gm)).toHaveLength(3);
  });

  it('verifies, and settles', async () => {
    const said = await print('verify.ts');
    expect(said).toMatch(/^the round is as its inputs say\n/);
    expect(said).toMatch(/0x\w{40} earns [1-9]\d+ wei/);
  });

  it('writes', async () => {
    expect(await print('write.ts')).toMatch(/^approved\nstaked\nstaked in 0x\w{64}, \d+ gas\ntrue\n$/);
  });

  it('tells errors apart', async () => {
    expect(await print('errors.ts')).toMatch(/^WALLET_MISSING false /);
  });
});

describe('the one object', () => {
  const at = { taskId: 1n, round: 0 };
  const coveyOf = (index: number) =>
    createCovey({
      deployment: network.deployment,
      client: network.publicClient,
      wallet: network.wallet(index),
      content: network.store,
    });

  it('says what it lacks', async () => {
    const bare = createCovey({ deployment: network.deployment, rpcUrls: [network.anvil.rpcUrl] });
    await expect(bare.escrow.lock({ amount: 1n, notice: 1 })).rejects.toMatchObject({ code: 'WALLET_MISSING' });
    await expect(bare.round(at).settle()).rejects.toMatchObject({ code: 'CONTENT_MISSING' });
    expect(await bare.tasks.count()).toBe(1n);
  });

  it('claims what a round pays, once', async () => {
    const trainer = network.trainer(0).address;
    const claimed = await coveyOf(cast.outsider).round(at).claim(trainer);
    expect(claimed.trainer).toMatchObject([at]);
    expect((await coveyOf(cast.outsider).round(at).claim(trainer)).trainer).toEqual([]);
  });

  it('locks, asks for the tokens and takes that back', async () => {
    const { escrow } = coveyOf(cast.creator);
    const { lockId } = await escrow.lock({ amount: parseEther('5'), notice: 30 * 86_400 });
    expect(await escrow.read(lockId)).toMatchObject({ amount: parseEther('5'), unlocksAt: 0 });
    await escrow.requestUnlock(lockId);
    await expect(escrow.withdraw(lockId)).rejects.toMatchObject({
      code: 'CONTRACT_REVERTED',
      contractError: 'StillLocked',
      message: expect.stringMatching(/The notice has not passed \(lock \d+, unlocks at .* UTC\)/) as string,
    });
    await escrow.relock(lockId);
    expect(await escrow.of(network.account(cast.creator).sender.address)).toMatchObject([{ lockId, unlocksAt: 0 }]);
  });
});

describe('the sender', () => {
  const approve = ({ deployment }: CoveyChain, amount: bigint) =>
    ({
      address: deployment.token,
      abi: coveyTokenAbi,
      functionName: 'approve',
      args: [deployment.stakeManager, amount],
    }) as const;
  /** A wallet whose endpoint does to a request what it is told. */
  const walletThat = (onRequest: (method: string, ask: () => Promise<unknown>) => Promise<unknown>) => {
    const ask = (question: { method: string }) => network.publicClient.request(question as never) as Promise<unknown>;
    const request = (question: { method: string }) => onRequest(question.method, () => ask(question));
    return createWalletClient({ account: outsider, transport: custom({ request }, { retryCount: 0 }) });
  };

  it('keeps a wallet’s transactions in turn, whoever sends them, and tells how far they are', async () => {
    const { publicClient, deployment } = network;
    const wallet = network.wallet(cast.outsider);
    const steps: string[] = [];
    const senders = [0, 1, 2].map(() => connect({ publicClient, deployment, wallet }));
    const onProgress = ({ step }: { step: string }) => void steps.push(step);
    await Promise.all(senders.map((covey) => covey.sender.send({ ...approve(covey, 1n), onProgress })));
    expect(steps).toEqual([
      'checking',
      'signing',
      'pending',
      'checking',
      'signing',
      'pending',
      'checking',
      'signing',
      'pending',
    ]);
  });

  it('refuses what needs more gas than it may, before it signs', async () => {
    const covey = network.account(cast.outsider);
    const nonce = () => network.publicClient.getTransactionCount({ address: covey.sender.address });
    const before = await nonce();
    await expect(covey.sender.send({ ...approve(covey, 1n), maxGas: 20_000n })).rejects.toMatchObject({
      code: 'GAS_LIMIT',
      expected: '20000',
    });
    expect(await nonce()).toBe(before);
  });

  it('says that a wallet declined', async () => {
    const { publicClient, deployment } = network;
    const declining = createWalletClient({
      account: outsider.address,
      transport: custom({
        request: (question: { method: string }) =>
          question.method === 'eth_sendTransaction'
            ? Promise.reject(new UserRejectedRequestError(new Error('no')))
            : (publicClient.request(question as never) as Promise<unknown>),
      }),
    });
    const covey = connect({ publicClient, deployment, wallet: declining });
    await expect(covey.sender.send(approve(covey, 1n))).rejects.toMatchObject({ code: 'WALLET_REJECTED' });
  });

  it('signs again when the account sent elsewhere meanwhile', async () => {
    const { publicClient, deployment } = network;
    let stale = 1;
    const wallet = walletThat(async (method, ask) => {
      const answer = await ask();
      if (method !== 'eth_getTransactionCount' || stale-- <= 0) return answer;
      return `0x${(Number(answer) - 1).toString(16)}`;
    });
    const covey = connect({ publicClient, deployment, wallet });
    const before = (await publicClient.getTransactionCount({ address: outsider.address })) + 1;
    await covey.sender.send(approve(covey, 1n));
    expect(await publicClient.getTransactionCount({ address: outsider.address })).toBe(before);
  });
});
