import { updateSnapshotSettings } from '../../snapshot-voting/settings.ts';
import type { SnapshotSettings } from '../../snapshot-voting/settings.ts';
import { vetoBound } from '../../snapshot-voting/veto-bound.ts';
import { updateVotingSettings } from '../voting.ts';
import { votingModes } from '../../voting-settings.ts';
import type { VotingMode } from '../../voting-settings.ts';
import type { Hex } from 'viem';
import { governed } from './field.ts';
import { argsOf, defineForm } from './form.ts';

interface VotingSettingsArgument {
  votingMode: number;
  supportThreshold: number;
  minParticipation: number;
  minDuration: bigint;
  minProposerVotingPower: bigint;
}

export const votingForms = [
  defineForm({
    kind: 'voting.settings',
    fields: {
      mode: governed('voting.mode'),
      supportThreshold: governed('voting.supportThreshold'),
      minParticipation: governed('voting.minParticipation'),
      minDuration: governed('voting.minDuration'),
      minProposerVotingPower: governed('voting.minProposerVotingPower'),
    },
    build: (deployment, { mode, supportThreshold, minParticipation, ...rest }) =>
      updateVotingSettings(deployment, {
        ...rest,
        mode: mode as VotingMode,
        supportThreshold: Number(supportThreshold),
        minParticipation: Number(minParticipation),
      }),
    read(calls) {
      const args = argsOf<{ _votingSettings: VotingSettingsArgument }>(calls, 'tokenVoting', 'updateVotingSettings');
      const mode = args && votingModes[args._votingSettings.votingMode];
      if (!mode) return undefined;
      const { supportThreshold, minParticipation, minDuration, minProposerVotingPower } = args._votingSettings;
      return {
        mode,
        supportThreshold: BigInt(supportThreshold),
        minParticipation: BigInt(minParticipation),
        minDuration,
        minProposerVotingPower,
      };
    },
  }),
  defineForm({
    kind: 'snapshot.settings',
    fields: {
      supportThreshold: governed('snapshot.supportThreshold'),
      minParticipation: governed('snapshot.minParticipation'),
      maxSnapshotAge: governed('snapshot.maxSnapshotAge'),
      minDuration: governed('snapshot.minDuration'),
      submissionWindow: governed('snapshot.submissionWindow'),
      /** And at most the submission window. */
      extension: governed('snapshot.extension'),
      delay: governed('snapshot.delay'),
      executionWindow: governed('snapshot.executionWindow'),
      minProposerVotingPower: governed('snapshot.minProposerVotingPower'),
    },
    check: ({ extension, submissionWindow }) =>
      extension > submissionWindow
        ? [{ field: 'extension', code: 'too-large', expected: submissionWindow.toString() }]
        : [],
    build: (deployment, values) =>
      updateSnapshotSettings(deployment, {
        supportThreshold: Number(values.supportThreshold),
        minParticipation: Number(values.minParticipation),
        maxSnapshotAge: Number(values.maxSnapshotAge),
        minDuration: Number(values.minDuration),
        submissionWindow: Number(values.submissionWindow),
        extension: Number(values.extension),
        delay: Number(values.delay),
        executionWindow: Number(values.executionWindow),
        minProposerVotingPower: values.minProposerVotingPower,
      }),
    read(calls) {
      const s = argsOf<{ settings_: SnapshotSettings }>(calls, 'snapshotVoting', 'updateSettings')?.settings_;
      return (
        s && {
          supportThreshold: BigInt(s.supportThreshold),
          minParticipation: BigInt(s.minParticipation),
          maxSnapshotAge: BigInt(s.maxSnapshotAge),
          minDuration: BigInt(s.minDuration),
          submissionWindow: BigInt(s.submissionWindow),
          extension: BigInt(s.extension),
          delay: BigInt(s.delay),
          executionWindow: BigInt(s.executionWindow),
          minProposerVotingPower: s.minProposerVotingPower,
        }
      );
    },
  }),
  defineForm({
    kind: 'snapshot.veto',
    fields: { proposalId: { type: 'hash' } },
    build: (deployment, { proposalId }) => vetoBound(deployment, proposalId),
    read(calls) {
      const args = argsOf<{ id: Hex }>(calls, 'snapshotVoting', 'veto');
      return args && { proposalId: args.id };
    },
  }),
] as const;
