import { encodeAbiParameters, stringToHex } from 'viem';
import type { AbiParameter, Address } from 'viem';
import { pluginRepoFactoryAbi, pluginRepoRegistryAbi, snapshotVotingSetupAbi } from '@covey/contracts/abi';
import { snapshotVotingSetupBytecode } from '@covey/contracts/abi/bytecode/snapshot-voting-setup';
import build from '@covey/contracts/snapshot-voting/build-metadata.json' with { type: 'json' };
import release from '@covey/contracts/snapshot-voting/release-metadata.json' with { type: 'json' };
import { fileCid } from '@covey/protocol';
import { eventIn, Sender } from '@covey/client';
import type { CoveyWriter, WriteClient } from '@covey/client';
import { create } from './create.ts';
import { transact } from '../transact.ts';
import type { Action } from '../catalogue/action.ts';
import { pluginOf } from '../snapshot-voting/plugin.ts';
import type { SnapshotSettings } from '../snapshot-voting/settings.ts';
import type { OsxFramework } from './framework.ts';
import { prepareInstallation, prepareUninstallation } from './plugin-setup.ts';
import type { PluginVersion } from '../catalogue/plugins.ts';

/** A document to pin under the CID that the repository names. */
export interface PluginDocument {
  cid: string;
  bytes: Uint8Array;
}

export interface PublishSnapshotVotingReturnType {
  version: PluginVersion;
  /** Release and build metadata, by which Aragon's tools show the plugin and its parameters. */
  documents: PluginDocument[];
}

/** Publishes SnapshotVoting, as anyone can: a repository of its own, whose owner may add versions and nothing else. */
export async function publishSnapshotVoting(
  client: WriteClient,
  p: { framework: Pick<OsxFramework, 'pluginRepoFactory' | 'pluginRepoRegistry'>; maintainer: Address },
): Promise<PublishSnapshotVotingReturnType> {
  const { pluginRepoFactory, pluginRepoRegistry } = p.framework;
  const documents = await Promise.all([release, build].map(documentOf));
  const [releaseUri, buildUri] = documents.map(({ cid }) => stringToHex(`ipfs://${cid}`));
  const setup = await create(client, {
    abi: snapshotVotingSetupAbi,
    bytecode: snapshotVotingSetupBytecode,
    args: [],
    what: 'SnapshotVotingSetup',
  });
  const receipt = await transact(new Sender({ wallet: client }), {
    address: pluginRepoFactory,
    abi: pluginRepoFactoryAbi,
    functionName: 'createPluginRepoWithFirstVersion',
    args: ['', setup, p.maintainer, releaseUri ?? '0x', buildUri ?? '0x'],
    what: 'Publishing SnapshotVoting',
  });
  const { pluginRepo } = eventIn(receipt, pluginRepoRegistry, pluginRepoRegistryAbi, 'PluginRepoRegistered').args;
  return { version: { repo: pluginRepo, tag: { release: 1, build: 1 } }, documents };
}

async function documentOf(value: unknown): Promise<PluginDocument> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { cid: await fileCid(bytes), bytes };
}

export interface PrepareSnapshotVotingParameters {
  version: PluginVersion;
  /** Id of the Snapshot space whose messages count, for instance covey.eth. */
  space: string;
  settings: SnapshotSettings;
}

export interface PrepareSnapshotVotingReturnType {
  plugin: Address;
  /** The calls of the proposal by which the DAO installs it. */
  actions: Action[];
}

/** Creates a SnapshotVoting for the DAO, and the calls with which the DAO installs it. Anyone may. */
export async function prepareSnapshotVoting(
  covey: CoveyWriter<'dao' | 'token' | 'tokenVoting' | 'pluginSetupProcessor'>,
  { version, space, settings }: PrepareSnapshotVotingParameters,
): Promise<PrepareSnapshotVotingReturnType> {
  const { deployment } = covey;
  const { plugin, actions } = await prepareInstallation(covey.sender, {
    dao: deployment.dao,
    processor: deployment.pluginSetupProcessor,
    version,
    // As anybody's tool would: what is to be encoded is written in the metadata.
    data: encodeAbiParameters(build.pluginSetup.prepareInstallation.inputs as AbiParameter[], [
      deployment.token,
      deployment.tokenVoting,
      space,
      settings,
    ]),
    what: 'SnapshotVoting',
  });
  return { plugin, actions };
}

/** The calls with which the DAO takes SnapshotVoting out: what it decided and did not execute stays undone. */
export async function prepareSnapshotVotingUninstall(
  covey: CoveyWriter<'dao' | 'pluginSetupProcessor' | 'startBlock' | 'snapshotVoting'>,
): Promise<{ actions: Action[] }> {
  return await prepareUninstallation(covey, { plugin: pluginOf(covey.deployment), what: 'SnapshotVoting' });
}
