import type { Address, Hex } from 'viem';
import { permissionNames } from '../../permissions.ts';
import { grantPermission, revokePermission } from '../permission.ts';
import { argsOf, defineForm } from './form.ts';

interface GrantArguments {
  _where: Address;
  _who: Address;
  _permissionId: Hex;
  _condition?: Address;
}

const fields = {
  where: { type: 'address' },
  who: { type: 'address' },
  permission: { type: 'permission', options: permissionNames },
} as const;

const asValues = ({ _where, _who, _permissionId }: GrantArguments) => ({
  where: _where,
  who: _who,
  permission: _permissionId,
});

export const permissionForms = [
  defineForm({
    kind: 'permission.grant',
    fields: { ...fields, condition: { type: 'address', optional: true } },
    build: (deployment, { permission, ...grant }) =>
      grantPermission(deployment, { ...grant, permissionId: permission }),
    read(calls) {
      const grant = argsOf<GrantArguments>(calls, 'dao', 'grant');
      if (grant) return asValues(grant);
      const conditional = argsOf<GrantArguments>(calls, 'dao', 'grantWithCondition');
      return conditional?._condition && { ...asValues(conditional), condition: conditional._condition };
    },
  }),
  defineForm({
    kind: 'permission.revoke',
    fields,
    build: (deployment, { permission, ...grant }) =>
      revokePermission(deployment, { ...grant, permissionId: permission }),
    read(calls) {
      const revoke = argsOf<GrantArguments>(calls, 'dao', 'revoke');
      return revoke && asValues(revoke);
    },
  }),
] as const;
