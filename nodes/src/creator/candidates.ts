import { chainTime, readAllocatedAt, readAllocation, readPolicy, readStake, readTask } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { stakeManagerAbi } from '@covey/contracts/abi';
import { ONE, allocatedStake, effectiveStake } from '@covey/protocol';
import type { Address } from 'viem';
import type { ParticipantRole } from '../events.ts';
import { askedStake } from '../participant/require-stake.ts';

/** Who would be a candidate if a round opened now. */
export interface Ready {
  trainers: number;
  validators: number;
  /** Whether the validators' stake secures the least pool that a round may have. */
  secured: boolean;
}

/** Nodes looked at together. */
const atOnce = 16;

/** Counts who has allocated enough to a task to join its next round. */
export class Candidates {
  readonly #covey: CoveyChain;
  readonly #taskId: bigint;
  /** Everybody who ever allocated to the task, which those can too who have no stake. */
  readonly #nodes = new Set<Address>();
  /** Who was ready at the last look. */
  readonly #ready = new Set<Address>();
  #nextBlock: bigint;

  constructor(covey: CoveyChain, taskId: bigint) {
    this.#covey = covey;
    this.#taskId = taskId;
    this.#nextBlock = BigInt(covey.deployment.startBlock);
  }

  /** Those who were ready are looked at first, and no more of all others than it takes to know that there are enough. */
  async count(enough: (ready: Ready) => boolean = () => false): Promise<Ready> {
    await this.#readNodes();
    const [task, policy, now] = await Promise.all([
      readTask(this.#covey, this.#taskId),
      readPolicy(this.#covey),
      chainTime(this.#covey),
    ]);
    // A round reads the second before it opens, and may open within the second of the newest block.
    const before = Number(now) - 1;
    const found = { trainers: 0, validators: 0 };
    let behind = 0n;
    const ready = (): Ready => ({ ...found, secured: (behind * policy.securityRatio) / ONE >= policy.minRoundPool });
    const nodes = [...new Set([...this.#ready, ...this.#nodes])];
    for (let from = 0; from < nodes.length && !enough(ready()); from += atOnce) {
      const next = nodes.slice(from, from + atOnce);
      const looks = await Promise.all(next.map(async (node) => ({ node, has: await this.#allocated(node, before) })));
      for (const { node, has } of looks) {
        this.#ready.delete(node);
        if (has === null || has.own < askedStake(has.role, task, policy)) continue;
        this.#ready.add(node);
        found[`${has.role}s`]++;
        if (has.role === 'validator') behind += effectiveStake(has.own, has.delegated, policy.delegationWeight);
      }
    }
    return ready();
  }

  async #allocated(
    node: Address,
    before: number,
  ): Promise<{ role: ParticipantRole; own: bigint; delegated: bigint } | null> {
    const [{ role, ratio: present }, then] = await Promise.all([
      readAllocation(this.#covey, node, this.#taskId),
      readAllocatedAt(this.#covey, node, this.#taskId, before),
    ]);
    if ((role !== 'trainer' && role !== 'validator') || then.role !== role) return null;
    const ratio = then.ratio < present ? then.ratio : present;
    const { own, delegated } = await readStake(this.#covey, node);
    return { role, own: allocatedStake(own, ratio), delegated: allocatedStake(delegated, ratio) };
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
