import {
  cachedReader,
  chainTime,
  claimValidator,
  clientError,
  hasReached,
  isClientError,
  readBase,
  readCounted,
  readPhase,
  readPolicy,
  readRound,
  readRoundInputs,
  readStakeAtOpening,
  readSubmissions,
  readValidator,
} from '@covey/client';
import type { ContentReader, Sent, ValidatorProgress } from '@covey/client';
import { randomBytes } from 'node:crypto';
import { rewardDistributorAbi, roundManagerAbi } from '@covey/contracts/abi';
import {
  documentCid,
  fileCid,
  resultCommitment,
  type ResultSummary,
  type SummarisedResult,
  type TaskDocument,
} from '@covey/protocol';
import { bytesToHex, type ContractFunctionArgs, type Hex } from 'viem';
import { runRounds, type DaemonOptions, type RunRoundsParameters } from '../daemon/run-rounds.ts';
import { isNodeError, nodeError } from '../errors.ts';
import { advanceDraw } from '../keeper/draw.ts';
import { Participant, type NodeOptions } from '../node.ts';
import { ensureStake, max, requireStake } from '../stake/ensure-stake.ts';
import { publishKept } from '../state/publish-kept.ts';
import { RoundState } from '../state/round-state.ts';
import { lieAbout, type ValidatorAttack } from './attack.ts';
import { checkAvailability, fairTimeout } from './availability.ts';
import { scoreHere, type Scoring } from './scoring.ts';
import { openCases } from './slash-cases.ts';
import { validatorStateSchema, type ValidatorState } from './validator-state.ts';

export interface ValidatorOptions extends NodeOptions {
  /** Own stake to hold at least, in wei; a task that asks for more gets more. */
  stake?: bigint;
  /** Milliseconds to wait for each submission when its availability is tested. Default 10,000. */
  availabilityTimeoutMs?: number;
  /** Seconds after the commit window that others have to draw the seats before this node does. Default 10. */
  drawPatience?: number;
  /** Where results are computed. Default: in this thread. */
  scoring?: Scoring;
  /** Open slash cases against those who broke a rule. Default true. */
  reportOffenders?: boolean;
  /** For experiments only. */
  attack?: ValidatorAttack;
}

/** A validator: joins, attests availability, scores, commits and reveals its result, reports offenders, claims. */
export class ValidatorNode extends Participant {
  readonly state: RoundState<ValidatorState>;
  readonly #options: ValidatorOptions;
  readonly #reader: ContentReader;
  readonly #scoring: Scoring;

  constructor(options: ValidatorOptions) {
    super(options);
    this.#options = options;
    this.#reader = cachedReader(options.store);
    this.#scoring = options.scoring ?? scoreHere(options.core);
    this.state = new RoundState(
      options.stateDir,
      this.covey.deployment,
      'validator',
      this.address,
      validatorStateSchema,
    );
  }

