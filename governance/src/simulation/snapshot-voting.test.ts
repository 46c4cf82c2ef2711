import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPolicy } from '../catalogue/policy.ts';
import { prepareSnapshotVoting, publishSnapshotVoting } from '../deploy/snapshot-voting.ts';
import { updateSnapshotSettings } from '../snapshot-voting/settings.ts';
import { vetoBound } from '../snapshot-voting/veto-bound.ts';
import { createBindingWorld } from '../testing/binding-world.ts';
import type { BindingWorld } from '../testing/binding-world.ts';
import { testSnapshotSettings } from '../testing/snapshot-voting.ts';
import { simulateExecution } from './index.ts';

let world: BindingWorld;
beforeAll(async () => {
  world = await createBindingWorld({ accounts: 2, voters: 1 });
});
afterAll(() => world?.close());

test('what SnapshotVoting makes the DAO do: its settings, each beside what it was', async () => {
  const { deployment, anvil } = world;
  const settings = { ...testSnapshotSettings, supportThreshold: 600_000, delay: 10_800 };
  const report = await simulateExecution(anvil.covey(deployment), {
    from: 'snapshotVoting',
    actions: [
      updateSnapshotSettings(deployment, { ...settings, delay: 9_000 }),
      updateSnapshotSettings(deployment, settings),
      setPolicy(deployment, [{ param: 'unlockRatio', value: 1n }]),
    ],
  });
  expect(report).toMatchObject({ ok: true, from: { contract: 'snapshotVoting', address: deployment.snapshotVoting } });
  expect(report.state).toMatchObject([
    { contract: 'snapshotVoting', what: 'snapshot.supportThreshold', before: '500000', after: '600000' },
    { contract: 'snapshotVoting', what: 'snapshot.delay', before: '7200', after: '10800' },
    { contract: 'policy', what: 'policy.unlockRatio', after: '1' },
    { what: 'policy.announcedVersion' },
  ]);
});

test('a veto by TokenVoting ends a proposal whose votes are being cast', async () => {
  const { deployment, anvil } = world;
  const { id } = await world.open();
  const report = await simulateExecution(anvil.covey(deployment), { actions: [vetoBound(deployment, id)] });
  expect(report.state).toMatchObject([
    { contract: 'snapshotVoting', what: 'snapshot.state', subject: { id }, before: 'active', after: 'vetoed' },
  ]);
});

test('installing a plugin: the permission to execute is shown, and that it is dangerous', async () => {
  const { deployment, anvil, covey } = world;
  const client = anvil.wallet(1);
  const { version } = await publishSnapshotVoting(client, {
    framework: covey.framework,
    maintainer: deployment.dao,
  });
  const { plugin, actions } = await prepareSnapshotVoting(anvil.covey(deployment, 1), {
    version,
    space: 'other.eth',
    settings: testSnapshotSettings,
  });
  const report = await simulateExecution(anvil.covey(deployment), { actions });
  expect(report).toMatchObject({ ok: true });
  expect(report.state).toContainEqual(
    expect.objectContaining({
      what: 'permission',
      subject: expect.objectContaining({ permission: 'EXECUTE', whereContract: 'dao', who: plugin }) as object,
      before: false,
      after: true,
      dangerous: true,
    }),
  );
  // What the setup needs for a moment is taken back in the same execution, and so no change.
  expect(report.state.filter(({ subject }) => subject['whoContract'] === 'pluginSetupProcessor')).toEqual([]);
});
