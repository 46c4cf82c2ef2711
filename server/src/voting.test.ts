import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { coveyTokenAbi } from '@covey/contracts/abi';
import {
  executeBound,
  findSnapshotVoting,
  getBoundProposal,
  setPolicy,
  submitVotes,
  updateVotingSettings,
  vetoBound,
} from '@covey/governance';
import { prepareSnapshotVoting, prepareSnapshotVotingUninstall, publishSnapshotVoting } from '@covey/governance/deploy';
import { decide, installSnapshotVoting, testSnapshotSettings, testVotingSettings } from '@covey/governance/testing';
import { parseEther } from 'viem';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { endpoints, pathOf } from './schema/index.ts';
import { listen } from './testing/live-client.ts';
import { advanceTo, announce, chainTime, pendingVotes, say, space } from './testing/voting.ts';
import type { Bound } from './testing/voting.ts';
import { createWorld, read } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
let deployment: Bound;
beforeAll(async () => {
  world = await createWorld();
  server = await world.serve();
});
afterAll(() => world.close());

const { snapshotProposal, snapshotProposals, delegate, delegates, config } = endpoints;
const bindingOf = async (id: Hex) => {
  await server.caughtUp();
  return (await read(server, snapshotProposal, { params: { digest: id } })).binding;
};
const installed = async () => {
  await server.caughtUp();
  return (await read(server, config, {})).deployment.snapshotVoting;
};
const delegateAt = async (address: Address) => {
  await server.caughtUp();
  return read(server, delegate, { params: { address } });
};
const account = (index: number) => world.anvil.wallet(index).account.address;
/** Each proposal its own number, so that each has its own actions. */
const change = (n: bigint) => [setPolicy(world.deployment, [{ param: 'unlockRatio', value: parseEther('0.41') + n }])];

describe('a plugin that is installed while the server runs', () => {
  test('is found by the chain alone, with what was registered before it could execute; a reorganisation takes it back', async () => {
    expect(await installed()).toBeUndefined();
    const before = await world.anvil.testClient.snapshot();
    const gone = await installSnapshotVoting(world.anvil, world);
    expect(await installed()).toBe(gone.snapshotVoting);
    await world.anvil.testClient.revert({ id: before });
    await world.anvil.testClient.mine({ blocks: 2 });
    expect(await installed()).toBeUndefined();

    const live = listen(server.url);
    const { version } = await publishSnapshotVoting(world.anvil.wallet(1), {
      framework: world.framework,
      maintainer: world.deployment.dao,
    });
    const { plugin, actions } = await prepareSnapshotVoting(world.anvil.covey(world.deployment, 1), {
      version,
      space,
      settings: testSnapshotSettings,
    });
    deployment = { ...world.deployment, snapshotVoting: plugin };
    const start = (await chainTime(world)) + 90_000;
    const early = await announce(world, server, { deployment, actions: change(0n), start, end: start + 3_600 });
    await early.register();
    expect(await bindingOf(early.id)).toMatchObject({
      installed: false,
      state: 'unregistered',
      commitment: { fits: false, problems: ['plugin'] },
    });
    await decide(world.anvil, { deployment, actions });
    await live.until((messages) => messages.some(({ data }) => data.keys.includes('config')));
    await live.stop();
    expect(await installed()).toBe(deployment.snapshotVoting);
    expect(await findSnapshotVoting(world.anvil.covey(world.deployment))).toBe(deployment.snapshotVoting);
    expect(await bindingOf(early.id)).toMatchObject({ installed: true, state: 'pending', settingsVersion: 1 });
  });
});

