import { encodeFunctionData, zeroAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';
import { permissionOperations } from './permission-operations.ts';
import type { PermissionOperation } from './permission-operations.ts';

/** One change of the DAO's permission table. */
export interface PermissionSetting {
  operation: PermissionOperation;
  where: Address;
  who: Address;
  /** The contract that must agree to each use; only with `grantWithCondition`. */
  condition?: Address;
  permissionId: Hex;
}

const onDao = ({ dao }: Pick<Deployment, 'dao'>, data: Hex): Action => ({ to: dao, value: 0n, data });

export interface PermissionGrant {
  where: Address;
  who: Address;
  permissionId: Hex;
  condition?: Address;
}

/** Lets `who` do on `where` what the permission names, if there is a condition only when that contract agrees. */
export function grantPermission(
  deployment: Pick<Deployment, 'dao'>,
  { where, who, permissionId, condition }: PermissionGrant,
): Action {
  const data = condition
    ? encodeFunctionData({
        abi: daoAbi,
        functionName: 'grantWithCondition',
        args: [where, who, permissionId, condition],
      })
    : encodeFunctionData({ abi: daoAbi, functionName: 'grant', args: [where, who, permissionId] });
  return onDao(deployment, data);
}

/** Takes a permission away, whether it had a condition or not. */
export const revokePermission = (
  deployment: Pick<Deployment, 'dao'>,
  { where, who, permissionId }: Omit<PermissionGrant, 'condition'>,
): Action =>
  onDao(deployment, encodeFunctionData({ abi: daoAbi, functionName: 'revoke', args: [where, who, permissionId] }));

/** As `PermissionLib.MultiTargetPermission`, in which setups write what they ask for. */
export const encodePermission = ({ operation, where, who, condition, permissionId }: PermissionSetting) => ({
  operation: permissionOperations.indexOf(operation),
  where,
  who,
  condition: condition ?? zeroAddress,
  permissionId,
});

export type EncodedPermission = ReturnType<typeof encodePermission>;

/** Undefined for an operation that OSx does not have. */
export function decodePermission(encoded: EncodedPermission): PermissionSetting | undefined {
  const operation = permissionOperations[encoded.operation];
  const { where, who, condition, permissionId } = encoded;
  return operation && { operation, where, who, permissionId, ...(condition !== zeroAddress && { condition }) };
}
