import { claimTrainer, clientError, isRevert, readBase, readSubmissionOf, releaseVested } from '@covey/client';
import type { OwnSubmission, Sent } from '@covey/client';
import { roundManagerAbi } from '@covey/contracts/abi';
import { cidToChain, fileCid, submissionCommitment } from '@covey/protocol';
import { randomBytes } from 'node:crypto';
import { bytesToHex, parseEventLogs } from 'viem';
import { Participant, type ParticipantOptions } from '../participant/participant.ts';
import { andAgain, type Condition, type RoundAt, type StepResult, type Steps } from '../participant/step.ts';
import type { Produce } from './produce.ts';
import { trainerStateSchema, type TrainerState } from './trainer-state.ts';

export interface TrainerOptions extends ParticipantOptions {
  /** Makes what the node submits; `trainOwnData` trains in the core. */
  produce: Produce;
}

/** A training node: trains on its own data, commits, reveals, claims. Every step can be repeated after a crash. */
export class TrainerNode extends Participant<TrainerState> {
  readonly #produce: Produce;

  constructor(options: TrainerOptions) {
    super('trainer', trainerStateSchema, options);
    this.#produce = options.produce;
  }

  /** Holds for who committed in the round. */
  readonly #committed: Condition = async ({ taskId, round, phase }) => {
    if (await this.submission(taskId, round)) return null;
    return phase === 'reveal' ? { missed: 'commit' } : 'done';
  };

  protected readonly steps: Steps = {
    commit: { do: ({ taskId, round, signal }) => andAgain(this.commitRound(taskId, round, signal)) },
    reveal: { needs: [this.#committed], do: (at) => this.#reveal(at) },
    claimable: { needs: [this.#committed, this.rewardsOpen], do: (at) => this.#claim(at) },
    void: { do: () => Promise.resolve('done') },
  };

  /**
   * Trains unless that was done before, writes the submission, its CID and salt to disk, and commits. Nothing leaves
   * the node before the reveal, or others could submit it as theirs. Returns null when this round's commitment is on
   * chain already, or there is nothing to submit yet. Refuses with STAKE_TOO_LOW what could not be revealed.
   */
  async commitRound(taskId: bigint, round: number, signal?: AbortSignal): Promise<(Sent & { cid: string }) | null> {
    if (await this.submission(taskId, round)) return null;
    await this.requireMeans(taskId, round);
    const state = (await this.state.load(taskId, round)) ?? (await this.#prepare(taskId, round, signal));
    if (!state) return null;
    const { cid, salt } = state;
    const sent = await this.send('commit', [
      taskId,
      round,
      submissionCommitment({ taskId, round, node: this.address, cid, salt }),
    ]);
    this.onEvent({ event: 'committed', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, cid };
  }

  /** Uploads what was committed and reveals it; null when that was done before. */
  async revealRound(taskId: bigint, round: number): Promise<Sent | null> {
    const entry = await this.submission(taskId, round);
    if (!entry) throw clientError('NOT_IN_ROUND', `This node committed nothing in round ${round} of task ${taskId}.`);
    if (entry.index !== null) {
      await this.state.forget(taskId, round);
      return null;
    }
    const { cid, salt } = await this.toReveal(taskId, round, 'commit');
    await this.publish({ taskId, round, what: 'submission', cid });
    const sent = await this.send('reveal', [taskId, round, cidToChain(cid), salt]);
    const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'SubmissionRevealed', logs: sent.logs });
    const index = event?.args.index ?? -1;
    this.onEvent({ event: 'revealed', taskId, round, index, cid, tx: sent.tx, gasUsed: sent.gasUsed });
    await this.state.forget(taskId, round);
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

  async #reveal({ taskId, round }: RoundAt): Promise<StepResult> {
    try {
      return await andAgain(this.revealRound(taskId, round));
    } catch (error) {
      // All places went to those who revealed earlier; nobody is blamed for that.
      if (isRevert(error, 'RoundFull')) return { missed: 'reveal' };
      throw error;
    }
  }

  async #claim({ taskId, round }: RoundAt): Promise<StepResult> {
    await this.claim(taskId, round);
    return 'done';
  }

  /** Makes the submission of a round and keeps it in the state folder; null when there is nothing yet. */
  async #prepare(taskId: bigint, round: number, signal: AbortSignal | undefined): Promise<TrainerState | null> {
    const { document } = await this.task(taskId);
    const made = await this.#produce({
      taskId,
      round,
      node: this.address,
      task: document,
      base: async () => this.store.get(await readBase(this.covey, taskId, round, document.initialModel)),
      folder: this.state.folder,
      onEvent: this.onEvent,
      signal,
      limits: this.limits,
    });
    if (!made) return null;
    let cid: string;
    if (made instanceof Uint8Array) {
      cid = await fileCid(made);
      await this.state.keep(taskId, round, cid, made);
    } else ({ cid } = made);
    const salt = bytesToHex(randomBytes(32));
    return await this.state.create(taskId, round, { schema: 'covey.trainer-state/1', node: this.address, cid, salt });
  }
}
