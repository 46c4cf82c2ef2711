import {
  advanceDraw,
  cachedReader,
  chainTime,
  claimValidator,
  clientError,
  hasReached,
  isClientError,
  openCases,
  readCounted,
  readPolicy,
  readRound,
  readRoundInputs,
  readScorer,
  readSubmissions,
  readValidator,
} from '@covey/client';
import type { ContentReader, Sent, ValidatorProgress } from '@covey/client';
import { documentCid, fileCid, resultCommitment, type RoundResult } from '@covey/protocol';
import { readCoreWasm } from '@covey/wasm-core/node';
import { randomBytes } from 'node:crypto';
import { bytesToHex, type Hex } from 'viem';
import { nodeError } from '../errors.ts';
import { Participant, type ParticipantOptions } from '../participant/participant.ts';
import { andAgain, type Condition, type RoundAt, type StepResult, type Steps } from '../participant/step.ts';
import { KeptContent } from '../state/kept-content.ts';
import { ApprovedScorers } from './approved-scorers.ts';
import { checkAvailability, fairTimeout } from './availability.ts';
import { drawnSeats } from './drawn-seats.ts';
import { requireInputs } from './require-inputs.ts';
import type { Scoring } from './scoring.ts';
import { summaryFromState, summaryToState, validatorStateSchema, type ValidatorState } from './validator-state.ts';

export interface ValidatorOptions extends ParticipantOptions {
  /** Computes results: `scoreInWorker`, or `scoreHere` in this thread. */
  score: Scoring;
  /** The scorer that this installation has. Default: that of its own core. */
  ownScorer?: () => Promise<Uint8Array>;
  /** Milliseconds to wait for each submission when its availability is tested. Default 10,000. */
  availabilityTimeoutMs?: number;
  /** Seconds after the commit window that others have to draw the seats before this node does. Default 10. */
  drawPatience?: number;
  /** Open slash cases against those who broke a rule. Default true. */
  reportOffenders?: boolean;
}

/** A validator: joins, attests availability, scores, commits and reveals its result, reports offenders, claims. */
export class ValidatorNode extends Participant<ValidatorState> {
  readonly #options: ValidatorOptions;
  readonly #reader: ContentReader;
  readonly #scorers: ApprovedScorers;
  readonly #attested: KeptContent;

  constructor(options: ValidatorOptions) {
    super('validator', validatorStateSchema, options);
    this.#options = options;
    this.#reader = cachedReader(options.store);
    this.#scorers = new ApprovedScorers({ own: options.ownScorer ?? readCoreWasm, reader: options.store });
    this.#attested = new KeptContent(this.state.folder, this.limits.maxDiskBytes);
  }