describe('a binding proposal', () => {
  test('from the message to its execution: what the server says is what the chain says', async () => {
    const actions = change(1n);
    const { id, message, register, vote } = await announce(world, server, { deployment, actions });
    const state = async () => (await getBoundProposal(world.anvil.covey(deployment), { id })).state;
    expect(await bindingOf(id)).toMatchObject({
      plugin: deployment.snapshotVoting,
      installed: true,
      state: 'unregistered',
      registered: null,
      commitment: { plugin: deployment.snapshotVoting.toLowerCase(), fits: true, problems: [] },
      settings: { supportThreshold: 500_000, delay: 7_200 },
      actions: [],
    });
    await register();
    const registered = await bindingOf(id);
    expect(registered).toMatchObject({ state: 'pending', settingsVersion: 1 });
    const { minPower } = await getBoundProposal(world.anvil.covey(deployment), { id });
    expect(registered?.minPower).toBe(minPower.toString());
    expect(registered?.registered?.registrant).toBe(account(1));
    expect(registered?.actions).toMatchObject([{ contract: 'policy', function: 'set' }]);
    expect(await state()).toBe('pending');

    await advanceTo(world, message.start);
    for (const [voter, choice] of [
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 3],
    ] as const)
      await vote(voter, choice);
    expect(await bindingOf(id)).toMatchObject({ state: 'active', onChain: [], carried: false });
    const votes = await pendingVotes(server, id);
    expect(votes).toHaveLength(4);
    const submit = (envelopes: typeof votes) => submitVotes(world.anvil.covey(deployment, 7), { id, envelopes });
    await submit(votes.slice(0, 2));
    expect(await bindingOf(id)).toMatchObject({ tally: { voters: 2 } });
    expect(await pendingVotes(server, id)).toHaveLength(2);
    await submit(await pendingVotes(server, id));

    // Account 2 changes its mind; until somebody brings that on chain, the older vote counts there.
    await vote(2, 1, message.start + 5);
    const replaced = await pendingVotes(server, id);
    expect(replaced.map(({ address }) => address)).toEqual([account(2)]);
    await submit(replaced);
    const binding = await bindingOf(id);
    expect(await pendingVotes(server, id)).toEqual([]);
    const onChain = await getBoundProposal(world.anvil.covey(deployment), { id });
    expect(binding?.tally).toEqual({
      for: onChain.tally.forVotes.toString(),
      against: onChain.tally.against.toString(),
      abstain: onChain.tally.abstain.toString(),
      voters: Number(onChain.tally.voters),
    });
    expect(binding?.tally.against).toBe('0');
    expect(new Map(binding?.onChain.map((one) => [one.voter, [one.choice, one.timestamp, one.submitter]]))).toEqual(
      new Map([
        [account(1), [1, message.start + 1, account(7)]],
        [account(2), [1, message.start + 5, account(7)]],
        [account(3), [1, message.start + 1, account(7)]],
        [account(4), [3, message.start + 1, account(7)]],
      ]),
    );
    for (const { voter, power } of binding?.onChain ?? []) {
      const args = [voter, BigInt(message.snapshot)] as const;
      const token = { address: deployment.token, abi: coveyTokenAbi, functionName: 'getPastVotes' } as const;
      expect(power).toBe((await world.anvil.publicClient.readContract({ ...token, args })).toString());
    }
    for (const moment of [onChain.end, onChain.submissionEnd, onChain.executableFrom - 1, onChain.executableUntil]) {
      const checkpoint = await world.anvil.testClient.snapshot();
      await advanceTo(world, moment);
      expect((await bindingOf(id))?.state).toBe(await state());
      await world.anvil.advance(1);
      expect((await bindingOf(id))?.state).toBe(await state());
      await world.anvil.testClient.revert({ id: checkpoint });
    }
    // The veto's time is TokenVoting's of now, in the index as on chain.
    await advanceTo(world, onChain.submissionEnd + 1);
    const votingIs = (minDuration: bigint) =>
      decide(world.anvil, {
        deployment,
        actions: [updateVotingSettings(deployment, { ...testVotingSettings, minDuration })],
      });
    await votingIs(7_000n);
    const { executableFrom: later } = await getBoundProposal(world.anvil.covey(deployment), { id });
    expect(later).toBe(onChain.executableFrom + 3_400);
    expect(await bindingOf(id)).toMatchObject({ state: 'queued', executableFrom: later });
    await votingIs(testVotingSettings.minDuration);
    expect(await bindingOf(id)).toMatchObject({ executableFrom: onChain.executableFrom });
    await advanceTo(world, onChain.executableFrom);
    expect(await bindingOf(id)).toMatchObject({
      state: 'executable',
      carried: true,
      executableUntil: onChain.executableUntil,
    });
    await executeBound(world.anvil.covey(deployment, 7), { id });
    expect(await bindingOf(id)).toMatchObject({ state: 'executed', executed: { executor: account(7) }, rejected: 0 });
    const list = await read(server, snapshotProposals, {});
    expect(list.items.find((item) => item.id === id)).toMatchObject({
      quorum: Number(minPower / 10n ** 18n),
      binding: { state: 'executed' },
    });
  });

  test('that the DAO vetoes', async () => {
    const { id, register } = await announce(world, server, { deployment, actions: change(2n) });
    await register();
    await decide(world.anvil, { deployment, actions: [vetoBound(deployment, id)] });
    expect(await bindingOf(id)).toMatchObject({ state: 'vetoed', carried: false });
    expect((await bindingOf(id))?.vetoed?.source.transactionHash).toMatch(/^0x/);
    const [veto] = (await read(server, endpoints.proposals, {})).items;
    expect(veto).toMatchObject({ state: 'executed', kinds: ['snapshotVoting.veto'] });
    const { proposal } = endpoints;
    expect(await read(server, proposal, { params: { id: veto?.id ?? '' } })).toMatchObject({
      supported: true,
      participated: true,
      execution: { possible: false, by: 'anyone' },
      actions: [{ contract: 'snapshotVoting', changes: [{ what: 'snapshot.state', newValue: 'vetoed' }], calls: [] }],
    });
  });

  test('whose batch of votes a reorganisation drops', async () => {
    const { id, message, register, vote } = await announce(world, server, { deployment, actions: change(3n) });
    await register();
    await advanceTo(world, message.start);
    await vote(1, 1);
    await submitVotes(world.anvil.covey(deployment, 7), { id, envelopes: await pendingVotes(server, id) });
    await vote(2, 2);
    await vote(1, 2, message.start + 3);
    const before = await bindingOf(id);
    const fork = await world.anvil.testClient.snapshot();
    const late = await pendingVotes(server, id);
    await submitVotes(world.anvil.covey(deployment, 7), { id, envelopes: late });
    expect(await bindingOf(id)).toMatchObject({ tally: { for: '0', voters: 2 } });
    await world.anvil.testClient.revert({ id: fork });
    await world.anvil.testClient.mine({ blocks: 3 });
    expect(await bindingOf(id)).toEqual(before);
    expect(before).toMatchObject({ tally: { for: before?.onChain[0]?.power, against: '0', voters: 1 } });
    expect((await pendingVotes(server, id)).map(({ address }) => address).sort()).toEqual(
      late.map(({ address }) => address).sort(),
    );
    await submitVotes(world.anvil.covey(deployment, 7), { id, envelopes: late });
    expect(await bindingOf(id)).toMatchObject({ tally: { for: '0', voters: 2 } });
  });

  test('that came too late, or names somebody else, says so', async () => {
    const late = await announce(world, server, { deployment, actions: change(4n) });
    await advanceTo(world, late.message.start);
    expect((await bindingOf(late.id))?.commitment).toMatchObject({ fits: false, problems: ['started'] });
    const signal = await say(world, server, {
      account: 2,
      kind: 'proposal',
      message: { ...late.message, plugins: '{}', timestamp: await chainTime(world), title: 'A signal' },
    });
    expect(await bindingOf(signal)).toBeNull();
    await say(world, server, {
      account: 1,
      kind: 'vote',
      message: {
        space,
        timestamp: late.message.start,
        proposal: signal,
        choice: 3,
        reason: '',
        app: '',
        metadata: '{}',
      },
    });
  });
});

