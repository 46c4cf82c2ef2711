import {
  advanceDraw,
  allocate,
  chainTime,
  clientError,
  joinRound,
  readAllocation,
  readCandidate,
  readPhase,
  readPolicy,
  readRewards,
  readRound,
  readTaskProgress,
} from '@covey/client';
import type { ContentStore, CoveyWriter, OwnCandidacy, RoundOnChain, Sent } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import { isAddressEqual, type Address, type Hex } from 'viem';
import type { z } from 'zod';
import { Computations } from '../daemon/computations.ts';
import { Duties } from '../daemon/duties.ts';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { isNodeError, nodeError } from '../errors.ts';
import { ignoreEvents, type OnEvent, type ParticipantRole } from '../events.ts';
import { ensureAllocation } from '../stake/ensure-allocation.ts';
import { publishKept, type PublishKeptParameters } from '../state/publish-kept.ts';
import { requireSpace } from '../state/disk.ts';
import { RoundState, type RoundKey } from '../state/round-state.ts';
import { requireMemory, spaceOf, type OperatorLimits } from './limits.ts';
import type { ParticipantOptions } from './options.ts';
import { requireFit } from './require-fit.ts';
import { askedStake, requireOffice, requireStake } from './require-stake.ts';
import { Said } from './said.ts';
import { TaskViews, type TaskView } from './task-views.ts';
import { takeStep, type Condition, type RoundAt, type StepResult, type Steps } from './step.ts';

/** A claim as the chain confirmed it; amounts in wei. */
export interface Claimed extends Sent {
  payout: { total: bigint; unlocked: bigint; vesting: bigint };
}

/**
 * What trainers and validators have in common: stake that is allocated before rounds open, joining and the draw of seats,
 * a state that outlives restarts, claims, and the daemon that takes each step in its window. What a role does in which
 * phase is its table of steps.
 */
export abstract class Participant<State extends object = object> {
  readonly role: ParticipantRole;
  readonly covey: CoveyWriter;
  /** The node: who stakes and is paid. The account that acts for it may be another one. */
  readonly address: Address;
  readonly store: ContentStore;
  readonly onEvent: OnEvent;
  readonly state: RoundState<State>;
  readonly duties = new Duties();
  readonly computations: Computations;
  protected abstract readonly steps: Steps;
  protected readonly limits: OperatorLimits;
  protected readonly said = new Said();
  readonly #options: ParticipantOptions;
  readonly #tasks: TaskViews;

  protected constructor(role: ParticipantRole, schema: z.ZodType<State>, options: ParticipantOptions) {
    this.role = role;
    this.covey = options.covey;
    this.address = options.node ?? options.covey.sender.address;
    this.store = options.store;
    const onEvent = options.onEvent ?? ignoreEvents;
    this.computations = new Computations(onEvent);
    this.onEvent = (event) => {
      if (event.event === 'training') this.computations.progress(event, event.done / Math.max(1, event.total));
      onEvent(event);
    };
    this.state = new RoundState(options.stateDir, this.covey.deployment, role, this.address, schema);
    this.limits = options.limits ?? {};
    this.#options = options;
    this.#tasks = new TaskViews(this.covey, this.store);
  }

  /** A task with its document; the terms of a task never change, so they are read once. */
  async task(taskId: bigint): Promise<TaskView> {
    return await this.#tasks.read(taskId);
  }

  /**
   * Stakes and allocates what the next round of an approved task will ask for, as far as the operator lets it. Rounds count
   * what was allocated in the second before they open: what comes later counts from the next one on. Throws
   * TASK_NOT_APPROVED, TASK_TOO_COSTLY, STAKE_LIMIT, ALLOCATION_LIMIT, MEMORY_LIMIT and BALANCE_TOO_LOW before it sends anything.
   */
  async prepare(taskId: bigint): Promise<void> {
    const { state } = await readTaskProgress(this.covey, taskId);
    if (state !== 'approved') {
      throw nodeError('TASK_NOT_APPROVED', `Task ${taskId} is not one to work on.`, {
        expected: 'approved',
        got: state,
      });
    }
    await requireOffice(this.covey, this.address);
    const { chain, document } = await this.task(taskId);
    const policy = await readPolicy(this.covey);
    const { stake: wanted = 0n, allocate: ratio } = this.#options;
    const { address: node, role, limits } = this;
    requireFit(`Task ${taskId}`, document, policy);
    requireMemory({ taskId, role, document, policy, limits });
    const asked = askedStake(role, chain, policy);
    const target = { taskId, node, role, asked, wanted, limit: limits.maxStake, ratio };
    await ensureAllocation(this.covey, target, this.onEvent);
  }

