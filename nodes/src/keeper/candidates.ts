import { readPolicy, readStake, readTask } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { stakeManagerAbi } from '@covey/contracts/abi';
import type { Address } from 'viem';
import { max } from '../stake/ensure-stake.ts';

/** Tells whether a round would find anybody: a trainer and another node as validator, staked as its task asks. */
export class Candidates {
  readonly #covey: CoveyChain;
  /** Everybody who ever staked for itself; those that answered a question last come first. */
  #nodes: Address[] = [];
  #nextBlock: bigint;

  constructor(covey: CoveyChain) {
    this.#covey = covey;
    this.#nextBlock = BigInt(covey.deployment.startBlock);
  }

  async enoughFor(taskId: bigint): Promise<boolean> {
    await this.#readStakers();
    const [task, policy] = await Promise.all([readTask(this.#covey, taskId), readPolicy(this.#covey)]);
    const least = {
      trainer: max(task.minTrainerStake, policy.minTrainerStake),
      validator: max(task.minValidatorStake, policy.minValidatorStake),
    };
    let [trainers, validators, either] = [0, 0, 0];
    for (const node of this.#nodes) {
      const { own } = await readStake(this.#covey, node);
      const [trains, validates] = [own >= least.trainer, own >= least.validator];
      if (!trains && !validates) continue;
      this.#nodes = [node, ...this.#nodes.filter((other) => other !== node)];
      if (trains) trainers++;
      if (validates) validators++;
      either++;
      // A node has one role in a round.
      if (trainers > 0 && validators > 0 && either > 1) return true;
    }
    return false;
  }

  async #readStakers(): Promise<void> {
    const head = await this.#covey.publicClient.getBlockNumber({ cacheTime: 0 });
    if (head < this.#nextBlock) return;
    const staked = await this.#covey.events({
      address: this.#covey.deployment.stakeManager,
      abi: stakeManagerAbi,
      eventName: 'Staked',
      fromBlock: this.#nextBlock,
      toBlock: head,
    });
    const known = new Set(this.#nodes);
    for (const { args } of staked) if (args.node === args.owner) known.add(args.node);
    this.#nodes = [...known];
    this.#nextBlock = head + 1n;
  }
}
