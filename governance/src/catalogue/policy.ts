import { encodeFunctionData } from 'viem';
import type { Hex } from 'viem';
import { policyAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { governanceError } from '../errors.ts';
import type { Action } from './action.ts';

/** A governed number and what it shall be, in its own unit (1e18 for ratios, wei, seconds, …). */
export interface PolicySetting {
  param: ParamName;
  value: bigint;
}

/** Sets governed numbers: together one new version of the policy, in force `policyNotice` seconds after the execution, for rounds that open then. */
export function setPolicy(deployment: Pick<Deployment, 'policy'>, settings: readonly PolicySetting[]): Action {
  const changes = settings.map(({ param, value }) => {
    const index = params.indexOf(param);
    if (index < 0) {
      throw governanceError('GOV_UNKNOWN_PARAM', 'The policy has no such number.', {
        expected: params,
        got: param,
      });
    }
    return { param: index, value };
  });
  if (changes.length === 0) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'A policy change needs at least one number.', { got: settings });
  }
  return {
    to: deployment.policy,
    value: 0n,
    data: encodeFunctionData({ abi: policyAbi, functionName: 'set', args: [changes] }),
  };
}

/** Approves another scorer binary, by the SHA-256 of its wasm, in force like a number. */
export function setScorer(deployment: Pick<Deployment, 'policy'>, sha256: Hex): Action {
  return {
    to: deployment.policy,
    value: 0n,
    data: encodeFunctionData({ abi: policyAbi, functionName: 'setScorer', args: [sha256] }),
  };
}
