import { once } from 'node:events';
import type { SnapshotKind } from '@covey/governance';
import type { Address } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess } from '../testing/process.ts';
import { ethersSigner, snapshotClient } from '../testing/snapshot-client.ts';
import type { Receipt } from '../testing/snapshot-client.ts';
import { createWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const space = 'covey.eth';
const MODERATOR = 7;
const VOTERS = [1, 2, 3, 4, 5];
/** Acknowledged messages after which the server is killed, once a life: while others are under way. */
const KILL_AFTER = [7, 100, 33];

let world: World;
let now: number;
let snapshot: number;
beforeAll(async () => {
  world = await createWorld();
  await world.anvil.advance(1);
  const block = await world.anvil.publicClient.getBlock();
  now = Number(block.timestamp);
  snapshot = Number(block.number) - 1;
});
afterAll(() => world.close());

interface Acknowledged extends Receipt {
  kind: SnapshotKind;
  voter?: Address;
  proposal?: string;
  timestamp: number;
}
const acknowledged: Acknowledged[] = [];
/** A second more for every message: none is a duplicate, and later ones replace earlier ones. */
let clock = 0;

/** Sends one message of every kind after the other, in an order in which each can be accepted, until the server dies. */
async function stream(url: string, account: number, targets: string[], onAccepted: () => void): Promise<void> {
  const client = snapshotClient(url);
  const address = world.anvil.accounts[account]?.address as Address;
  const by = [ethersSigner(account), address] as const;
  const moderator = [ethersSigner(MODERATOR), world.anvil.accounts[MODERATOR]?.address as Address] as const;
  const [single = '', approval = '', weighted = ''] = targets;
  const text = { type: 'basic' as const, body: '', discussion: '', labels: [], plugins: '{}' };
  const choices = ['For', 'Against', 'Abstain'];
  for (;;) {
    let proposal = '';
    const at = () => ({ space, timestamp: (now - 250 + (clock += 1)) as number });
    const voting = (id: string) => ({ ...at(), proposal: id });
    type Step = [
      SnapshotKind,
      (m: { space: string; timestamp: number; proposal: string }) => Promise<unknown>,
      string?,
    ];
    const steps: Step[] = [
      [
        'proposal',
        (m) =>
          client.proposal(...by, {
            ...m,
            ...text,
            choices,
            title: `By ${account}`,
            start: now + 100,
            end: now + 200,
            snapshot,
            proposal: undefined,
          } as never),
      ],
      ['update-proposal', (m) => client.updateProposal(...by, { ...m, ...text, choices, title: 'New' })],
      ['flag-proposal', (m) => client.flagProposal(...moderator, m)],
      ['delete-proposal', (m) => client.cancelProposal(...by, m)],
      ['vote', (m) => client.vote(...by, { ...m, type: 'single-choice', choice: 1 }), single],
      ['vote-array', (m) => client.vote(...by, { ...m, type: 'approval', choice: [1, 2] }), approval],
      ['vote-string', (m) => client.vote(...by, { ...m, type: 'weighted', choice: { 2: 1 } }), weighted],
      [
        'alias',
        (m) =>
          client.alias(...by, { timestamp: m.timestamp, alias: privateKeyToAccount(generatePrivateKey()).address }),
      ],
      ['follow', ({ space, timestamp }) => client.follow(...by, { space, timestamp, network: 's' })],
      ['unfollow', ({ space, timestamp }) => client.unfollow(...by, { space, timestamp, network: 's' })],
      ['subscribe', ({ space, timestamp }) => client.subscribe(...by, { space, timestamp })],
      ['unsubscribe', ({ space, timestamp }) => client.unsubscribe(...by, { space, timestamp })],
      ['profile', ({ timestamp }) => client.profile(...by, { timestamp, profile: `{"name":"n${timestamp}"}` })],
      [
        'statement',
        ({ space, timestamp }) =>
          client.statement(...by, {
            space,
            timestamp,
            network: 's',
            about: '',
            statement: `${timestamp}`,
            discourse: '',
            status: 'ACTIVE',
          }),
      ],
    ];
    for (const [kind, send, target] of steps) {
      const message = voting(target ?? proposal);
      if (kind === 'proposal') delete (message as { proposal?: string }).proposal;
      try {
        const receipt = (await send(message)) as Receipt;
        if (kind === 'proposal') proposal = receipt.id;
        const { timestamp } = message;
        acknowledged.push({
          ...receipt,
          kind,
          timestamp,
          ...(target === undefined ? {} : { voter: address, proposal: target }),
        });
        onAccepted();
      } catch (error) {
        // What was accepted in the life before without an answer may stand in the way of this one.
        if ((error as { error?: string }).error !== 'client_error') return;
      }
    }
  }
}

async function ask<T>(url: string, query: string): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: T }).data;
}

test('every acknowledged message of every kind is there after kill -9, at whatever moment', async () => {
  const moderator = ['--snapshot-moderators', world.anvil.accounts[MODERATOR]?.address as Address];
  const targets: string[] = [];
  for (const killAfter of KILL_AFTER) {
    const { child, url } = await startProcess(world, moderator);
    const exited = once(child, 'exit');
    if (targets.length === 0) {
      for (const type of ['single-choice', 'approval', 'weighted'] as const) {
        const { id } = (await snapshotClient(url).proposal(
          ethersSigner(6),
          world.anvil.accounts[6]?.address as Address,
          {
            ...{
              space,
              type,
              title: type,
              body: '',
              discussion: '',
              choices: ['A', 'B'],
              labels: [],
              plugins: '{}',
              app: '',
            },
            ...{ start: now - 280, end: now + 3600, snapshot, timestamp: now },
          },
        )) as Receipt;
        targets.push(id);
      }
    }
    let count = 0;
    const onAccepted = () => {
      count += 1;
      if (count === killAfter) child.kill('SIGKILL');
    };
    await Promise.all(VOTERS.map((account) => stream(url, account, targets, onAccepted)));
    expect(count).toBeGreaterThanOrEqual(killAfter);
    await exited;
  }
  expect(new Set(acknowledged.map(({ kind }) => kind)).size).toBe(14);

  const { child, url } = await startProcess(world, moderator);
  const exited = once(child, 'exit');
  const { messages } = await ask<{ messages: { id: string; ipfs: string }[] }>(
    url,
    `{ messages(first: 1000, orderBy: "mci", orderDirection: asc) { id ipfs } }`,
  );
  const kept = new Map(messages.map(({ id, ipfs }) => [id, ipfs]));
  for (const { id, ipfs } of acknowledged) {
    expect(kept.get(id)).toBe(ipfs);
    const block = (await (await fetch(`${url}/ipfs/${ipfs}`)).json()) as { hash: string };
    expect(block.hash).toBe(id);
  }
  // And they say what they said: nobody's vote is older than the last one that was acknowledged.
  const { votes } = await ask<{ votes: { voter: Address; created: number; proposal: { id: string } }[] }>(
    url,
    `{ votes(first: 1000) { voter created proposal { id } } }`,
  );
  for (const { voter, proposal, timestamp } of acknowledged.filter((one) => one.voter !== undefined)) {
    const held = votes.find((one) => one.voter === voter && one.proposal.id === proposal);
    expect(held?.created).toBeGreaterThanOrEqual(timestamp);
  }
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
