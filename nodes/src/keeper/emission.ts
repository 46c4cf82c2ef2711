import { chainError, chainTime, ignoring } from '@covey/client';
import type { CoveyChain, CoveyWriter, Sent } from '@covey/client';
import { emissionAbi, roundManagerAbi, taskManagerAbi, taskStates } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { ignoreEvents, type OnEvent } from '../events.ts';

/** The emission as the chain has it; wei but for counts and weights. */
export interface EmissionOnChain {
  minted: bigint;
  mints: bigint;
  /** Unix seconds from when `mint` may be called. */
  nextMintAt: bigint;
  nextAmount: bigint;
  communityShare: bigint;
  totalWeight: bigint;
}

export async function readEmission({ publicClient, deployment }: CoveyChain) {
  const contract = { address: deployment.emission, abi: emissionAbi, blockTag: 'pending' } as const;
  try {
    const [minted, mints, nextMintAt, nextAmount, communityShare, totalWeight, epoch] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'minted' }),
      publicClient.readContract({ ...contract, functionName: 'mints' }),
      publicClient.readContract({ ...contract, functionName: 'nextMintAt' }),
      publicClient.readContract({ ...contract, functionName: 'nextAmount' }),
      publicClient.readContract({ ...contract, functionName: 'communityShare' }),
      publicClient.readContract({ ...contract, functionName: 'totalWeight' }),
      publicClient.readContract({ ...contract, functionName: 'epoch' }),
    ]);
    return { minted, mints, nextMintAt, nextAmount, communityShare, totalWeight, epoch };
  } catch (cause) {
    throw chainError(cause, 'reading the emission');
  }
}

/** Mints the day's amount; null when it is too early or no task has a weight. */
export async function mintEmission(
  covey: CoveyWriter,
  onEvent: OnEvent = ignoreEvents,
): Promise<(Sent & { amount: bigint }) | null> {
  const sent = await ignoring(['MintTooEarly', 'NothingToEmitTo'], () =>
    covey.sender.send({ address: covey.deployment.emission, abi: emissionAbi, functionName: 'mint', args: [] }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: emissionAbi, eventName: 'Minted', logs: sent.logs, strict: true });
  // A mint that starts an epoch mints nothing.
  const amount = event?.args.amount ?? 0n;
  onEvent({ event: 'emission-minted', amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return { ...sent, amount };
}

/** Brings a task's weight up to date and moves what it earned into its budget. */
export async function syncEmission(
  covey: CoveyWriter,
  taskId: bigint,
  onEvent: OnEvent = ignoreEvents,
): Promise<Sent & { amount: bigint }> {
  const sent = await covey.sender.send({
    address: covey.deployment.emission,
    abi: emissionAbi,
    functionName: 'sync',
    args: [taskId],
  });
  const [event] = parseEventLogs({ abi: emissionAbi, eventName: 'EmissionPaid', logs: sent.logs, strict: true });
  const amount = event?.args.amount ?? 0n;
  onEvent({ event: 'emission-synced', taskId, amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return { ...sent, amount };
}

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

  async step(tasks: readonly bigint[]): Promise<void> {
    const emission = await readEmission(this.#covey);
    for (const taskId of tasks) await this.#syncIfChanged(taskId, emission);
    // Synced first: whoever starts to weigh today shares today.
    if ((await chainTime(this.#covey)) >= emission.nextMintAt) {
      await mintEmission(this.#covey, this.#onEvent);
    }
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
      const running = taskStates[task.state] === 'approved' && task.roundsOpened < task.rounds && stakeBehind > 0n;
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
