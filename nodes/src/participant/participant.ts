import {
  clientError,
  readPhase,
  readPolicy,
  readRound,
  readStakeAtOpening,
  readTask,
  readTaskDocument,
  readTaskProgress,
} from '@covey/client';
import type { ContentStore, CoveyWriter, Sent, TaskOnChain } from '@covey/client';
import { rewardDistributorAbi, roundManagerAbi } from '@covey/contracts/abi';
import { parameterCount, type TaskDocument } from '@covey/protocol';
import type { ContractFunctionArgs } from 'viem';
import type { z } from 'zod';
import { atMost } from '../daemon/at-most.ts';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { isNodeError, nodeError } from '../errors.ts';
import { ignoreEvents, type OnEvent, type ParticipantRole } from '../events.ts';
import { ensureStake, max, requireStake } from '../stake/ensure-stake.ts';
import { publishKept, type PublishKeptParameters } from '../state/publish-kept.ts';
import { RoundState } from '../state/round-state.ts';
import { requireMemory, type OperatorLimits } from './limits.ts';
import { takeStep, type Condition, type RoundAt, type StepResult, type Steps } from './step.ts';

/** What every participant needs: a chain to act on, a store for content, a place to remember. */
export interface ParticipantOptions {
  covey: CoveyWriter;
  store: ContentStore;
  /** Folder for what must survive a restart. */
  stateDir: string;
  /** Own stake to hold at least, in wei. */
  stake?: bigint;
  limits?: OperatorLimits;
  onEvent?: OnEvent;
}

export interface TaskView {
  chain: TaskOnChain;
  document: TaskDocument;
}

/** A claim as the chain confirmed it; amounts in wei. */
export interface Claimed extends Sent {
  payout: { total: bigint; unlocked: bigint; vesting: bigint };
}

/** Documents fetched at once, and for how long: a dead one holds its place no longer, and is asked for again later. */
const documentsAtOnce = 16;
const documentTimeoutMs = 10_000;

/** The least stake of a role, as tasks and the policy call it. */
const leastStake = { trainer: 'minTrainerStake', validator: 'minValidatorStake' } as const;

/**
 * What trainers and validators have in common: staking before rounds open, a state that outlives restarts, what is
 * committed and shown later, claims, and the daemon that takes each step in its window. What a role does in which phase
 * is its table of steps.
 */
export abstract class Participant<State extends object = object> {
  readonly role: ParticipantRole;
  readonly covey: CoveyWriter;
  readonly store: ContentStore;
  readonly onEvent: OnEvent;
  readonly state: RoundState<State>;
  protected abstract readonly steps: Steps;
  protected readonly limits: OperatorLimits;
  readonly #stake: bigint;
  readonly #tasks = new Map<bigint, Promise<TaskView>>();
  readonly #fetching = atMost(documentsAtOnce);

  protected constructor(role: ParticipantRole, schema: z.ZodType<State>, options: ParticipantOptions) {
    this.role = role;
    this.covey = options.covey;
    this.store = options.store;
    this.onEvent = options.onEvent ?? ignoreEvents;
    this.state = new RoundState(options.stateDir, this.covey.deployment, role, this.address, schema);
    this.limits = options.limits ?? {};
    this.#stake = options.stake ?? 0n;
  }

  get address() {
    return this.covey.sender.address;
  }

