import { encodeAbiParameters, isAddressEqual, keccak256 } from 'viem';
import type { Address, Hex } from 'viem';
import { pluginSetupProcessorAbi } from '@covey/contracts/abi';
import type { Action } from '../catalogue/action.ts';
import { decodePermission } from '../catalogue/permission.ts';
import type { EncodedPermission, PermissionSetting } from '../catalogue/permission.ts';
import { installPlugin, uninstallPlugin } from '../catalogue/plugins.ts';
import type { PluginVersion } from '../catalogue/plugins.ts';
import { eventIn } from '@covey/client';
import type { CoveyChain, CoveyWriter, Sender } from '@covey/client';
import { transact } from '../transact.ts';
import { governanceError } from '../errors.ts';

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
export async function prepareInstallation(sender: Sender, p: Prepare): Promise<PreparedPlugin> {
  const { dao, processor, version, data, what } = p;
  const pluginSetupRef = setupRef(version);
  const receipt = await transact(sender, {
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
  const prepared = { ...version, plugin, permissions: settingsOf(permissions), helpersHash };
  return { plugin, helpers, actions: installPlugin({ dao, pluginSetupProcessor: processor }, prepared) };
}

type Processor = 'dao' | 'pluginSetupProcessor' | 'startBlock';

interface InstalledPlugin {
  plugin: Address;
  /** Name of the plugin, for error messages. */
  what: string;
}

/** Prepares to take a plugin out of the DAO again, by the version that the DAO installed it with. */
export async function prepareUninstallation(
  covey: CoveyWriter<Processor>,
  p: InstalledPlugin,
): Promise<{ actions: Action[] }> {
  const { dao, pluginSetupProcessor: processor } = covey.deployment;
  const { version, helpers } = await installedAs(covey, p);
  const pluginSetupRef = setupRef(version);
  const receipt = await transact(covey.sender, {
    address: processor,
    abi: pluginSetupProcessorAbi,
    functionName: 'prepareUninstallation',
    args: [dao, { pluginSetupRef, setupPayload: { plugin: p.plugin, currentHelpers: helpers, data: '0x' } }],
    what: `Preparing to uninstall ${p.what}`,
  });
  const { permissions } = eventIn(receipt, processor, pluginSetupProcessorAbi, 'UninstallationPrepared').args;
  const prepared = { ...version, plugin: p.plugin, permissions: settingsOf(permissions) };
  return { actions: uninstallPlugin(covey.deployment, prepared) };
}

async function installedAs(
  covey: CoveyChain<Processor>,
  p: InstalledPlugin,
): Promise<{ version: PluginVersion; helpers: readonly Address[] }> {
  const events = await covey.events({
    address: covey.deployment.pluginSetupProcessor,
    abi: pluginSetupProcessorAbi,
    eventName: 'InstallationPrepared',
    args: { dao: covey.deployment.dao },
  });
  const event = events.findLast(({ args }) => isAddressEqual(args.plugin, p.plugin));
  if (!event) {
    throw governanceError('GOV_EVENT_MISSING', `${p.what} was never prepared for this DAO.`, { got: p.plugin });
  }
  const { pluginSetupRepo: repo, versionTag: tag, preparedSetupData } = event.args;
  return { version: { repo, tag }, helpers: preparedSetupData.helpers };
}

/** Each operation is one that OSx has: the processor has just read them. */
const settingsOf = (permissions: readonly EncodedPermission[]): PermissionSetting[] =>
  permissions.map(decodePermission).filter((setting): setting is PermissionSetting => setting !== undefined);
