import { isAddressEqual } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { DecodedPermission } from './decoded-permission.ts';
import type { DecodedAction } from './decoded.ts';

const applies: readonly string[] = ['applyInstallation', 'applyUpdate', 'applyUninstallation'];

/**
 * Whether a temporary grant is the one that every setup of a plugin needs: ROOT of the DAO or UPGRADE_PLUGIN to the
 * PluginSetupProcessor, and until it is taken back nothing runs but what the processor applies, and its other grants.
 */
export function isForSetup(
  { permission, where, who }: DecodedPermission,
  between: readonly DecodedAction[],
  { dao, pluginSetupProcessor }: Pick<Deployment, 'dao' | 'pluginSetupProcessor'>,
): boolean {
  const isProcessor = isAddressEqual(who, pluginSetupProcessor);
  const needed = permission === 'UPGRADE_PLUGIN' || (permission === 'ROOT' && isAddressEqual(where, dao));
  if (!isProcessor || !needed) return false;
  const applied = between.filter(
    (action) =>
      action.kind === 'call' && action.contract === 'pluginSetupProcessor' && applies.includes(action.function),
  );
  const others = between.filter((action) => !applied.includes(action));
  return applied.length > 0 && others.every((action) => isOwnGrant(action, pluginSetupProcessor));
}

const isOwnGrant = (action: DecodedAction, processor: Deployment['pluginSetupProcessor']): boolean =>
  action.kind === 'call' &&
  action.contract === 'dao' &&
  ['grant', 'revoke'].includes(action.function) &&
  action.permissions.every(({ who }) => isAddressEqual(who, processor));
