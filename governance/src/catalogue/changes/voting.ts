import type { Hex } from 'viem';
import type { SnapshotSettings } from '../../snapshot-voting/settings.ts';
import { valuesOf, views } from '../../values/registry.ts';
import { votingModes } from '../../voting-settings.ts';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

const votingNumbers = ['supportThreshold', 'minParticipation', 'minDuration', 'minProposerVotingPower'] as const;
type VotingNumber = (typeof votingNumbers)[number];

export async function votingChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'updateVotingSettings') return [];
  const { _votingSettings: settings } = argumentsOf<{
    _votingSettings: Record<VotingNumber, number | bigint> & { votingMode: number };
  }>(call);
  const change = (what: `voting.${'mode' | VotingNumber}`, next: string | bigint | null) =>
    ledger.change({ what, about: [], read: () => ledger.value(what), next });
  const changes = [await change('voting.mode', votingModes[settings.votingMode] ?? null)];
  for (const name of votingNumbers) changes.push(await change(`voting.${name}`, BigInt(settings[name])));
  return changes;
}

export async function snapshotChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function === 'veto') {
    const { id } = argumentsOf<{ id: Hex }>(call);
    const read = () => ledger.value('snapshot.state', [id], call.to);
    const about = [{ name: 'proposalId', value: id }];
    return [await ledger.change({ what: 'snapshot.state', about, read, next: 'vetoed' })];
  }
  if (call.function !== 'updateSettings') return [];
  const [settings] = call.args.map(({ value }) => value) as [SnapshotSettings];
  const changes: Change[] = [];
  for (const what of valuesOf(views.snapshotSettings)) {
    const next = BigInt(settings[what.slice('snapshot.'.length) as keyof SnapshotSettings]);
    changes.push(await ledger.change({ what, about: [], read: () => ledger.value(what, [], call.to), next }));
  }
  return changes;
}
