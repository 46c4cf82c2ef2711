import { ignoring, readActingFor, readAllocatedAt, readAllocation, readPolicy, readStakeInRound } from '@covey/client';
import type { CoveyWriter, RoundOnChain, TaskOnChain } from '@covey/client';
import { isAddressEqual, type Address } from 'viem';
import { nodeError } from '../errors.ts';
import type { ParticipantRole } from '../events.ts';

/** The least stake of a role, as tasks and the policy call it. */
const leastStake = { trainer: 'minTrainerStake', validator: 'minValidatorStake' } as const;

type Minima = Pick<TaskOnChain, (typeof leastStake)[ParticipantRole]>;

/** Own stake in wei that a round of the task asks of this role. */
export function askedStake(role: ParticipantRole, task: Minima, policy: Minima): bigint {
  const least = leastStake[role];
  return task[least] > policy[least] ? task[least] : policy[least];
}

export interface RequireStakeParameters {
  covey: CoveyWriter;
  info: RoundOnChain;
  task: Minima;
  node: Address;
  role: ParticipantRole;
}

/**
 * Throws STAKE_TOO_LOW where too little of a node's stake would count in a round: of what was allocated in the second before
 * it opened, or is now where that is less.
 */
export async function requireStake({ covey, info, task, node, role }: RequireStakeParameters): Promise<void> {
  const { taskId, round, openedAt } = info;
  const [policy, then, now] = await Promise.all([
    readPolicy(covey, info.policyVersion),
    readAllocatedAt(covey, node, taskId, openedAt - 1),
    readAllocation(covey, node, taskId),
  ]);
  const isAllocated = then.role === role && now.role === role;
  const ratio = !isAllocated ? 0n : then.ratio < now.ratio ? then.ratio : now.ratio;
  const { own } = await readStakeInRound(covey, info, { node, ratio });
  const needed = askedStake(role, task, policy);
  if (own >= needed) return;
  throw nodeError('STAKE_TOO_LOW', `Round ${round} of task ${taskId} opened before enough was allocated to it.`, {
    expected: `${needed} wei of own stake in the second before the round opened, as ${role}`,
    got: String(own),
    hint: 'Stake and allocate (`covey stake add`, `covey stake allocate`) before the next round opens.',
  });
}

/** Throws NOT_OPERATOR where the account does not act for the node. */
export async function requireOffice(covey: CoveyWriter, node: Address): Promise<void> {
  const { address: account } = covey.sender;
  // A node whose operator acts for it acts for nobody.
  const actsFor = await ignoring(['OperatorActs'], () => readActingFor(covey, account));
  if (actsFor !== null && isAddressEqual(actsFor, node)) return;
  throw nodeError('NOT_OPERATOR', `The account ${account} does not act for ${node}.`, {
    expected: node,
    got: actsFor ?? 'its operator acts for it',
  });
}
