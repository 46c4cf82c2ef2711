import { getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { permissionName } from '../permissions.ts';
import type { Action } from './action.ts';
import { argumentsOf } from './arguments-of.ts';
import { permissionDangers } from './dangers.ts';
import type { DecodedCall } from './decoded.ts';
import type { DecodedPermission } from './decoded-permission.ts';
import { anyAddress } from './labels.ts';
import { decodePermission } from './permission.ts';
import type { EncodedPermission, PermissionSetting } from './permission.ts';
import { permissionOperations } from './permission-operations.ts';
import type { PermissionOperation } from './permission-operations.ts';

const single = (call: DecodedCall, operation: PermissionOperation): PermissionSetting => {
  const { _where, _who, _permissionId, _condition } = argumentsOf<{
    _where: Address;
    _who: Address;
    _permissionId: Hex;
    _condition?: Address;
  }>(call);
  return {
    operation,
    where: _where,
    who: _who,
    permissionId: _permissionId,
    ...(_condition && { condition: _condition }),
  };
};

/** Every permission that a call changes, in order; a setup's list included. */
export function permissionsOf(call: DecodedCall): DecodedPermission[] {
  return settingsOf(call).map((setting) => {
    const permission = permissionName(setting.permissionId);
    return {
      ...setting,
      ...(permission && { permission }),
      danger: permission ? permissionDangers[permission] : 'unknown',
      anyone: setting.operation !== 'revoke' && setting.who.toLowerCase() === anyAddress,
      temporary: false,
      forSetup: false,
    };
  });
}

function settingsOf(call: DecodedCall): PermissionSetting[] {
  const known = (list: readonly EncodedPermission[]) =>
    list.map(decodePermission).filter((setting): setting is PermissionSetting => setting !== undefined);
  if (call.contract === 'dao') {
    if (call.function === 'grant') return [single(call, 'grant')];
    if (call.function === 'revoke') return [single(call, 'revoke')];
    if (call.function === 'grantWithCondition') return [single(call, 'grantWithCondition')];
    if (call.function === 'applyMultiTargetPermissions') return known(call.args[0]?.value as EncodedPermission[]);
    if (call.function === 'applySingleTargetPermissions') {
      const [where, items] = call.args.map(({ value }) => value) as [Address, Omit<EncodedPermission, 'where'>[]];
      return items.flatMap(({ operation, who, permissionId }) => {
        const name = permissionOperations[operation];
        return name ? [{ operation: name, where, who, permissionId }] : [];
      });
    }
  }
  if (call.contract === 'pluginSetupProcessor' && call.function.startsWith('apply')) {
    return known(argumentsOf<{ _params: { permissions: readonly EncodedPermission[] } }>(call)._params.permissions);
  }
  return [];
}

/** Calls inside a call that are made with it. */
export function callsInside(call: DecodedCall): Action[] {
  const actions = () => argumentsOf<{ _actions?: readonly Action[]; actions?: readonly Action[] }>(call);
  if (call.contract === 'dao' && call.function === 'execute') return [...(actions()._actions ?? [])];
  if (call.contract === 'snapshotVoting' && call.function === 'execute') return [...(actions().actions ?? [])];
  if (call.function === 'upgradeToAndCall') {
    const { data } = argumentsOf<{ data: Hex }>(call);
    return data === '0x' ? [] : [{ to: getAddress(call.to), value: 0n, data }];
  }
  return [];
}