  /**
   * Stakes what is missing to the larger of the node's own wish and what the task's next round will ask for. Rounds
   * count the stake of the second before they open: what comes later counts from the next one on.
   */
  async prepare(taskId: bigint): Promise<void> {
    const { minValidatorStake } = (await this.task(taskId)).chain;
    const policy = await readPolicy(this.covey);
    const needed = max(minValidatorStake, policy.minValidatorStake, this.#options.stake ?? 0n);
    await ensureStake(this.covey, needed, this.onEvent);
  }

  /**
   * Becomes a candidate for the round's seats; null when it is one already. Throws what kept it from fetching the shard
   * or the base model, without which it could not score, and STAKE_TOO_LOW where the round opened before it had staked.
   */
  async join(taskId: bigint, round: number, signal?: AbortSignal): Promise<Sent | null> {
    if (hasReached(await this.entry(taskId, round), 'joined')) return null;
    const { chain, document } = await this.task(taskId);
    const info = await readRound(this.covey, taskId, round);
    const policy = await readPolicy(this.covey, info.policyVersion);
    const { own } = await readStakeAtOpening(this.covey, info, this.address);
    requireStake({ own, needed: max(chain.minValidatorStake, policy.minValidatorStake), taskId, round });
    await this.#ensureScorable(taskId, round, document, signal);
    const sent = await this.#send('join', [taskId, round]);
    this.onEvent({ event: 'joined', stake: own, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return sent;
  }

  /** Brings the draw of the seats as far as it goes, where nobody has within a moment; true when it is made. */
  async draw(taskId: bigint, round: number): Promise<boolean> {
    const { covey, onEvent } = this;
    const { drawn, deadlines } = await readRound(this.covey, taskId, round);
    if (drawn) return true;
    const patience = Math.min(this.#options.drawPatience ?? 10, (deadlines.reveal - deadlines.commit) / 4);
    if (Number(await chainTime(this.covey)) < deadlines.commit + patience) return false;
    return await advanceDraw({ covey, taskId, round, onEvent });
  }

  /** Tries to fetch every submission and posts which ones came; null when it attested before. */
  async attest(
    taskId: bigint,
    round: number,
    signal?: AbortSignal,
  ): Promise<(Sent & { bitmap: readonly bigint[] }) | null> {
    const entry = await this.#seated(taskId, round);
    if (hasReached(entry, 'attested')) return null;
    const info = await readRound(this.covey, taskId, round);
    const [submissions, policy] = await Promise.all([
      readSubmissions(this.covey, info),
      readPolicy(this.covey, info.policyVersion),
    ]);
    const { bitmap, missing } = await checkAvailability({
      reader: this.#reader,
      submissions,
      maxSubmissionBytes: Number(policy.maxSubmissionBytes),
      timeoutMs: fairTimeout({
        submissions: info.submissions,
        wantedMs: this.#options.availabilityTimeoutMs ?? 10_000,
        remainingMs: 1000 * (info.deadlines.availability - Number(await chainTime(this.covey))),
      }),
      ...(signal ? { signal } : {}),
    });
    const sent = await this.#send('attest', [taskId, round, bitmap]);
    const { seats } = entry;
    this.onEvent({ event: 'attested', seats, bitmap, missing, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, bitmap };
  }

  /** Computes the round's result from chain and content alone. */
  async score(taskId: bigint, round: number, signal?: AbortSignal) {
    const { document } = await this.task(taskId);
    const inputs = await readRoundInputs(this.covey, taskId, round, document);
    return await this.#scoring({
      task: document,
      inputs,
      fetch: (cid, options) => this.#reader.get(cid, options),
      ...(signal ? { signal } : {}),
    });
  }

  /**
   * Scores, writes result, model and state to disk, commits; null when it committed before, did not attest, or nothing
   * counts. Nothing leaves the node before the reveal, or others could commit to it without having computed it.
   */
  async commitResult(
    taskId: bigint,
    round: number,
    signal?: AbortSignal,
  ): Promise<(Sent & { resultHash: Hex }) | null> {
    if ((await this.#seated(taskId, round)).stage !== 'attested') return null;
    const counted = await readCounted(this.covey, taskId, round);
    if (counted.every((word) => word === 0n)) return null;
    const state = (await this.state.load(taskId, round)) ?? (await this.#prepare(taskId, round, signal));
    const { resultHash, salt } = state;
    const commitment = resultCommitment({ taskId, round, validator: this.address, resultHash, salt });
    const sent = await this.#send('commitResult', [taskId, round, commitment]);
    this.onEvent({ event: 'result-committed', resultHash, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, resultHash };
  }

  /** Uploads what was committed and reveals it; null when that was done before. */
  async revealResult(taskId: bigint, round: number): Promise<Sent | null> {
    if (hasReached(await this.#seated(taskId, round), 'resultRevealed')) {
      await this.state.forget(taskId, round);
      return null;
    }
    const state = await this.state.load(taskId, round);
    if (!state) {
      throw nodeError('STATE_CORRUPT', `The salt of round ${round} of task ${taskId} is not in the state folder.`, {
        expected: this.state.path(taskId, round),
        hint: 'Start the validator with the state folder that it committed with.',
      });
    }
    if ((await readPhase(this.covey, taskId, round)) === 'resultCommit') {
      throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} still takes results.`, {
        expected: 'the window of reveals',
        hint: 'What is shown before it opens can be copied.',
      });
    }
    const { store, onEvent } = this;
    const { resultHash, document, model } = state;
    await publishKept({ state: this.state, store, taskId, round, what: 'model', cid: model, onEvent });
    await publishKept({ state: this.state, store, taskId, round, what: 'result', cid: document, onEvent });
    const sent = await this.#send('revealResult', [taskId, round, summaryOf(state), state.salt]);
    this.onEvent({ event: 'result-revealed', resultHash, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    await this.state.forget(taskId, round);
    return sent;
  }

  /** Opens slash cases against those who broke a rule in a closed round. */
  async openCases(taskId: bigint, round: number): Promise<{ opened: number; left: number }> {
    return await openCases(this.covey, taskId, round, this.onEvent);
  }

  /** Claims this validator's reward; null when it earned none or has it already. */
  async claim(taskId: bigint, round: number) {
    const claimed = await claimValidator(this.covey, { taskId, round, node: this.address });
    if (!claimed) {
      this.onEvent({ event: 'nothing-to-claim', role: 'validator', taskId, round });
      return null;
    }
    const { total, unlocked, vesting } = claimed.payout;
    const { tx, gasUsed } = claimed;
    this.onEvent({ event: 'claimed', role: 'validator', taskId, round, total, unlocked, vesting, tx, gasUsed });
    return claimed;
  }

  /** How far this validator has come in a round. */
  async entry(taskId: bigint, round: number): Promise<ValidatorProgress> {
    return await readValidator(this.covey, taskId, round, this.address);
  }

  /** Does what the round's phase allows now. Returns true when nothing is left to do in it. */
  async step(taskId: bigint, round: number, signal?: AbortSignal): Promise<boolean> {
    const phase = await readPhase(this.covey, taskId, round);
    if (phase === 'none') return false;
    if (phase === 'commit') {
      try {
        await this.join(taskId, round, signal);
      } catch (error) {
        if (!isNodeError(error, 'STAKE_TOO_LOW')) throw error;
        this.onEvent({ event: 'missed', step: 'stake', phase, taskId, round });
        return true;
      }
      return false;
    }
    if ((await this.entry(taskId, round)).stage === 'none') {
      if (phase !== 'void') this.onEvent({ event: 'missed', step: 'join', phase, taskId, round });
      return true;
    }
    if (phase === 'availability' && !(await this.#hasKey(taskId, round))) return false;
    const drawing = phase === 'reveal' || phase === 'key' || phase === 'availability';
    if (drawing && !(await this.draw(taskId, round))) return false;
    const { stage, seats } = await this.entry(taskId, round);
    if (seats === 0) {
      if (phase !== 'void') this.onEvent({ event: 'no-seat', taskId, round });
      return true;
    }
    switch (phase) {
      case 'availability':
        await this.attest(taskId, round, signal);
        return false;
      case 'resultCommit':
        if (stage === 'attested') await this.commitResult(taskId, round, signal);
        return false;
      case 'resultReveal':
        if (stage === 'resultCommitted') await this.revealResult(taskId, round);
        return false;
      case 'void':
        return (await this.#report(taskId, round)) === 0;
      case 'claimable': {
        const left = await this.#report(taskId, round);
        const rewards = await this.covey.publicClient.readContract({
          address: this.covey.deployment.rewardDistributor,
          abi: rewardDistributorAbi,
          functionName: 'rewards',
          args: [taskId, round],
        });
        if (!rewards.opened) return false;
        await this.claim(taskId, round);
        return left === 0;
      }
      default:
        return false;
    }
  }

  /** Watches the chain and does each step when its window opens, until aborted. */
  async run(options: DaemonOptions = {}): Promise<void> {
    const { address, covey, onEvent } = this;
    const step: RunRoundsParameters['step'] = (taskId, round, signal) => this.step(taskId, round, signal);
    const before = (taskId: bigint) => this.prepareIfRunning(taskId);
    await runRounds({ ...options, role: 'validator', address, covey, onEvent, step, before });
  }

  async #report(taskId: bigint, round: number): Promise<number> {
    if (this.#options.reportOffenders === false || this.#options.attack) return 0;
    return (await this.openCases(taskId, round)).left;
  }

  async #seated(taskId: bigint, round: number): Promise<ValidatorProgress> {
    const entry = await this.entry(taskId, round);
    if (entry.seats === 0) {
      throw clientError('NOT_IN_ROUND', `This validator has no seat in round ${round} of task ${taskId}.`, {
        hint: 'Validators join during the commit window; seats are then drawn among them by stake.',
      });
    }
    return entry;
  }

  /** Throws unless what is known of the scorer's inputs can be fetched; it stays in memory until scoring, if it fits. */
  async #ensureScorable(
    taskId: bigint,
    round: number,
    document: TaskDocument,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const base = await readBase(this.covey, taskId, round, document.initialModel);
    const inputs = [
      { what: 'validation shard', cid: document.validation.shards[round]?.ciphertext },
      { what: 'base model', cid: base },
    ];
    await Promise.all(
      inputs.map(async ({ what, cid }) => {
        if (cid === undefined) return;
        try {
          await this.#reader.get(cid, signal ? { signal } : {});
        } catch (error) {
          if (!isClientError(error)) throw error;
          const message = `Not joining round ${round} of task ${taskId}: its ${what} cannot be fetched. ${error.shortMessage}`;
          throw clientError(error.code, message, {
            expected: cid,
            hint: 'Tried again until joining ends.',
            cause: error,
          });
        }
      }),
    );
  }

  /** Without its key a round can only be voided. */
  async #hasKey(taskId: bigint, round: number): Promise<boolean> {
    return (await readRound(this.covey, taskId, round)).key !== null;
  }

  async #prepare(taskId: bigint, round: number, signal?: AbortSignal): Promise<ValidatorState> {
    const honest = await this.score(taskId, round, signal);
    const result: SummarisedResult = this.#options.attack === 'lie' ? lieAbout(honest.document) : honest;
    const document = documentCid(result.bytes);
    await this.state.keep(taskId, round, document, result.bytes);
    const model = await fileCid(honest.model);
    await this.state.keep(taskId, round, model, honest.model);
    const { resultHash, summary } = result;
    this.onEvent({ event: 'scored', resultHash, document, model, taskId, round });
    return await this.state.create(taskId, round, {
      schema: 'covey.validator-state/1',
      salt: bytesToHex(randomBytes(32)),
      resultHash,
      document,
      model,
      summary: {
        ...summary,
        sumWeights: String(summary.sumWeights),
        sumOwnWeights: String(summary.sumOwnWeights),
        qualifyingOwnStake: String(summary.qualifyingOwnStake),
        model: { codec: String(summary.model.codec), digest: summary.model.digest },
      },
    });
  }

  async #send<name extends RoundCall>(functionName: name, args: RoundArgs<name>): Promise<Sent> {
    return await this.covey.sender.send({
      address: this.covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName,
      args,
    });
  }
}

type RoundCall = 'join' | 'attest' | 'commitResult' | 'revealResult';
type RoundArgs<name extends RoundCall> = ContractFunctionArgs<typeof roundManagerAbi, 'nonpayable', name>;

function summaryOf({ summary }: ValidatorState): ResultSummary {
  return {
    ...summary,
    sumWeights: BigInt(summary.sumWeights),
    sumOwnWeights: BigInt(summary.sumOwnWeights),
    qualifyingOwnStake: BigInt(summary.qualifyingOwnStake),
    model: { codec: BigInt(summary.model.codec), digest: summary.model.digest },
  };
}
