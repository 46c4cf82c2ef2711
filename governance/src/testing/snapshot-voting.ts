import { parseEther } from 'viem';
import type { Address } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { createProposal } from '../actions/create-proposal.ts';
import { delegateVotes } from '../actions/delegate-votes.ts';
import { execute } from '../actions/execute.ts';
import { getVotingPower } from '../actions/get-voting-power.ts';
import { vote } from '../actions/vote.ts';
import type { Action } from '../catalogue/action.ts';
import { prepareSnapshotVoting, publishSnapshotVoting } from '../deploy/snapshot-voting.ts';
import type { OsxFramework } from '../deploy/framework.ts';
import type { SnapshotSettings } from '../snapshot-voting/settings.ts';
import type { Anvil } from './anvil.ts';

/** The shortest times that the plugin allows, and numbers so small that one voter with a million can decide. */
export const testSnapshotSettings: SnapshotSettings = {
  supportThreshold: 500_000,
  minParticipation: 1_000,
  maxSnapshotAge: 100,
  minDuration: 3_600,
  submissionWindow: 3_600,
  extension: 600,
  delay: 7_200,
  executionWindow: 86_400,
  minProposerVotingPower: parseEther('1000'),
};

/** Lets one account decide for the DAO by a real TokenVoting proposal; it has to have votes enough. */
export async function decide(
  anvil: Anvil,
  { deployment, actions, voter = 1 }: { deployment: Deployment; actions: readonly Action[]; voter?: number },
): Promise<void> {
  const covey = anvil.covey(deployment, voter);
  const { proposalId, endDate } = await createProposal(covey, { metadata: 'ipfs://', actions });
  await vote(covey, { proposalId, option: 'yes' });
  const { timestamp } = await anvil.publicClient.getBlock();
  await anvil.advance(Number(endDate - timestamp) + 1);
  await execute(covey, { proposalId });
}

export interface InstallSnapshotVotingOptions {
  framework: OsxFramework;
  deployment: Deployment;
  settings?: Partial<SnapshotSettings>;
  /** Default: covey.eth, as the server's hub has it. */
  space?: string;
  /** Account that proposes and decides. Default 1. */
  voter?: number;
}

/** Has the DAO install SnapshotVoting by a TokenVoting proposal through the PluginSetupProcessor, as it would anywhere. */
export async function installSnapshotVoting(
  anvil: Anvil,
  { framework, deployment, settings, space = 'covey.eth', voter = 1 }: InstallSnapshotVotingOptions,
): Promise<Deployment & { snapshotVoting: Address }> {
  const covey = anvil.covey(deployment, voter);
  const power = await getVotingPower(covey, { address: covey.sender.address });
  if (power.votes === 0n) await delegateVotes(covey);
  const { version } = await publishSnapshotVoting(covey.sender.wallet, { framework, maintainer: deployment.dao });
  const { plugin, actions } = await prepareSnapshotVoting(covey, {
    version,
    space,
    settings: { ...testSnapshotSettings, ...settings },
  });
  await decide(anvil, { deployment, actions, voter });
  return { ...deployment, snapshotVoting: plugin };
}
