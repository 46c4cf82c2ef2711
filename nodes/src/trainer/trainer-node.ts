import {
  claimTrainer,
  clientError,
  isRevert,
  readBase,
  readPhase,
  readPolicy,
  readRound,
  readStakeAtOpening,
  readSubmissionOf,
  releaseVested,
} from '@covey/client';
import type { OwnSubmission, Sent } from '@covey/client';
import { randomBytes } from 'node:crypto';
import { rewardDistributorAbi, roundManagerAbi } from '@covey/contracts/abi';
import {
  cidToChain,
  classCount,
  fileCid,
  parameterCount,
  submissionCommitment,
  type EncodingChoice,
  type TaskDocument,
} from '@covey/protocol';
import { bytesToHex, encodePacked, keccak256, parseEventLogs } from 'viem';
import { runRounds, type DaemonOptions, type RunRoundsParameters } from '../daemon/run-rounds.ts';
import { flipLabels } from '../data/attack.ts';
import type { Dataset } from '../data/dataset.ts';
import { isNodeError, nodeError } from '../errors.ts';
import { Participant, type NodeOptions } from '../node.ts';
import { ensureStake, max, requireStake } from '../stake/ensure-stake.ts';
import { publishKept } from '../state/publish-kept.ts';
import { RoundState } from '../state/round-state.ts';
import type { CopySource, TrainerAttack } from './attack.ts';
import { DELTA, epsilonAfter, noiseKey, type PrivacyOptions } from './privacy.ts';
import { Residual } from './residual.ts';
import { trainUpdate } from './train-update.ts';
import { trainerStateSchema, type TrainerState } from './trainer-state.ts';

export interface TrainerOptions extends NodeOptions {
  /** The node's own samples; they never leave it. */
  data: Dataset;
  /** Own stake to hold at least, in wei; a task that asks for more gets more. */
  stake?: bigint;
  /** Where they differ from what the task suggests. */
  training?: Partial<TaskDocument['training']>;
  /** Seed of the order of samples; default: derived from node, task and round. */
  seed?: number;
  /** How federated updates are written; plain unless given. */
  encoding?: EncodingChoice;
  /** Clips and noises federated updates. */
  privacy?: PrivacyOptions;
  /** For experiments only. */
  attack?: TrainerAttack;
  copyFrom?: CopySource;
}

/** A training node: trains on its own data, commits, reveals, claims. Every step can be repeated after a crash. */
export class TrainerNode extends Participant {
  readonly state: RoundState<TrainerState>;
  readonly #options: TrainerOptions;

  constructor(options: TrainerOptions) {
    super(options);
    this.#options = options;
    this.state = new RoundState(options.stateDir, this.covey.deployment, 'trainer', this.address, trainerStateSchema);
  }