  /** A task with its document; the terms of a task never change, so they are read once. */
  async task(taskId: bigint): Promise<TaskView> {
    let view = this.#tasks.get(taskId);
    if (!view) {
      view = this.#fetching(() => this.#readTask(taskId));
      this.#tasks.set(taskId, view);
      view.catch(() => this.#tasks.delete(taskId));
    }
    return await view;
  }

  /**
   * Stakes what is missing to the larger of the node's own wish and what the next round of an approved task will ask
   * for, as far as the operator lets it. Rounds count the stake of the second before they open: what comes later counts
   * from the next one on. Throws TASK_NOT_APPROVED, STAKE_LIMIT, MEMORY_LIMIT and BALANCE_TOO_LOW before it stakes.
   */
  async prepare(taskId: bigint): Promise<void> {
    const { state } = await readTaskProgress(this.covey, taskId);
    if (state !== 'approved') {
      throw nodeError('TASK_NOT_APPROVED', `Task ${taskId} is not one to work on.`, {
        expected: 'approved',
        got: state,
      });
    }
    const least = leastStake[this.role];
    const [{ chain, document }, policy] = await Promise.all([this.task(taskId), readPolicy(this.covey)]);
    requireMemory(taskId, parameterCount(document.architecture), this.limits.maxMemoryBytes);
    const asked = max(chain[least], policy[least]);
    const target = { taskId, asked, wanted: this.#stake, limit: this.limits.maxStake };
    await ensureStake(this.covey, target, this.onEvent);
  }

  /** Does what the round's phase allows now. Returns true when nothing is left to do in it. */
  async step(taskId: bigint, round: number, signal?: AbortSignal): Promise<boolean> {
    const phase = await readPhase(this.covey, taskId, round);
    const result = await this.#take({ taskId, round, phase, signal });
    if (typeof result === 'string') return result === 'done';
    this.onEvent({ event: 'missed', step: result.missed, phase, taskId, round });
    return true;
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

  /** Holds once the rewards of a closed round can be claimed. */
  protected readonly rewardsOpen: Condition = async ({ taskId, round }) => {
    const { opened } = await this.covey.publicClient.readContract({
      address: this.covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [taskId, round],
    });
    return opened ? null : 'again';
  };

  /**
   * Throws STAKE_TOO_LOW where too little of the node's stake counts in a round, and MEMORY_LIMIT where its task cannot
   * fit, before anything is computed for it: it could not show what it committed to, and would be slashed. Gives the
   * stake that counts, in wei.
   */
  protected async requireMeans(taskId: bigint, round: number): Promise<bigint> {
    const least = leastStake[this.role];
    const { chain, document } = await this.task(taskId);
    requireMemory(taskId, parameterCount(document.architecture), this.limits.maxMemoryBytes);
    const info = await readRound(this.covey, taskId, round);
    const policy = await readPolicy(this.covey, info.policyVersion);
    const { own } = await readStakeAtOpening(this.covey, info, this.address);
    requireStake({ own, needed: max(chain[least], policy[least]), taskId, round });
    return own;
  }

  /** What this node committed to in a round, once it may be shown: nothing is while others may still commit to it. */
  protected async toReveal(taskId: bigint, round: number, committing: 'commit' | 'resultCommit'): Promise<State> {
    const state = await this.state.load(taskId, round);
    if (!state) {
      throw nodeError('STATE_CORRUPT', `The salt of round ${round} of task ${taskId} is not in the state folder.`, {
        expected: this.state.path(taskId, round),
        hint: 'Start the node with the state folder that it committed with.',
      });
    }
    if ((await readPhase(this.covey, taskId, round)) === committing) {
      throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} still takes commitments.`, {
        expected: 'the window of reveals',
        hint: 'What is shown before it opens can be copied.',
      });
    }
    return state;
  }

  /** Uploads what was kept until its reveal. */
  protected async publish(what: Pick<PublishKeptParameters, 'taskId' | 'round' | 'what' | 'cid'>): Promise<void> {
    await publishKept({ ...what, state: this.state, store: this.store, onEvent: this.onEvent });
  }

  protected async send<name extends RoundCall>(functionName: name, args: RoundArguments<name>): Promise<Sent> {
    const { roundManager: address } = this.covey.deployment;
    return await this.covey.sender.send({ address, abi: roundManagerAbi, functionName, args });
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

  async #readTask(taskId: bigint): Promise<TaskView> {
    const chain = await readTask(this.covey, taskId);
    return { chain, document: await readTaskDocument(this.store, chain, { timeoutMs: documentTimeoutMs }) };
  }

  /** Prepares for an approved task that may open another round. */
  async #prepareIfRunning(taskId: bigint): Promise<void> {
    const { state, rounds, roundsOpened } = await readTaskProgress(this.covey, taskId);
    if (state === 'approved' && roundsOpened < rounds) await this.prepare(taskId);
  }
}

type RoundCall = 'commit' | 'reveal' | 'join' | 'attest' | 'commitResult' | 'revealResult';
type RoundArguments<name extends RoundCall> = ContractFunctionArgs<typeof roundManagerAbi, 'nonpayable', name>;