  /** Holds for who joined in time. */
  readonly #joined: Condition = async ({ taskId, round, phase }) => {
    if ((await this.entry(taskId, round)).stage !== 'none') return null;
    return phase === 'void' ? 'done' : { missed: 'join' };
  };

  /** Holds once the key of the round's shard is out: without it a round can only be voided. */
  readonly #keyPublished: Condition = async ({ taskId, round }) =>
    (await readRound(this.covey, taskId, round)).key === null ? 'again' : null;

  readonly #drawn: Condition = async ({ taskId, round }) => ((await this.draw(taskId, round)) ? null : 'again');

  /** Holds for who has a seat; others have nothing to do in the round. */
  readonly #seated: Condition = async ({ taskId, round, phase }) => {
    if ((await this.entry(taskId, round)).seats > 0) return null;
    const seats = await drawnSeats(this.covey, taskId, round, this.address);
    if (seats) return null;
    if (seats === null && phase !== 'void') return 'again';
    if (phase !== 'void') this.onEvent({ event: 'no-seat', taskId, round });
    return 'done';
  };

  /** Holds for who has committed a result and not shown it yet. */
  readonly #committed: Condition = async ({ taskId, round }) =>
    (await this.entry(taskId, round)).stage === 'resultCommitted' ? null : 'again';

  protected readonly steps: Steps = {
    commit: { do: ({ taskId, round, signal }) => andAgain(this.join(taskId, round, signal)) },
    reveal: { needs: [this.#joined, this.#drawn, this.#seated] },
    key: { needs: [this.#joined, this.#drawn, this.#seated] },
    availability: {
      needs: [this.#joined, this.#keyPublished, this.#drawn, this.#seated],
      do: ({ taskId, round, signal }) => andAgain(this.attest(taskId, round, signal)),
    },
    resultCommit: {
      needs: [this.#joined, this.#seated],
      do: ({ taskId, round, signal }) => andAgain(this.commitResult(taskId, round, signal)),
    },
    resultReveal: {
      needs: [this.#joined, this.#seated, this.#committed],
      do: ({ taskId, round }) => andAgain(this.revealResult(taskId, round)),
    },
    acceptance: { needs: [this.#joined, this.#seated] },
    disputed: { needs: [this.#joined, this.#seated] },
    challenge: { needs: [this.#joined, this.#seated] },
    claimable: { needs: [this.#joined, this.#seated], do: (at) => this.#reportAndClaim(at) },
    void: { needs: [this.#joined, this.#seated], do: (at) => this.#report(at) },
  };

  /**
   * Becomes a candidate for the round's seats; null when it is one already. Throws what kept it from fetching the
   * approved scorer, the shard or the base model, without which it could not score, and STAKE_TOO_LOW where the round opened before it had staked.
   */
  async join(taskId: bigint, round: number, signal?: AbortSignal): Promise<Sent | null> {
    if (hasReached(await this.entry(taskId, round), 'joined')) return null;
    const stake = await this.requireMeans(taskId, round);
    const { document } = await this.task(taskId);
    const { policyVersion } = await readRound(this.covey, taskId, round);
    await this.#scorers.load(await readScorer(this.covey, policyVersion), signal);
    await this.#requireRoom(taskId, policyVersion);
    await requireInputs({ covey: this.covey, reader: this.#reader, taskId, round, document, signal });
    const sent = await this.send('join', [taskId, round]);
    this.onEvent({ event: 'joined', stake, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return sent;
  }

  /** Brings the draw of the seats as far as it goes, where nobody has within a moment; true when it is made. */
  async draw(taskId: bigint, round: number): Promise<boolean> {
    const { covey, onEvent } = this;
    const { drawn, deadlines } = await readRound(covey, taskId, round);
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
    const entry = await this.#requireSeat(taskId, round);
    if (hasReached(entry, 'attested')) return null;
    const info = await readRound(this.covey, taskId, round);
    const [submissions, policy] = await Promise.all([
      readSubmissions(this.covey, info),
      readPolicy(this.covey, info.policyVersion),
    ]);
    const { bitmap, missing } = await checkAvailability({
      reader: this.#reader,
      submissions,
      keep: (cid, bytes) => this.#keep(taskId, round, cid, bytes, signal),
      maxSubmissionBytes: Number(policy.maxSubmissionBytes),
      timeoutMs: fairTimeout({
        submissions: info.submissions,
        wantedMs: this.#options.availabilityTimeoutMs ?? 10_000,
        remainingMs: 1000 * (info.deadlines.availability - Number(await chainTime(this.covey))),
      }),
      ...(signal ? { signal } : {}),
    });
    const sent = await this.send('attest', [taskId, round, bitmap]);
    const { seats } = entry;
    this.onEvent({ event: 'attested', seats, bitmap, missing, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, bitmap };
  }

  /** Computes the round's result from chain and content alone. */
  async score(taskId: bigint, round: number, signal?: AbortSignal): Promise<RoundResult> {
    const { document } = await this.task(taskId);
    const inputs = await readRoundInputs(this.covey, taskId, round, document);
    return await this.#options.score({
      task: document,
      inputs,
      scorer: await this.#scorers.load(inputs.scorer, signal),
      limits: this.limits,
      fetch: async (cid, options) => {
        const kept = await this.#attested.kept(taskId, round, cid);
        const fits = kept && (options.maxBytes === undefined || kept.byteLength <= options.maxBytes);
        return fits ? kept : await this.#reader.get(cid, options);
      },
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
    if ((await this.#requireSeat(taskId, round)).stage !== 'attested') return null;
    const counted = await readCounted(this.covey, taskId, round);
    if (counted.every((word) => word === 0n)) return null;
    const state = (await this.state.load(taskId, round)) ?? (await this.#prepare(taskId, round, signal));
    const { resultHash, salt } = state;
    const commitment = resultCommitment({ taskId, round, validator: this.address, resultHash, salt });
    const sent = await this.send('commitResult', [taskId, round, commitment]);
    this.onEvent({ event: 'result-committed', resultHash, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, resultHash };
  }

  /** Uploads what was committed and reveals it; null when that was done before. */
  async revealResult(taskId: bigint, round: number): Promise<Sent | null> {
    if (hasReached(await this.#requireSeat(taskId, round), 'resultRevealed')) {
      await this.state.forget(taskId, round);
      return null;
    }
    const { resultHash, document, model, summary, salt } = await this.toReveal(taskId, round, 'resultCommit');
    await this.publish({ taskId, round, what: 'model', cid: model });
    await this.publish({ taskId, round, what: 'result', cid: document });
    const sent = await this.send('revealResult', [taskId, round, summaryFromState(summary), salt]);
    this.onEvent({ event: 'result-revealed', resultHash, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    await this.state.forget(taskId, round);
    return sent;
  }

  /** Opens slash cases against those who broke a rule in a closed round. */
  async openCases(taskId: bigint, round: number): Promise<{ opened: number; left: number }> {
    return await openCases(this.covey, taskId, round, this.onEvent);
  }

  /** How far this validator has come in a round. */
  async entry(taskId: bigint, round: number): Promise<ValidatorProgress> {
    return await readValidator(this.covey, taskId, round, this.address);
  }

  protected async claimReward(taskId: bigint, round: number) {
    return await claimValidator(this.covey, { taskId, round, node: this.address });
  }

  /** What this node attests to stays with it, in its folder and pinned in its store, until the round is over. */
  async #keep(taskId: bigint, round: number, cid: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const kept = await this.#attested.keep(taskId, round, cid, bytes);
    try {
      await this.store.pin(cid, signal ? { signal } : {});
    } catch (error) {
      // In the folder it is safe for this node's own scoring; in neither it would be attested to and lost.
      if (!kept || signal?.aborted || !isClientError(error)) throw error;
      this.onEvent({ event: 'error', taskId, round, code: error.code, message: `Not pinned: ${error.shortMessage}` });
    }
  }

  /** Throws DISK_LIMIT where not even one submission would fit into the node's folder. */
  async #requireRoom(taskId: bigint, policyVersion: number): Promise<void> {
    const { maxSubmissionBytes } = await readPolicy(this.covey, policyVersion);
    if (await this.#attested.hasRoom(Number(maxSubmissionBytes))) return;
    throw nodeError('DISK_LIMIT', `There is no room for the submissions of task ${taskId}.`, {
      expected: `${maxSubmissionBytes} bytes within ${this.limits.maxDiskBytes}`,
    });
  }

  async #report({ taskId, round }: RoundAt): Promise<StepResult> {
    await this.#attested.forget(taskId, round);
    if (this.#options.reportOffenders === false) return 'done';
    return (await this.openCases(taskId, round)).left === 0 ? 'done' : 'again';
  }

  /** Cases first: their time is short, a claim's is not. */
  async #reportAndClaim(at: RoundAt): Promise<StepResult> {
    const reported = await this.#report(at);
    const waiting = await this.rewardsOpen(at);
    if (waiting !== null) return waiting;
    await this.claim(at.taskId, at.round);
    return reported;
  }

  async #requireSeat(taskId: bigint, round: number): Promise<ValidatorProgress> {
    const entry = await this.entry(taskId, round);
    if (entry.seats === 0) {
      throw clientError('NOT_IN_ROUND', `This validator has no seat in round ${round} of task ${taskId}.`, {
        hint: 'Validators join during the commit window; seats are then drawn among them by stake.',
      });
    }
    return entry;
  }

  async #prepare(taskId: bigint, round: number, signal?: AbortSignal): Promise<ValidatorState> {
    const result = await this.score(taskId, round, signal);
    const document = documentCid(result.bytes);
    await this.state.keep(taskId, round, document, result.bytes);
    const model = await fileCid(result.model);
    await this.state.keep(taskId, round, model, result.model);
    const { resultHash } = result;
    this.onEvent({ event: 'scored', resultHash, document, model, taskId, round });
    return await this.state.create(taskId, round, {
      schema: 'covey.validator-state/1',
      salt: bytesToHex(randomBytes(32)),
      resultHash,
      document,
      model,
      summary: summaryToState(result.summary),
    });
  }
}