  /** Does what the round's phase allows now. Returns true when nothing is left to do in it. */
  async step(taskId: bigint, round: number, signal?: AbortSignal): Promise<boolean> {
    const info = await readRound(this.covey, taskId, round);
    const result = await this.#take({ taskId, round, info, signal });
    if (result !== 'again') this.duties.settle(info);
    if (typeof result === 'string') return result === 'done';
    this.onEvent({ event: 'missed', step: result.missed, phase: info.phase, taskId, round });
    return true;
  }

  /** What this node joined a round with; null where it did not. Validators join anew when the round repeats. */
  async candidacy(info: RoundOnChain): Promise<OwnCandidacy | null> {
    const candidate = await readCandidate(this.covey, info, this.address);
    return candidate?.role === this.role ? candidate : null;
  }

  /**
   * Becomes a candidate for the round's seats; null when it is one already. Throws what `requireMeans` and a role's own
   * conditions throw.
   */
  async join(taskId: bigint, round: number, signal?: AbortSignal): Promise<Sent | null> {
    const info = await readRound(this.covey, taskId, round);
    if (await this.candidacy(info)) return null;
    const { covey, role, onEvent } = this;
    const admission = await this.requireMeans(info, signal);
    return await joinRound({ covey, taskId, round, role, admission, onEvent });
  }

  /** Claims this node's reward; null when it earned none or has it already. */
  async claim(taskId: bigint, round: number): Promise<Claimed | null> {
    const { role } = this;
    const claimed = await this.claimReward(taskId, round);
    if (!claimed) {
      this.onEvent({ event: 'nothing-to-claim', role, taskId, round });
      return null;
    }
    const { total, unlocked, vesting } = claimed.payout;
    const { tx, gasUsed } = claimed;
    this.onEvent({ event: 'claimed', role, taskId, round, total, unlocked, vesting, tx, gasUsed });
    return claimed;
  }

  /** Watches the chain and takes each step when its window opens, until aborted. */
  async run(options: DaemonOptions = {}): Promise<void> {
    const { role, address, covey, onEvent } = this;
    await runRounds({
      ...options,
      ...{ role, address, covey, onEvent },
      step: (taskId, round, signal) => this.step(taskId, round, signal),
      before: (taskId) => this.#prepareIfRunning(taskId),
    });
  }

  /** Takes what this node has earned in a role; null when that is nothing. */
  protected abstract claimReward(taskId: bigint, round: number): Promise<Claimed | null>;

  /** Joins while that is possible; who staked too late for the round leaves it out. */
  protected readonly joining = async ({ taskId, round, info, signal }: RoundAt): Promise<StepResult> => {
    await this.join(taskId, round, signal);
    this.oweFirst(info);
    return 'again';
  };

  /** What who joined has to do first, if it draws a seat. */
  protected abstract oweFirst(info: RoundOnChain): void;

  /** Holds for who has a seat in the present attempt; `without` is what others have left to do in this phase. */
  protected seatedOr(without: (at: RoundAt, why: 'join' | 'seat') => StepResult): Condition {
    return async (at) => {
      const candidate = await this.candidacy(at.info);
      if (candidate && candidate.seats > 0) return null;
      if (candidate) {
        // Leaving a round is for good, and an endpoint may answer from two states while it takes in the draw's block.
        const again = await this.candidacy(await readRound(this.covey, at.taskId, at.round));
        if (again && again.seats > 0) return 'again';
        this.#sayNoSeat(at);
        this.duties.settle(at);
      }
      return without(at, candidate ? 'seat' : 'join');
    };
  }

