// From a real hub over HTTP onto the chain: by `covey` processes, as anyone would run them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { params } from '@covey/contracts/abi/enums';
import { policyAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { bindingMessage, readHubProposal, readHubVotes, setPolicy } from '@covey/governance';
import type { Action } from '@covey/governance';
import { installSnapshotVoting, testMnemonic } from '@covey/governance/testing';
import { covey } from '@covey/nodes/testing';
import { parseEther, toHex } from 'viem';
import type { Address, Hex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { ethersSigner, snapshotClient } from '../testing/snapshot-client.ts';
import { createWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const space = 'covey.eth';
const million = parseEther('1000000');
const passerBy = 9;

// Many processes, one after the other: on a busy machine each takes seconds to start.

let world: World;
let server: CoveyServer;
let deployment: Deployment;
let files: { deployment: string; actions: string };

beforeAll(async () => {
  world = await createWorld();
  server = await world.serve();
  deployment = await installSnapshotVoting(world.anvil, world);
  files = { deployment: join(world.directory, 'covey.json'), actions: join(world.directory, 'actions.json') };
  // Without the plugin, as every file from before the installation: it is found on the chain.
  await writeFile(files.deployment, JSON.stringify(world.deployment));
});
afterAll(() => world.close());

async function run(args: string[], account?: number) {
  const key = mnemonicToAccount(testMnemonic, { addressIndex: account ?? 0 }).getHdKey().privateKey as Uint8Array;
  const running = covey(
    [...args, '--rpc', world.anvil.rpcUrl, '--deployment', files.deployment, '--json'],
    account === undefined ? {} : { COVEY_PRIVATE_KEY: toHex(key) },
  );
  const code = await running.exit;
  return { code, lines: running.lines, line: running.lines.at(-1) };
}

const now = async () => Number((await world.anvil.publicClient.getBlock()).timestamp);
const address = (account: number) => world.anvil.accounts[account]?.address as Address;
const hub = () => ['--hub', `${server.url}/graphql`, '--gateway', server.url];

/** Signed and posted by the real snapshot.js. */
async function propose(value: bigint) {
  const actions: Action[] = [setPolicy(deployment, [{ param: 'unlockRatio', value }])];
  const jsonActions = actions.map((action) => ({ ...action, value: String(action.value) }));
  await writeFile(files.actions, JSON.stringify(jsonActions));
  const block = await world.anvil.publicClient.getBlock();
  const timestamp = Number(block.timestamp);
  const message = bindingMessage({
    deployment,
    space,
    actions,
    author: address(1),
    title: 'Pay more at once',
    body: 'Because.',
    timestamp,
    start: timestamp + 60,
    end: timestamp + 60 + 3_600,
    snapshot: Number(block.number) - 1,
  });
  const posted = await snapshotClient(server.url).proposal(ethersSigner(1), address(1), { ...message } as never);
  return { id: (posted as { id: Hex }).id, message };
}

async function cast(account: number, proposal: Hex, choice: number) {
  await snapshotClient(server.url).vote(ethersSigner(account), address(account), {
    space,
    proposal,
    type: 'basic',
    choice,
    timestamp: await now(),
  } as never);
}

test('`covey snapshot` registers, brings votes on chain and executes, with a hub that need not be believed', async () => {
  const value = parseEther('0.55');
  const { id, message } = await propose(value);
  const registered = await run(['snapshot', 'register', '--proposal', id, '--actions', files.actions, ...hub()], 1);
  expect(registered.line).toMatchObject({
    schema: 'covey.snapshot-register/1',
    plugin: deployment.snapshotVoting,
    proposal: { id, state: 'pending', type: 'basic' },
  });
  await world.anvil.advance(message.start - (await now()) + 1);
  for (const [account, choice] of [
    [1, 1],
    [2, 1],
    [3, 2],
  ] as const) {
    await cast(account, id, choice);
  }
  // During the vote, and again after its end: nothing is sent twice.
  const submit = ['snapshot', 'submit', '--proposal', id, ...hub()];
  const first = await run(submit, passerBy);
  expect(first.line).toMatchObject({ schema: 'covey.snapshot-submit/1', counted: 3, skipped: [], unproven: [] });
  expect((first.line?.transactions as unknown[]).length).toBe(1);
  const again = await run(submit, passerBy);
  expect(again.line).toMatchObject({ counted: 0, transactions: [] });

  const early = await run(['snapshot', 'execute', '--proposal', id], passerBy);
  expect(early.code).toBe(5);
  expect(early.line).toMatchObject({ schema: 'covey.error/1', error: { contractError: 'WrongState' } });
  const status = await run(['snapshot', 'status', '--proposal', id]);
  const [proposal] = status.line?.proposals as { executableFrom: number; tally: { forVotes: string } }[];
  expect(proposal?.tally).toMatchObject({ forVotes: String(2n * million), against: String(million) });
  await world.anvil.advance((proposal?.executableFrom ?? 0) - (await now()));
  const executed = await run(['snapshot', 'execute', '--proposal', id], passerBy);
  expect(executed.line).toMatchObject({ schema: 'covey.snapshot-execute/1', proposal: { state: 'executed' } });
  const all = await run(['snapshot', 'status']);
  expect(all.line).toMatchObject({ schema: 'covey.snapshot-status/1', proposals: [{ id, state: 'executed' }] });
});

test('a keeper does it by itself, once voting has ended', async () => {
  const { publicClient } = world.anvil;
  const value = parseEther('0.6');
  const { id, message } = await propose(value);
  await run(['snapshot', 'register', '--proposal', id, '--actions', files.actions, ...hub()], 1);
  await world.anvil.advance(message.start - (await now()) + 1);
  await cast(2, id, 1);
  await cast(4, id, 1);
  const keeper = () => run(['keeper', '--once', '--no-emission', ...hub()], passerBy);
  expect((await keeper()).lines.map(({ event }) => event)).toEqual(['started', 'stopped']);
  await world.anvil.advance(message.end - (await now()) + 1);
  expect((await keeper()).lines).toContainEqual(
    expect.objectContaining({ event: 'votes-submitted', proposal: id, counted: 2, rejected: 0 }),
  );
  const { line } = await run(['snapshot', 'status', '--proposal', id]);
  const [proposal] = line?.proposals as { executableFrom: number }[];
  await world.anvil.advance((proposal?.executableFrom ?? 0) - (await now()));
  expect((await keeper()).lines).toContainEqual(expect.objectContaining({ event: 'snapshot-executed', proposal: id }));
  const policy = { address: deployment.policy, abi: policyAbi } as const;
  // Announced: its notice has yet to pass.
  const version = await publicClient.readContract({ ...policy, functionName: 'announcedVersion' });
  expect(
    await publicClient.readContract({
      ...policy,
      functionName: 'valueAt',
      args: [params.indexOf('unlockRatio'), version],
    }),
  ).toBe(value);
});

test('what a hub cannot prove is named, and never counted', async () => {
  const { publicClient } = world.anvil;
  const { id, message } = await propose(parseEther('0.65'));
  await run(['snapshot', 'register', '--proposal', id, '--actions', files.actions, ...hub()], 1);
  await world.anvil.advance(message.start - (await now()) + 1);
  await cast(2, id, 1);
  await cast(3, id, 2);
  const source = { hub: `${server.url}/graphql`, ipfs: server.url, publicClient };
  const honest = await readHubVotes({ ...source, id });
  expect(honest.votes.map(({ message: vote }) => [vote.from, vote.choice]).sort()).toEqual(
    [
      [address(2), 1],
      [address(3), 2],
    ].sort(),
  );
  const block = async (cid: string) =>
    new Uint8Array(await (await fetch(`${server.url}/ipfs/${cid}?format=raw`)).arrayBuffer());
  const turned = async (cid: string) => {
    const text = new TextDecoder().decode(await block(cid));
    return new TextEncoder().encode(text.replace('"choice":2', '"choice":1'));
  };
  const lied = await readHubVotes({ ...source, ipfs: turned, id });
  expect(lied.votes.map(({ message: vote }) => vote.from)).toEqual([address(2)]);
  expect(lied.failed).toMatchObject([{ code: 'GOV_CONTENT_MISMATCH' }]);
  await expect(readHubProposal({ ...source, id: `0x${'ab'.repeat(32)}` })).rejects.toMatchObject({
    code: 'GOV_UNKNOWN_PROPOSAL',
  });
});

test('wrong calls end with the exit codes of every command', async () => {
  const id = `0x${'ab'.repeat(32)}`;
  expect((await run(['snapshot', 'status', '--proposal', id])).code).toBe(2);
  expect((await run(['snapshot', 'status', '--proposal', '0x12'])).code).toBe(2);
  expect((await run(['snapshot', 'submit', '--proposal', id], passerBy)).code).toBe(2);
  const deaf = ['--hub', 'http://127.0.0.1:1/graphql'];
  expect((await run(['snapshot', 'submit', '--proposal', id, ...deaf], passerBy)).code).toBe(4);
});
