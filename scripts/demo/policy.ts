import { policyAbi } from '@covey/contracts/abi';
import type { World } from './world.ts';

/** Moves the clock to when the newest announced version of the policy comes into force. */
export async function untilPolicyInForce(world: World): Promise<void> {
  const { chain, deployment } = world;
  const policy = { address: deployment.policy, abi: policyAbi } as const;
  const version = await chain.publicClient.readContract({ ...policy, functionName: 'announcedVersion' });
  const time = await chain.publicClient.readContract({ ...policy, functionName: 'effectiveAt', args: [version] });
  await world.advanceTo(time);
}
