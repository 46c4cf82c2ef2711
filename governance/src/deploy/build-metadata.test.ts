import { snapshotVotingAbi } from '@covey/contracts/abi';
import { votingSettingsConstants as bounds } from '@covey/contracts/abi/constants';
import build from '@covey/contracts/snapshot-voting/build-metadata.json' with { type: 'json' };
import { expect, it } from 'vitest';

// Aragon's tools show this document to whoever installs the plugin: it has to say what the contract takes.
const settings = build.pluginSetup.prepareInstallation.inputs.find(({ name }) => name === 'settings')!.components!;

function duration(seconds: bigint): string {
  const units = { day: 86_400n, hour: 3_600n, minute: 60n };
  const [unit, size] = Object.entries(units).find(([, length]) => seconds % length === 0n)!;
  return seconds === size ? `1 ${unit}` : `${seconds / size} ${unit}s`;
}
const window = `${duration(bounds.MIN_WINDOW)} to ${duration(bounds.MAX_WINDOW)}`;
const parts = new Map([[20n, 'a twentieth']]);

const ranges: Record<string, string> = {
  supportThreshold: `${bounds.MIN_SUPPORT} to ${bounds.MAX_SUPPORT}`,
  minParticipation: `${bounds.MIN_PARTICIPATION} to ${bounds.MAX_PARTICIPATION}`,
  maxSnapshotAge: `1 to ${bounds.MAX_SNAPSHOT_AGE}`,
  minDuration: window,
  submissionWindow: window,
  extension: `${duration(bounds.MIN_EXTENSION)} to the submission window`,
  delay: `${duration(bounds.MIN_DELAY)} to ${duration(bounds.MAX_WINDOW)}`,
  executionWindow: window,
  minProposerVotingPower: `1 to ${parts.get(bounds.MAX_PROPOSER_PART)} of the past total supply`,
};

it('asks for the settings of the contract, in its order', () => {
  const update = snapshotVotingAbi.find((item) => item.type === 'function' && item.name === 'updateSettings');
  expect(update).toMatchObject({
    inputs: [{ components: settings.map(({ name, type, internalType }) => ({ name, type, internalType })) }],
  });
  expect(settings.map(({ name }) => name)).toEqual(Object.keys(ranges));
});

it.each(settings)('says the bounds of $name', ({ name, description }) => {
  expect(description.endsWith(`: ${ranges[name]}.`), description).toBe(true);
});
