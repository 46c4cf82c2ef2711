import { readAllocation, readPolicy, readStake, readTask } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { stakeManagerAbi } from '@covey/contracts/abi';
import type { Address } from 'viem';
import type { ParticipantRole } from '../events.ts';
import { askedStake } from '../participant/require-stake.ts';
import { share, WHOLE } from '../stake/plan-allocation.ts';

/** Who would be a candidate if a round opened now. */
export interface Ready {
  trainers: number;
  validators: number;
  /** Whether the validators' stake secures the least pool that a round may have. */
  secured: boolean;
}

/** Counts who has allocated enough to a task to join its next round. */
export class Candidates {
  readonly #covey: CoveyChain;
  readonly #taskId: bigint;
  /** Everybody who ever allocated to the task. */
  readonly #nodes = new Set<Address>();
  #nextBlock: bigint;

  constructor(covey: CoveyChain, taskId: bigint) {
    this.#covey = covey;
    this.#taskId = taskId;
    this.#nextBlock = BigInt(covey.deployment.startBlock);
  }

  async count(): Promise<Ready> {
    await this.#readNodes();
    const [task, policy] = await Promise.all([readTask(this.#covey, this.#taskId), readPolicy(this.#covey)]);
    const ready = { trainers: 0, validators: 0 };
    let behind = 0n;
    for (const node of this.#nodes) {
      const found = await this.#allocated(node);
      if (found === null || found.own < askedStake(found.role, task, policy)) continue;
      ready[`${found.role}s`]++;
      if (found.role === 'validator') behind += found.own + share(found.delegated, policy.delegationWeight);
    }
    return { ...ready, secured: (behind * policy.securityRatio) / WHOLE >= policy.minRoundPool };
  }

  async #allocated(node: Address): Promise<{ role: ParticipantRole; own: bigint; delegated: bigint } | null> {
    const { role, ratio } = await readAllocation(this.#covey, node, this.#taskId);
    if (role !== 'trainer' && role !== 'validator') return null;
    const { own, delegated } = await readStake(this.#covey, node);
    return { role, own: share(own, ratio), delegated: share(delegated, ratio) };
  }

  async #readNodes(): Promise<void> {
    const head = await this.#covey.publicClient.getBlockNumber({ cacheTime: 0 });
    if (head < this.#nextBlock) return;
    const allocated = await this.#covey.events({
      address: this.#covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      eventName: 'Allocated',
      args: { taskId: this.#taskId },
      fromBlock: this.#nextBlock,
      toBlock: head,
    });
    for (const { args } of allocated) this.#nodes.add(args.node);
    this.#nextBlock = head + 1n;
  }
}
