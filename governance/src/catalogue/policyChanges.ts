import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import { policyAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { ReadClient } from '../client.ts';

export interface PolicyChange {
  param: ParamName;
  /** "ratio" (1e18 is 1), "wei", "seconds", "count", "bytes" or "quarter" (exponent k/4), as the contract says. */
  unit: string;
  oldValue: bigint;
  newValue: bigint;
  /** Hard bounds in code. */
  min: bigint;
  max: bigint;
  /** False when executing will fail. */
  withinBounds: boolean;
}

export interface ScorerChange {
  oldScorer: Hex;
  newScorer: Hex;
}

interface PolicyCall {
  function: string;
  args: readonly { value: unknown }[];
}

/** Reads what policy calls change, in their order: each sees what the ones before it would have set. */
export function readPolicy(client: ReadClient, deployment: Pick<Deployment, 'policy'>, blockNumber?: bigint) {
  const policy = { address: deployment.policy, abi: policyAbi, ...(blockNumber !== undefined && { blockNumber }) };
  const pending = new Map<number, bigint>();
  let pendingScorer: Hex | undefined;
  const scorerOf = (version: number) => readContract(client, { ...policy, functionName: 'scorerAt', args: [version] });

  // A new version starts from the newest one, which may be announced and not yet in force.
  const newestVersion = () => readContract(client, { ...policy, functionName: 'announcedVersion' });

  const change = async (param: number, newValue: bigint): Promise<PolicyChange> => {
    const [newest, about] = await Promise.all([
      newestVersion().then((version) =>
        readContract(client, { ...policy, functionName: 'valueAt', args: [param, version] }),
      ),
      readContract(client, { ...policy, functionName: 'describe', args: [param] }),
    ]);
    const oldValue = pending.get(param) ?? newest;
    pending.set(param, newValue);
    const withinBounds = newValue >= about.min && newValue <= about.max;
    const name = params[param] as ParamName;
    return { param: name, unit: about.unit, oldValue, newValue, min: about.min, max: about.max, withinBounds };
  };

  return {
    async changesOf(call: PolicyCall): Promise<{ policyChanges?: PolicyChange[]; scorerChange?: ScorerChange }> {
      const argument = call.args[0]?.value;
      if (call.function === 'set') {
        const requested = argument as { param: number; value: bigint }[];
        if (requested.some(({ param }) => !(param in params))) return {}; // will fail; the plain arguments say all there is
        const policyChanges: PolicyChange[] = [];
        for (const { param, value } of requested) {
          policyChanges.push(await change(param, value));
        }
        return { policyChanges };
      }
      if (call.function === 'setScorer') {
        const oldScorer = pendingScorer ?? (await scorerOf(await newestVersion()));
        pendingScorer = argument as Hex;
        return { scorerChange: { oldScorer, newScorer: pendingScorer } };
      }
      return {};
    },
  };
}