  /** Brings the draw of the seats as far as it goes, where nobody has within a moment. */
  protected readonly drawing = async ({ info, taskId, round, signal }: RoundAt): Promise<StepResult> => {
    const { covey, onEvent } = this;
    const { beacon, drawPatience = 10 } = this.#options;
    const { deadlines } = info;
    const isFirst = info.phase === 'trainerDraw';
    const ended = isFirst ? deadlines.join : Math.max(deadlines.reveal, deadlines.validatorJoin);
    const hardEnd = isFirst ? deadlines.trainerDraw : deadlines.validatorDraw;
    const patience = Math.min(drawPatience, (hardEnd - ended) / 4);
    if (Number(await chainTime(covey)) >= ended + patience) {
      await advanceDraw({ covey, taskId, round, onEvent, beacon, ...(signal && { signal }) });
    }
    return 'again';
  };

  /** Holds once the rewards of a closed round can be claimed. */
  protected readonly rewardsOpen: Condition = async ({ taskId, round }) => {
    const { opened } = await readRewards(this.covey, { taskId, round });
    return opened ? null : 'again';
  };

  /**
   * Throws STAKE_TOO_LOW and NOT_OPERATOR, and TASK_TOO_COSTLY or MEMORY_LIMIT where the task cannot fit, before the node joins: it could not
   * show what it committed to, and would be slashed. Gives its proof of admission.
   */
  protected async requireMeans(info: RoundOnChain, _signal?: AbortSignal): Promise<readonly Hex[]> {
    const { covey, address: node, role, limits } = this;
    const { taskId } = info;
    await requireOffice(covey, node);
    const { chain: task, document } = await this.task(taskId);
    const policy = await readPolicy(covey, info.policyVersion);
    requireFit(`Task ${taskId}`, document, policy);
    requireMemory({ taskId, role, document, policy, limits });
    await requireSpace(this.state.folder, spaceOf(document));
    await requireStake({ covey, info, task, node, role });
    return [];
  }

  /** What this node committed to in a round, once it may be shown: nothing is while others may still commit to it. */
  protected async toReveal<T extends object>(
    state: RoundState<T>,
    key: RoundKey,
    committing: RoundPhaseName,
  ): Promise<T> {
    const { taskId, round } = key;
    const kept = await state.load(key);
    if (!kept) {
      throw nodeError('STATE_CORRUPT', `The salt of round ${round} of task ${taskId} is not in the state folder.`, {
        expected: state.path(key),
        hint: 'Start the node with the state folder that it committed with.',
      });
    }
    if ((await readPhase(this.covey, taskId, round)) === committing) {
      throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} still takes commitments.`, {
        expected: 'the window of reveals',
        hint: 'What is shown before it opens can be copied.',
      });
    }
    return kept;
  }

  /** Uploads what was kept until its reveal. */
  protected async publish(what: Omit<PublishKeptParameters, 'state' | 'store' | 'onEvent'>): Promise<void> {
    await publishKept({ ...what, state: this.state, store: this.store, onEvent: this.onEvent });
  }

  /** Whose stake came too late for the round leaves it out, whatever its role. */
  async #take(at: RoundAt): Promise<StepResult> {
    try {
      return await takeStep(this.steps, at);
    } catch (error) {
      if (isNodeError(error, 'STAKE_TOO_LOW')) return { missed: 'stake' };
      throw error;
    }
  }

  #sayNoSeat({ taskId, round, info: { attempt } }: RoundAt): void {
    const { role } = this;
    if (this.said.first('no-seat', taskId, round, attempt)) {
      this.onEvent({ event: 'no-seat', role, attempt, taskId, round });
    }
  }

  /** Prepares for an approved task that may open another round; of one that opens none takes its stake back. */
  async #prepareIfRunning(taskId: bigint): Promise<void> {
    const { state, rounds, roundsOpened, roundsClosed } = await readTaskProgress(this.covey, taskId);
    if (state === 'approved' && roundsOpened < rounds) await this.prepare(taskId);
    const isOver = state === 'approved' ? roundsClosed >= rounds : state !== 'proposed';
    if (isOver) await this.#takeBack(taskId);
  }

  async #takeBack(taskId: bigint): Promise<void> {
    const { role } = this;
    if (!isAddressEqual(this.address, this.covey.sender.address)) return;
    const now = await readAllocation(this.covey, this.address, taskId);
    if (now.role === role && now.ratio > 0n) await allocate(this.covey, { taskId, role, ratio: 0n }, this.onEvent);
  }
}