test('the history of one voter on all systems, and what it wrote', async () => {
  const voter = await delegateAt(account(1));
  expect(new Set(voter.history.map(({ system }) => system))).toEqual(new Set(['tokenVoting', 'signal', 'binding']));
  expect(voter.votesCast).toBe(voter.history.length);
  const of = (system: string) => voter.history.filter((one) => one.system === system);
  expect(of('signal')).toMatchObject([{ choice: 3, label: 'Abstain', title: 'A signal', source: null }]);
  expect(of('binding').map(({ label, source }) => [label, source !== null])).toEqual([
    ['Against', true],
    ['For', true],
  ]);
  expect(of('tokenVoting').every(({ choice, source }) => choice === 'yes' && source !== null)).toBe(true);
  expect([...voter.history].sort((a, b) => b.at - a.at)).toEqual(voter.history);
  expect(voter.participation.voted).toBeLessThan(voter.participation.proposals);
  expect(voter.participation.voted).toBe(voter.votesCast);
  expect(voter.proposals.map(({ state }) => state)).toEqual(expect.arrayContaining(['executed', 'vetoed']));
  const stranger = await delegateAt('0x00000000000000000000000000000000000000fE');
  expect(stranger).toMatchObject({
    votingPower: '0',
    delegatorList: [],
    history: [],
    proposals: [],
    statement: null,
  });
});

test('after an uninstallation its proposals stay readable; an index built anew gives the same answers', async () => {
  const { actions } = await prepareSnapshotVotingUninstall(world.anvil.covey(deployment, 1));
  await decide(world.anvil, { deployment, actions });
  expect(await installed()).toBeUndefined();
  const { items } = await read(server, snapshotProposals, {});
  const shown = async () => {
    const paths = [
      ...items.map(({ id }) => pathOf(snapshotProposal, { params: { digest: id } })),
      pathOf(delegates, { query: { limit: 100 } }),
      ...[1, 2, 6].map((index) => pathOf(delegate, { params: { address: account(index) } })),
      pathOf(config, {}),
    ];
    await server.caughtUp();
    return Promise.all(paths.map(async (path) => (await fetch(`${server.url}${path}`)).json()));
  };
  const before = await shown();
  expect(items.map(({ binding }) => binding?.installed).filter((one) => one !== undefined)).toEqual(
    Array(5).fill(false),
  );
  await server.close();
  await rm(join(world.directory, 'data', 'index'), { recursive: true });
  server = await world.serve();
  expect(await shown()).toEqual(before);
});
