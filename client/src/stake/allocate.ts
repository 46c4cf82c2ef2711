import { roles, stakeManagerAbi, type Deployment, type RoleName } from '@covey/contracts/abi';
import { zeroAddress, type Address } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';

const contract = (deployment: Deployment) => ({ address: deployment.stakeManager, abi: stakeManagerAbi }) as const;

/** In which roles stake is allocated. */
export const allocatedRoles = roles.filter((role) => role !== 'none');
export type AllocatedRole = Exclude<RoleName, 'none'>;

export interface AllocateParameters {
  taskId: bigint;
  role: AllocatedRole;
  /** Part of the pool, 1e18 = all; 0 ends the allocation. */
  ratio: bigint;
}

/**
 * Allocates a part of the sender's pool to a task in one role; rounds count it from the next that opens. What open
 * rounds hold stays held.
 */
export async function allocate(
  covey: CoveyWriter,
  { taskId, role, ratio }: AllocateParameters,
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  const sent = await covey.sender.send({
    ...contract(covey.deployment),
    functionName: 'allocate',
    args: [taskId, roles.indexOf(role), ratio],
  });
  const { tx, gasUsed } = sent;
  onEvent({ event: 'allocated', node: covey.sender.address, taskId, role, ratio, tx, gasUsed });
  return sent;
}

/** Offers an account to act for the sender in rounds; null withdraws the offer. */
export async function offerOperator(covey: CoveyWriter, operator: Address | null): Promise<Sent> {
  const args = [operator ?? zeroAddress] as const;
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'offerOperator', args });
}

/** Takes the office that a node offered: from now on the sender acts for it, in the place of who did. */
export async function acceptOperator(covey: CoveyWriter, node: Address): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'acceptOperator', args: [node] });
}

/** The sender acts itself again, at once. */
export async function dismissOperator(covey: CoveyWriter): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'dismissOperator', args: [] });
}

/** The sender acts for its node no longer. */
export async function resignOperator(covey: CoveyWriter): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'resignOperator', args: [] });
}
