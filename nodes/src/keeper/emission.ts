import { chainError, chainTime, mintEmission, readEmission, syncEmission } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { emissionAbi, roundManagerAbi, taskManagerAbi, taskStates } from '@covey/contracts/abi';
import { decodeEnum } from '@covey/protocol';
import type { OnEvent } from '../events.ts';

/** Keeps the emission going: mints once a day, and syncs each task when something that its share depends on changed. */
export class EmissionKeeper {
  readonly #covey: CoveyWriter;
  readonly #onEvent: OnEvent;
  /** What each task's share depended on when it was last synced. */
  readonly #synced = new Map<bigint, string>();

  constructor(covey: CoveyWriter, onEvent: OnEvent) {
    this.#covey = covey;
    this.#onEvent = onEvent;
  }

  /** A task that fails does not keep the others from theirs; the first failure is thrown at the end. */
  async step(tasks: readonly bigint[]): Promise<void> {
    const emission = await readEmission(this.#covey);
    const failures: unknown[] = [];
    for (const taskId of tasks) {
      await this.#syncIfChanged(taskId, emission).catch((error: unknown) => failures.push(error));
    }
    // Synced first: whoever starts to weigh today shares today.
    if ((await chainTime(this.#covey)) >= emission.nextMintAt) {
      await mintEmission(this.#covey, this.#onEvent);
    }
    if (failures.length > 0) throw failures[0];
  }

  async #syncIfChanged(taskId: bigint, { epoch, mints }: { epoch: bigint; mints: bigint }): Promise<void> {
    const { publicClient, deployment } = this.#covey;
    const emission = { address: deployment.emission, abi: emissionAbi, args: [taskId] } as const;
    let key: string;
    try {
      const [task, stakeBehind, weight, pending] = await Promise.all([
        publicClient.readContract({
          address: deployment.taskManager,
          abi: taskManagerAbi,
          functionName: 'task',
          args: [taskId],
        }),
        publicClient.readContract({
          address: deployment.roundManager,
          abi: roundManagerAbi,
          functionName: 'stakeBehind',
          args: [taskId],
        }),
        publicClient.readContract({ ...emission, functionName: 'weightOf' }),
        publicClient.readContract({ ...emission, functionName: 'pending' }),
      ]);
      const running =
        decodeEnum(taskStates, task.state) === 'approved' && task.roundsOpened < task.rounds && stakeBehind > 0n;
      if (!running && weight === 0n && pending === 0n) return;
      key = [epoch, mints, task.state, task.roundsOpened, task.multiplier, stakeBehind].join('/');
    } catch (cause) {
      throw chainError(cause, `reading the emission's share of task ${taskId}`);
    }
    if (this.#synced.get(taskId) === key) return;
    await syncEmission(this.#covey, taskId, this.#onEvent);
    this.#synced.set(taskId, key);
  }
}
