import { encodeFunctionData } from 'viem';
import type { Address, Hex } from 'viem';
import { pluginSetupProcessorAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { permissionId } from '../permissions.ts';
import type { Action } from './action.ts';
import { encodePermission, grantPermission, revokePermission } from './permission.ts';
import type { PermissionGrant, PermissionSetting } from './permission.ts';

type Where = Pick<Deployment, 'dao' | 'pluginSetupProcessor'>;

/** A published version of a plugin. */
export interface PluginVersion {
  repo: Address;
  tag: { release: number; build: number };
}

/** What a preparation said, as its event has it: applying works only with exactly this. */
export interface PreparedPlugin extends PluginVersion {
  plugin: Address;
  permissions: readonly PermissionSetting[];
  helpersHash: Hex;
}

const setupRef = ({ repo, tag }: PluginVersion) => ({ versionTag: tag, pluginSetupRepo: repo });

const apply = ({ pluginSetupProcessor }: Where, data: Hex): Action => ({ to: pluginSetupProcessor, value: 0n, data });

/** The processor needs permissions while it applies a setup; only inside this one execution. */
const whileGranted = (deployment: Where, grants: Omit<PermissionGrant, 'condition'>[], actions: Action[]): Action[] => [
  ...grants.map((grant) => grantPermission(deployment, grant)),
  ...actions,
  ...grants.toReversed().map((grant) => revokePermission(deployment, grant)),
];

const root = ({ dao, pluginSetupProcessor }: Where) => ({
  where: dao,
  who: pluginSetupProcessor,
  permissionId: permissionId('ROOT'),
});

/** Installs a plugin that anyone has prepared. */
export const installPlugin = (deployment: Where, p: PreparedPlugin): Action[] =>
  whileGranted(
    deployment,
    [root(deployment)],
    [
      apply(
        deployment,
        encodeFunctionData({
          abi: pluginSetupProcessorAbi,
          functionName: 'applyInstallation',
          args: [
            deployment.dao,
            {
              pluginSetupRef: setupRef(p),
              plugin: p.plugin,
              permissions: p.permissions.map(encodePermission),
              helpersHash: p.helpersHash,
            },
          ],
        }),
      ),
    ],
  );

/** Brings an installed plugin to a version that anyone has prepared. */
export const updatePlugin = (deployment: Where, p: PreparedPlugin & { initData: Hex }): Action[] =>
  whileGranted(
    deployment,
    [
      ...(p.permissions.length > 0 ? [root(deployment)] : []),
      { where: p.plugin, who: deployment.pluginSetupProcessor, permissionId: permissionId('UPGRADE_PLUGIN') },
    ],
    [
      apply(
        deployment,
        encodeFunctionData({
          abi: pluginSetupProcessorAbi,
          functionName: 'applyUpdate',
          args: [
            deployment.dao,
            {
              plugin: p.plugin,
              pluginSetupRef: setupRef(p),
              initData: p.initData,
              permissions: p.permissions.map(encodePermission),
              helpersHash: p.helpersHash,
            },
          ],
        }),
      ),
    ],
  );

/** Takes a plugin's permissions away, after anyone has prepared that. */
export const uninstallPlugin = (deployment: Where, p: Omit<PreparedPlugin, 'helpersHash'>): Action[] =>
  whileGranted(
    deployment,
    [root(deployment)],
    [
      apply(
        deployment,
        encodeFunctionData({
          abi: pluginSetupProcessorAbi,
          functionName: 'applyUninstallation',
          args: [
            deployment.dao,
            { plugin: p.plugin, pluginSetupRef: setupRef(p), permissions: p.permissions.map(encodePermission) },
          ],
        }),
      ),
    ],
  );