  /**
   * Stakes what is missing to the larger of the node's own wish and what the task's next round will ask for. Rounds
   * count the stake of the second before they open: what comes later counts from the next one on.
   */
  async prepare(taskId: bigint): Promise<void> {
    const { minTrainerStake } = (await this.task(taskId)).chain;
    const policy = await readPolicy(this.covey);
    const needed = max(minTrainerStake, policy.minTrainerStake, this.#options.stake ?? 0n);
    await ensureStake(this.covey, needed, this.onEvent);
  }

  /**
   * Trains unless that was done before, writes the submission, its CID and salt to disk, and commits. Nothing leaves
   * the node before the reveal, or others could submit it as theirs. Returns null when this round's commitment is on
   * chain already, or (copier) when there is nothing to copy yet. Refuses with STAKE_TOO_LOW what could not be revealed.
   */
  async commitRound(taskId: bigint, round: number): Promise<(Sent & { cid: string }) | null> {
    if (await this.submission(taskId, round)) return null;
    await this.#checkStake(taskId, round);
    const state = (await this.state.load(taskId, round)) ?? (await this.#prepare(taskId, round));
    if (!state) return null;
    const commitment = submissionCommitment({ taskId, round, node: this.address, cid: state.cid, salt: state.salt });
    const sent = await this.covey.sender.send({
      address: this.covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'commit',
      args: [taskId, round, commitment],
    });
    this.onEvent({ event: 'committed', taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, cid: state.cid };
  }

  /** Uploads what was committed and reveals it; null when that was done before. */
  async revealRound(taskId: bigint, round: number): Promise<Sent | null> {
    const entry = await this.submission(taskId, round);
    if (!entry) throw clientError('NOT_IN_ROUND', `This node committed nothing in round ${round} of task ${taskId}.`);
    if (entry.index !== null) {
      await this.state.forget(taskId, round);
      return null;
    }
    const state = await this.state.load(taskId, round);
    if (!state) {
      throw nodeError('STATE_CORRUPT', `The salt of round ${round} of task ${taskId} is not in the state folder.`, {
        expected: this.state.path(taskId, round),
        hint: 'Start the node with the state folder that it committed with.',
      });
    }
    if ((await readPhase(this.covey, taskId, round)) === 'commit') {
      throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} still takes commitments.`, {
        expected: 'the reveal window',
        hint: 'What is shown before it opens can be copied.',
      });
    }
    const { store, onEvent } = this;
    // A copier has nothing of its own: its reveal names what the victim uploads.
    if (this.#options.attack !== 'copy') {
      await publishKept({ state: this.state, store, taskId, round, what: 'submission', cid: state.cid, onEvent });
    }
    const sent = await this.covey.sender.send({
      address: this.covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'reveal',
      args: [taskId, round, cidToChain(state.cid), state.salt],
    });
    const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'SubmissionRevealed', logs: sent.logs });
    const index = event?.args.index ?? -1;
    const { tx, gasUsed } = sent;
    this.onEvent({ event: 'revealed', taskId, round, index, cid: state.cid, tx, gasUsed });
    await this.state.forget(taskId, round);
    return sent;
  }

  /** Claims this node's reward; null when it earned none or has it already. */
  async claim(taskId: bigint, round: number) {
    const claimed = await claimTrainer(this.covey, this.store, { taskId, round, node: this.address });
    if (!claimed) {
      this.onEvent({ event: 'nothing-to-claim', role: 'trainer', taskId, round });
      return null;
    }
    const { total, unlocked, vesting } = claimed.payout;
    const { tx, gasUsed } = claimed;
    this.onEvent({ event: 'claimed', role: 'trainer', taskId, round, total, unlocked, vesting, tx, gasUsed });
    return claimed;
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

  /** Does what the round's phase allows now. Returns true when nothing is left to do in it. */
  async step(taskId: bigint, round: number): Promise<boolean> {
    const phase = await readPhase(this.covey, taskId, round);
    switch (phase) {
      case 'commit':
        try {
          await this.commitRound(taskId, round);
        } catch (error) {
          if (!isNodeError(error, 'STAKE_TOO_LOW')) throw error;
          this.onEvent({ event: 'missed', step: 'stake', phase, taskId, round });
          return true;
        }
        return false;
      case 'reveal':
        if (!(await this.submission(taskId, round))) {
          this.onEvent({ event: 'missed', step: 'commit', phase, taskId, round });
          return true;
        }
        try {
          await this.revealRound(taskId, round);
        } catch (error) {
          // All places went to those who revealed earlier; nobody is blamed for that.
          if (!isRevert(error, 'RoundFull')) throw error;
          this.onEvent({ event: 'missed', step: 'reveal', phase, taskId, round });
          return true;
        }
        return false;
      case 'claimable': {
        if (!(await this.submission(taskId, round))) return true;
        const rewards = await this.covey.publicClient.readContract({
          address: this.covey.deployment.rewardDistributor,
          abi: rewardDistributorAbi,
          functionName: 'rewards',
          args: [taskId, round],
        });
        if (!rewards.opened) return false;
        await this.claim(taskId, round);
        return true;
      }
      case 'void':
        return true;
      default:
        return false;
    }
  }

  /** Watches the chain and does each step when its window opens, until aborted. */
  async run(options: DaemonOptions = {}): Promise<void> {
    const { address, covey, onEvent } = this;
    const step: RunRoundsParameters['step'] = (taskId, round) => this.step(taskId, round);
    const before = (taskId: bigint) => this.prepareIfRunning(taskId);
    await runRounds({ ...options, role: 'trainer', address, covey, onEvent, step, before });
  }

  /** Before anything is computed: who had too little stake as the round opened cannot reveal, and would be slashed. */
  async #checkStake(taskId: bigint, round: number): Promise<void> {
    const { minTrainerStake } = (await this.task(taskId)).chain;
    const info = await readRound(this.covey, taskId, round);
    const policy = await readPolicy(this.covey, info.policyVersion);
    const { own } = await readStakeAtOpening(this.covey, info, this.address);
    requireStake({ own, needed: max(minTrainerStake, policy.minTrainerStake), taskId, round });
  }

  async #prepare(taskId: bigint, round: number): Promise<TrainerState | null> {
    const cid = await this.#produce(taskId, round);
    if (cid === null) return null;
    const salt = bytesToHex(randomBytes(32));
    return await this.state.create(taskId, round, { schema: 'covey.trainer-state/1', node: this.address, cid, salt });
  }

  /** Makes the submission of a round and keeps it in the state folder; gives its CID. */
  async #produce(taskId: bigint, round: number): Promise<string | null> {
    const { attack, copyFrom } = this.#options;
    const { document } = await this.task(taskId);
    if (attack === 'copy') return (await copyFrom?.(taskId, round)) ?? null;
    const bytes =
      attack === 'garbage'
        ? randomBytes(parameterCount(document.architecture) * 4)
        : await this.#train(taskId, round, document);
    const cid = await fileCid(bytes);
    await this.state.keep(taskId, round, cid, bytes);
    return cid;
  }

  async #train(taskId: bigint, round: number, document: TaskDocument): Promise<Uint8Array> {
    const { data, attack, training, encoding, privacy } = this.#options;
    const base = await readBase(this.covey, taskId, round, document.initialModel);
    const derived = keccak256(encodePacked(['address', 'uint256', 'uint32'], [this.address, taskId, round]));
    const residual = new Residual(this.state.folder, taskId);
    const update = trainUpdate({
      core: this.core,
      task: document,
      base: await this.store.get(base),
      data: attack === 'label-flip' ? flipLabels(data, classCount(document.architecture)) : data,
      seed: this.#options.seed ?? Number.parseInt(derived.slice(2, 10), 16),
      onProgress: (done, total) => {
        // The core reports every minibatch: a tenth of the way is news.
        const step = Math.max(1, Math.floor(total / 10));
        if (done % step === 0 || done === total) this.onEvent({ event: 'training', taskId, round, done, total });
      },
      ...(training ? { training } : {}),
      encoding,
      privacy: privacy && { ...privacy, key: noiseKey(privacy, this.address, taskId, round) },
      residual: encoding && encoding.encoding !== 'f32' ? await residual.load() : undefined,
    });
    if (update.residual) await residual.save(update.residual);
    if (privacy) {
      const epsilon = epsilonAfter(privacy, round);
      this.onEvent({ event: 'privacy', taskId, round, epsilon, delta: DELTA, noise: privacy.noise });
    }
    return update.bytes;
  }
}
