import { votingSettingsConstants } from '@covey/contracts/abi/constants';
import { updateSnapshotSettings } from '../../snapshot-voting/settings.ts';
import type { SnapshotSettings } from '../../snapshot-voting/settings.ts';
import { vetoBound } from '../../snapshot-voting/veto-bound.ts';
import { updateVotingSettings } from '../voting.ts';
import { votingModes } from '../../voting-settings.ts';
import type { VotingMode } from '../../voting-settings.ts';
import type { Hex } from 'viem';
import { argsOf, defineForm } from './form.ts';

const snapshot = votingSettingsConstants;
const million = 1_000_000n;
const hour = 3_600n;
const year = 365n * 24n * hour;

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
      mode: { type: 'choice', options: votingModes },
      // Bounds are those of Aragon's MajorityVotingBase.
      supportThreshold: { type: 'ppm', min: 0n, max: million - 1n },
      minParticipation: { type: 'ppm', min: 0n, max: million },
      minDuration: { type: 'seconds', min: hour, max: year },
      minProposerVotingPower: { type: 'amount' },
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
    // Bounds are those of SnapshotVoting; the power's upper one, a twentieth of all votes, only the chain knows.
    fields: {
      supportThreshold: { type: 'ppm', min: snapshot.MIN_SUPPORT, max: snapshot.MAX_SUPPORT },
      minParticipation: { type: 'ppm', min: snapshot.MIN_PARTICIPATION, max: snapshot.MAX_PARTICIPATION },
      /** Blocks. */
      maxSnapshotAge: { type: 'count', min: 1n, max: snapshot.MAX_SNAPSHOT_AGE },
      minDuration: { type: 'seconds', min: snapshot.MIN_WINDOW, max: snapshot.MAX_WINDOW },
      submissionWindow: { type: 'seconds', min: snapshot.MIN_WINDOW, max: snapshot.MAX_WINDOW },
      /** And at most the submission window. */
      extension: { type: 'seconds', min: snapshot.MIN_EXTENSION, max: snapshot.MAX_WINDOW },
      delay: { type: 'seconds', min: snapshot.MIN_DELAY, max: snapshot.MAX_WINDOW },
      executionWindow: { type: 'seconds', min: snapshot.MIN_WINDOW, max: snapshot.MAX_WINDOW },
      minProposerVotingPower: { type: 'amount', min: 1n },
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
