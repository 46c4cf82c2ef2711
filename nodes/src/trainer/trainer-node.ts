import {
  chainTime,
  claimTrainer,
  clientError,
  commitSubmission,
  readBase,
  readDataDescription,
  readRound,
  readSubmissionOf,
  releaseVested,
  revealSubmission,
} from '@covey/client';
import type { OwnSubmission, RoundOnChain, Sent } from '@covey/client';
import { fileCid, parameterRoot, submissionCommitment } from '@covey/protocol';
import { randomBytes } from 'node:crypto';
import { bytesToHex, type Address, type Hex } from 'viem';
import { nodeError } from '../errors.ts';
import type { ParticipantOptions } from '../participant/options.ts';
import { Participant } from '../participant/participant.ts';
import { andAgain, type Condition, type RoundAt, type StepResult, type Steps } from '../participant/step.ts';
import type { ReleaseGate } from '../privacy/budget.ts';
import { admissionOf } from './admission.ts';
import type { ReleaseAt } from './privacy.ts';
import type { Produce, RoundToTrain } from './produce.ts';
import { trainerStateSchema, type TrainerState } from './trainer-state.ts';

export interface TrainerOptions extends ParticipantOptions {
  /** Makes what the node submits; `trainOwnData` trains in the core. */
  produce: Produce;
  /** The nodes that a task admits which admits some alone. */
  admitted?: readonly Address[];
  /** Counts what the node releases, and stops what its privacy budget does not allow. */
  gate?: ReleaseGate;
}

/** A training node: joins, trains on its own data, commits, reveals, claims. Every step can be repeated after a crash. */
export class TrainerNode extends Participant<TrainerState> {
  readonly #produce: Produce;
  readonly #admitted: readonly Address[] | undefined;
  readonly #gate: ReleaseGate | undefined;
  /** Rounds whose kept submission was found to be what this node would make. */
  readonly #same = new Set<string>();

  constructor(options: TrainerOptions) {
    super('trainer', trainerStateSchema, options);
    this.#produce = options.produce;
    this.#admitted = options.admitted;
    this.#gate = options.gate;
  }

