import type { CoveyChain } from './chain.ts';
import { params, policyAbi, type ParamName } from '@covey/contracts/abi';
import { policyFromValues, type PolicyValues } from '@covey/protocol';
import type { Hex } from 'viem';
import { chainError } from './contract-error.ts';

/** All governed numbers at a version; without one, those in force now. */
export async function readPolicy(covey: CoveyChain, version?: number): Promise<PolicyValues> {
  const contract = { address: covey.deployment.policy, abi: policyAbi } as const;
  try {
    const at = version ?? (await covey.publicClient.readContract({ ...contract, functionName: 'version' }));
    const values = await covey.publicClient.readContract({ ...contract, functionName: 'valuesAt', args: [at] });
    return policyFromValues(values);
  } catch (cause) {
    throw chainError(cause, `reading policy version ${version ?? 'in force'}`);
  }
}

/** One governed number at a version; without one, as it is in force now. */
export async function readPolicyNumber(
  { deployment, publicClient }: CoveyChain<'policy'>,
  name: ParamName,
  version?: number,
): Promise<bigint> {
  const contract = { address: deployment.policy, abi: policyAbi } as const;
  const param = params.indexOf(name);
  try {
    return version === undefined
      ? await publicClient.readContract({ ...contract, functionName: 'latest', args: [param] })
      : await publicClient.readContract({ ...contract, functionName: 'valueAt', args: [param, version] });
  } catch (cause) {
    throw chainError(cause, `reading ${name} of policy version ${version ?? 'in force'}`);
  }
}

/** SHA-256 of the scorer binary that was approved at a policy version; without one, that is approved now. */
export async function readScorer({ deployment, publicClient }: CoveyChain<'policy'>, version?: number): Promise<Hex> {
  const contract = { address: deployment.policy, abi: policyAbi } as const;
  try {
    return version === undefined
      ? await publicClient.readContract({ ...contract, functionName: 'scorer' })
      : await publicClient.readContract({ ...contract, functionName: 'scorerAt', args: [version] });
  } catch (cause) {
    throw chainError(cause, `reading the scorer of policy version ${version ?? 'in force'}`);
  }
}
