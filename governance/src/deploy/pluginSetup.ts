import { encodeAbiParameters, encodeFunctionData, isAddressEqual, keccak256 } from 'viem';
import type { Address, Hex } from 'viem';
import { getContractEvents } from 'viem/actions';
import { daoAbi, pluginSetupProcessorAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import { eventIn, transact } from '../client.ts';
import type { ReadClient, WriteClient } from '../client.ts';
import { GovernanceError } from '../errors.ts';
import { permissionId } from '../permissions.ts';

/** A published version of a plugin. */
export interface PluginVersion {
  repo: Address;
  tag: { release: number; build: number };
}

interface Prepare {
  dao: Address;
  processor: Address;
  version: PluginVersion;
  /** Parameters, encoded as the version's build metadata declares them. */
  data: Hex;
  /** Name of the plugin, for error messages. */
  what: string;
}

export interface PreparedPlugin {
  plugin: Address;
  helpers: readonly Address[];
  /** What the DAO has to execute to apply the installation. */
  actions: Action[];
}

const setupRef = ({ repo, tag }: PluginVersion) => ({ versionTag: tag, pluginSetupRepo: repo });

/** Lets a plugin's setup create it; nothing is installed until the DAO executes the actions. Anyone may. */
export async function prepareInstallation(client: WriteClient, p: Prepare): Promise<PreparedPlugin> {
  const { dao, processor, version, data, what } = p;
  const pluginSetupRef = setupRef(version);
  const receipt = await transact(client, {
    address: processor,
    abi: pluginSetupProcessorAbi,
    functionName: 'prepareInstallation',
    args: [dao, { pluginSetupRef, data }],
    what: `Preparing ${what}`,
  });
  const { plugin, preparedSetupData } = eventIn(
    receipt,
    processor,
    pluginSetupProcessorAbi,
    'InstallationPrepared',
  ).args;
  const { helpers, permissions } = preparedSetupData;
  const helpersHash = keccak256(encodeAbiParameters([{ type: 'address[]' }], [helpers]));
  const call = encodeFunctionData({
    abi: pluginSetupProcessorAbi,
    functionName: 'applyInstallation',
    args: [dao, { pluginSetupRef, plugin, permissions, helpersHash }],
  });
  return { plugin, helpers, actions: applying(p, 'APPLY_INSTALLATION', call) };
}

/** Prepares to take a plugin out of the DAO again, by the version that the DAO installed it with. */
export async function prepareUninstallation(
  client: WriteClient,
  p: { deployment: Pick<Deployment, 'dao' | 'pluginSetupProcessor' | 'startBlock'>; plugin: Address; what: string },
): Promise<{ actions: Action[] }> {
  const { dao, pluginSetupProcessor: processor } = p.deployment;
  const { version, helpers } = await installedAs(client, p);
  const pluginSetupRef = setupRef(version);
  const receipt = await transact(client, {
    address: processor,
    abi: pluginSetupProcessorAbi,
    functionName: 'prepareUninstallation',
    args: [dao, { pluginSetupRef, setupPayload: { plugin: p.plugin, currentHelpers: helpers, data: '0x' } }],
    what: `Preparing to uninstall ${p.what}`,
  });
  const { permissions } = eventIn(receipt, processor, pluginSetupProcessorAbi, 'UninstallationPrepared').args;
  const call = encodeFunctionData({
    abi: pluginSetupProcessorAbi,
    functionName: 'applyUninstallation',
    args: [dao, { plugin: p.plugin, pluginSetupRef, permissions }],
  });
  return { actions: applying({ dao, processor }, 'APPLY_UNINSTALLATION', call) };
}

async function installedAs(
  client: ReadClient,
  p: { deployment: Pick<Deployment, 'dao' | 'pluginSetupProcessor' | 'startBlock'>; plugin: Address; what: string },
): Promise<{ version: PluginVersion; helpers: readonly Address[] }> {
  const events = await getContractEvents(client, {
    address: p.deployment.pluginSetupProcessor,
    abi: pluginSetupProcessorAbi,
    eventName: 'InstallationPrepared',
    args: { dao: p.deployment.dao },
    fromBlock: BigInt(p.deployment.startBlock),
    toBlock: 'latest',
    strict: true,
  });
  const event = events.findLast(({ args }) => isAddressEqual(args.plugin, p.plugin));
  if (!event) {
    throw new GovernanceError('GOV_EVENT_MISSING', `${p.what} was never prepared for this DAO.`, { got: p.plugin });
  }
  const { pluginSetupRepo: repo, versionTag: tag, preparedSetupData } = event.args;
  return { version: { repo, tag }, helpers: preparedSetupData.helpers };
}

/** The processor needs ROOT while it applies, and the DAO the right to call it; both only inside this one execution. */
function applying(
  { dao, processor }: { dao: Address; processor: Address },
  permission: 'APPLY_INSTALLATION' | 'APPLY_UNINSTALLATION',
  call: Hex,
): Action[] {
  const root = [dao, processor, permissionId('ROOT')] as const;
  const apply = [processor, dao, permissionId(permission)] as const;
  const onDao = (functionName: 'grant' | 'revoke', args: readonly [Address, Address, Hex]): Action => ({
    to: dao,
    value: 0n,
    data: encodeFunctionData({ abi: daoAbi, functionName, args }),
  });
  return [
    onDao('grant', root),
    onDao('grant', apply),
    { to: processor, value: 0n, data: call },
    onDao('revoke', apply),
    onDao('revoke', root),
  ];
}