  /** Holds for who drew a seat; who joined too late is told so, whoever drew none has nothing left to do. */
  readonly #seated: Condition = this.#orWithdraw(
    this.seatedOr((_, why) => (why === 'join' ? { missed: 'join' } : 'done')),
  );

  /** Holds for who committed in the round. */
  readonly #committed: Condition = this.#orWithdraw(async ({ taskId, round, info }) => {
    if (await this.submission(taskId, round)) return null;
    return info.phase === 'reveal' ? { missed: 'commit' } : 'done';
  });

  /** Holds for who revealed in the round. */
  readonly #revealed: Condition = async ({ taskId, round }) => {
    const submission = await this.submission(taskId, round);
    return submission && submission.index !== null ? null : 'done';
  };

  protected readonly steps: Steps = {
    join: { do: this.joining },
    trainerDraw: { do: this.drawing },
    commit: {
      needs: [this.#seated],
      do: ({ taskId, round, signal }) => andAgain(this.commitRound(taskId, round, signal)),
    },
    reveal: {
      needs: [this.#seated, this.#committed],
      do: (at) => {
        this.#oweReveal(at.info);
        return andAgain(this.revealRound(at.taskId, at.round));
      },
    },
    claimable: { needs: [this.#revealed, this.rewardsOpen], do: (at) => this.#claim(at) },
    void: { needs: [this.#orWithdraw(() => Promise.resolve('done'))] },
  };

  /**
   * Trains unless that was done before, writes the submission, its CID and salt to disk, and commits. Nothing leaves
   * the node before the reveal, or others could submit it as theirs. Returns null when this round's commitment is on
   * chain already, or there is nothing to submit yet. Throws NOT_IN_ROUND for who has no seat.
   */
  async commitRound(taskId: bigint, round: number, signal?: AbortSignal): Promise<(Sent & { cid: string }) | null> {
    const info = await readRound(this.covey, taskId, round);
    if (await this.submission(taskId, round)) {
      this.#oweReveal(info);
      return null;
    }
    const seats = (await this.candidacy(info))?.seats ?? 0;
    if (seats === 0) {
      throw clientError('NOT_IN_ROUND', `This node has no seat in round ${round} of task ${taskId}.`, {
        hint: 'Training nodes join in the first window; seats are then drawn among them by stake.',
      });
    }
    this.oweFirst(info);
    const state = (await this.state.load({ taskId, round })) ?? (await this.#prepare(info, signal));
    if (!state) return null;
    const { cid, parameterRoot: root, salt } = state;
    const opening = { taskId, round, node: this.address, cid, parameterRoot: root, salt };
    const sent = await commitSubmission(this.covey, { taskId, round }, submissionCommitment(opening));
    this.#oweReveal(info);
    this.onEvent({ event: 'committed', seats, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, cid };
  }

  /** Throws SUBMITTED_ANOTHER where the node is bound to something else in a round than what it would make for it now. */
  async requireSame(info: RoundOnChain, signal?: AbortSignal): Promise<void> {
    const { taskId, round } = info;
    const kept = this.#same.has(`${taskId}/${round}`) ? null : await this.state.load({ taskId, round });
    if (!kept) return;
    const made = await this.#produce(await this.#toTrain(info, signal));
    const cid = made instanceof Uint8Array ? await fileCid(made) : made?.cid;
    if (cid !== kept.cid) {
      const message = `In round ${round} of task ${taskId} this node is bound to another submission.`;
      throw nodeError('SUBMITTED_ANOTHER', message, { expected: kept.cid, got: cid });
    }
    this.#same.add(`${taskId}/${round}`);
  }

  /** Uploads what was committed and reveals it; null when that was done before. */
  async revealRound(taskId: bigint, round: number): Promise<Sent | null> {
    const entry = await this.submission(taskId, round);
    if (!entry) throw clientError('NOT_IN_ROUND', `This node committed nothing in round ${round} of task ${taskId}.`);
    if (entry.index !== null) {
      this.duties.settle({ taskId, round });
      await this.state.forget({ taskId, round });
      return null;
    }
    const opening = await this.toReveal(this.state, { taskId, round }, 'commit');
    const { cid } = opening;
    await this.publish({ taskId, round, what: 'submission', cid });
    const sent = await revealSubmission(this.covey, { taskId, round }, opening);
    const { index } = sent;
    this.duties.settle({ taskId, round });
    this.onEvent({ event: 'revealed', taskId, round, index, cid, tx: sent.tx, gasUsed: sent.gasUsed });
    await this.state.forget({ taskId, round });
    return sent;
  }

  /** Takes what has vested of an earlier claim; null when that is nothing now. */
  async release(taskId: bigint, round: number) {
    const released = await releaseVested(this.covey, { taskId, round, node: this.address });
    if (!released) return null;
    const { amount, tx, gasUsed } = released;
    this.onEvent({ event: 'released', taskId, round, amount, tx, gasUsed });
    return released;
  }

  /** What this node did in a round, or null. */
  async submission(taskId: bigint, round: number): Promise<OwnSubmission | null> {
    return await readSubmissionOf(this.covey, taskId, round, this.address);
  }

  protected async claimReward(taskId: bigint, round: number) {
    return await claimTrainer(this.covey, this.store, { taskId, round, node: this.address });
  }

  protected oweFirst(info: RoundOnChain): void {
    const { join, commit } = info.deadlines;
    this.duties.owe(info, 'commit', { opens: join, until: commit });
  }

  #oweReveal(info: RoundOnChain): void {
    const { commit, reveal } = info.deadlines;
    this.duties.owe(info, 'reveal', { opens: commit, until: reveal });
  }

  /** Throws NOT_ADMITTED too, where the task admits a list that the node is not on, and PRIVACY_SPENT. */
  protected override async requireMeans(info: RoundOnChain, signal?: AbortSignal): Promise<readonly Hex[]> {
    await super.requireMeans(info, signal);
    const { chain, document } = await this.task(info.taskId);
    const admission = admissionOf(chain, this.address, this.#admitted);
    await this.#gate?.reserve(this.#at(info.taskId, info.round), document, this.onEvent);
    return admission;
  }

  #at(taskId: bigint, round: number): ReleaseAt {
    return { deployment: this.covey.deployment, node: this.address, taskId, round };
  }

  async #toTrain({ taskId, round, deadlines }: RoundOnChain, signal: AbortSignal | undefined): Promise<RoundToTrain> {
    const { document } = await this.task(taskId);
    const baseCid = () => readBase(this.covey, taskId, round, document.initialModel);
    return {
      ...this.#at(taskId, round),
      task: document,
      base: async () => this.store.get(await baseCid()),
      baseCid,
      dataDescription: () => readDataDescription(this.store, document),
      secondsLeft: async () => deadlines.commit - Number(await chainTime(this.covey)),
      folder: this.state.folder,
      onEvent: this.onEvent,
      signal,
      limits: this.limits,
    };
  }

  /** The same condition; where it does not hold, the round will release nothing more of this node's. */
  #orWithdraw(condition: Condition): Condition {
    return async (at) => {
      const instead = await condition(at);
      if (instead !== null && instead !== 'again') await this.#gate?.withdraw(this.#at(at.taskId, at.round));
      return instead;
    };
  }

  async #claim({ taskId, round }: RoundAt): Promise<StepResult> {
    await this.claim(taskId, round);
    return 'done';
  }

  /** Makes the submission of a round and keeps it in the state folder; null when there is nothing yet. */
  async #prepare(info: RoundOnChain, signal: AbortSignal | undefined): Promise<TrainerState | null> {
    const { taskId, round } = info;
    const at = this.#at(taskId, round);
    // Again: it may have joined before there was a budget.
    await this.#gate?.reserve(at, (await this.task(taskId)).document, this.onEvent);
    const toTrain = await this.#toTrain(info, signal);
    const made = await this.computations.run({ taskId, round, what: 'training' }, null, () => this.#produce(toTrain));
    if (!made) return null;
    let named: { cid: string; parameterRoot: Hex };
    if (made instanceof Uint8Array) {
      named = { cid: await fileCid(made), parameterRoot: parameterRoot(made) };
      await this.#gate?.spend(at, named.cid, this.onEvent);
      await this.state.keep({ taskId, round }, named.cid, made);
    } else named = made;
    return await this.state.create(
      { taskId, round },
      {
        schema: 'covey.trainer-state/2',
        node: this.address,
        cid: named.cid,
        parameterRoot: named.parameterRoot,
        salt: bytesToHex(randomBytes(32)),
      },
    );
  }
}
