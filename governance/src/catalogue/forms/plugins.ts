import type { Address, Hex } from 'viem';
import { decodePermission } from '../permission.ts';
import type { EncodedPermission, PermissionSetting } from '../permission.ts';
import { installPlugin, uninstallPlugin, updatePlugin } from '../plugins.ts';
import type { DecodedAction } from '../decoded.ts';
import { argsOf, defineForm } from './form.ts';

const version = {
  repo: { type: 'address' },
  release: { type: 'id', min: 1n, max: 255n },
  build: { type: 'id', min: 1n, max: 65_535n },
} as const;
const prepared = { plugin: { type: 'address' }, permissions: { type: 'permissions' } } as const;
const helpers = { helpersHash: { type: 'hash' } } as const;

interface ApplyArguments {
  plugin: Address;
  pluginSetupRef: { versionTag: { release: number; build: number }; pluginSetupRepo: Address };
  permissions: readonly EncodedPermission[];
  helpersHash: Hex;
  initData: Hex;
}

/** The call of the processor is not the first one: permissions are granted before it. */
function applied(calls: readonly DecodedAction[], name: string) {
  const at = calls.findIndex((call) => call.contract === 'pluginSetupProcessor');
  const args = argsOf<{ _params: ApplyArguments }>(calls.slice(Math.max(at, 0)), 'pluginSetupProcessor', name)?._params;
  if (!args) return undefined;
  const permissions = args.permissions.map(decodePermission);
  if (!permissions.every((permission): permission is PermissionSetting => permission !== undefined)) return undefined;
  const { plugin, helpersHash, initData, pluginSetupRef } = args;
  const { release, build } = pluginSetupRef.versionTag;
  const installed = { repo: pluginSetupRef.pluginSetupRepo, release: BigInt(release), build: BigInt(build) };
  return { version: installed, plugin, permissions, helpersHash, initData };
}

const tagged = <T extends { release: bigint; build: bigint }>({ release, build, ...values }: T) => ({
  ...values,
  tag: { release: Number(release), build: Number(build) },
});

export const pluginForms = [
  defineForm({
    kind: 'plugin.install',
    fields: { ...version, ...prepared, ...helpers },
    build: (deployment, values) => installPlugin(deployment, tagged(values)),
    read(calls) {
      const found = applied(calls, 'applyInstallation');
      return (
        found && {
          ...found.version,
          plugin: found.plugin,
          permissions: found.permissions,
          helpersHash: found.helpersHash,
        }
      );
    },
  }),
  defineForm({
    kind: 'plugin.update',
    fields: { ...version, ...prepared, ...helpers, initData: { type: 'bytes' } },
    build: (deployment, values) => updatePlugin(deployment, tagged(values)),
    read(calls) {
      const found = applied(calls, 'applyUpdate');
      return found && { ...found.version, ...withoutVersion(found) };
    },
  }),
  defineForm({
    kind: 'plugin.uninstall',
    fields: { ...version, ...prepared },
    build: (deployment, values) => uninstallPlugin(deployment, tagged(values)),
    read(calls) {
      const found = applied(calls, 'applyUninstallation');
      return found && { ...found.version, plugin: found.plugin, permissions: found.permissions };
    },
  }),
] as const;

function withoutVersion<T extends { version: unknown }>({ version: _, ...rest }: T): Omit<T, 'version'> {
  return rest;
}
