import type { Hex } from 'viem';
import { snapshotVotingAbi, tokenVotingAbi } from '@covey/contracts/abi';
import { snapshotStates } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import type { SnapshotSettings } from '../../snapshot-voting/settings.ts';
import { votingModes } from '../../voting-settings.ts';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change, ChangeUnit } from './change.ts';
import type { Ledger } from './ledger.ts';

const votingUnits = {
  supportThreshold: 'ppm',
  minParticipation: 'ppm',
  minDuration: 'seconds',
  minProposerVotingPower: 'wei',
} as const satisfies Record<string, ChangeUnit>;
type VotingNumber = keyof typeof votingUnits;

export async function votingChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'updateVotingSettings') return [];
  const { tokenVoting } = ledger.deployment;
  const { _votingSettings: settings } = argumentsOf<{
    _votingSettings: Record<VotingNumber, number | bigint> & { votingMode: number };
  }>(call);
  const changes = [
    await ledger.change({
      what: 'voting.mode',
      about: [],
      unit: 'state',
      read: async () => decodeEnum(votingModes, await ledger.read(tokenVoting, tokenVotingAbi, 'votingMode', [])),
      next: votingModes[settings.votingMode] ?? null,
    }),
  ];
  for (const name of Object.keys(votingUnits) as VotingNumber[]) {
    changes.push(
      await ledger.change({
        what: `voting.${name}`,
        about: [],
        unit: votingUnits[name],
        read: async () => BigInt(await ledger.read(tokenVoting, tokenVotingAbi, name, [])),
        next: BigInt(settings[name]),
      }),
    );
  }
  return changes;
}

const snapshotUnits = {
  supportThreshold: 'ppm',
  minParticipation: 'ppm',
  maxSnapshotAge: 'blocks',
  minDuration: 'seconds',
  submissionWindow: 'seconds',
  extension: 'seconds',
  delay: 'seconds',
  executionWindow: 'seconds',
  minProposerVotingPower: 'wei',
} as const satisfies Record<keyof SnapshotSettings, ChangeUnit>;

export async function snapshotChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function === 'veto') {
    const { id } = argumentsOf<{ id: Hex }>(call);
    const read = async () =>
      decodeEnum(snapshotStates, (await ledger.read(call.to, snapshotVotingAbi, 'getProposal', [id])).state);
    const about = [{ name: 'proposalId', value: id }];
    return [await ledger.change({ what: 'snapshot.state', about, unit: 'state', read, next: 'vetoed' })];
  }
  if (call.function !== 'updateSettings') return [];
  const [settings] = call.args.map(({ value }) => value) as [SnapshotSettings];
  const inForce = async () => {
    const version = await ledger.read(call.to, snapshotVotingAbi, 'settingsVersion', []);
    return ledger.read(call.to, snapshotVotingAbi, 'settings', [version]);
  };
  const changes: Change[] = [];
  for (const name of Object.keys(snapshotUnits) as (keyof SnapshotSettings)[]) {
    const read = async () => BigInt((await inForce())[name]);
    const unit = snapshotUnits[name];
    changes.push(
      await ledger.change({ what: `snapshot.${name}`, about: [], unit, read, next: BigInt(settings[name]) }),
    );
  }
  return changes;
}
