import {
  cachedReader,
  claimValidator,
  clientError,
  commitAttestation,
  commitResult,
  firstReader,
  openCases,
  readPolicy,
  readRound,
  readRoundInputs,
  readScorer,
  readValidator,
  revealAttestation,
  revealResult,
} from '@covey/client';
import type { RoundOnChain, Sent, ValidatorProgress } from '@covey/client';
import { attestationCommitment, isProtocolError, resultCommitment, type RoundResult } from '@covey/protocol';
import { readCoreWasm } from '@covey/wasm-core/node';
import type { Hex } from 'viem';
import { Participant } from '../participant/participant.ts';
import { andAgain, type Condition, type RoundAt, type StepResult, type Steps } from '../participant/step.ts';
import { RoundState } from '../state/round-state.ts';
import { ApprovedScorers } from './approved-scorers.ts';
import { attestationStateSchema, newAttestation, type AttestationState } from './attestation-state.ts';
import { AttestedContent } from './attested-content.ts';
import { checkAvailability } from './availability.ts';
import { challengeOwn } from './challenge.ts';
import { findMissing, lackingOf, wordsOf } from './missing.ts';
import { dueOf, scoringBound, type Committed } from './due.ts';
import type { ValidatorOptions } from './options.ts';
import { requireInputs } from './require-inputs.ts';
import {
  keepResult,
  newState,
  summaryFromState,
  validatorStateSchema,
  type ValidatorState,
} from './validator-state.ts';

/** Of a fetch or pin. */
const defaultTimeoutMs = 10_000;

/** A validator: joins, attests what it could fetch, scores, commits and reveals, challenges, reports, claims. */
export class ValidatorNode extends Participant<ValidatorState> {
  readonly attestations: RoundState<AttestationState>;
  readonly #options: ValidatorOptions;
  readonly #scorers: ApprovedScorers;
  readonly #content: AttestedContent;

  constructor(options: ValidatorOptions) {
    super('validator', validatorStateSchema, options);
    const { covey, address, store, onEvent, state } = this;
    this.#options = options;
    const { stateDir } = options;
    this.attestations = new RoundState(stateDir, covey.deployment, 'attestation', address, attestationStateSchema);
    const reader = cachedReader(firstReader([store, ...(options.gateways ?? [])]));
    this.#scorers = new ApprovedScorers({ own: options.ownScorer ?? readCoreWasm, reader });
    const maxBytes = this.limits.maxDiskBytes;
    this.#content = new AttestedContent({ folder: state.folder, maxBytes, store, reader, onEvent });
  }

  /** Holds for who has a seat; a round that repeats may yet give one to who has none. */
  readonly #seated: Condition = this.seatedOr(() => 'again');

  /** The same once no other validators can be drawn. */
  readonly #seatedForGood: Condition = this.seatedOr(({ info }, why) =>
    why === 'join' && info.phase === 'resultCommit' ? { missed: 'join' } : 'done',
  );

  protected readonly steps: Steps = {
    join: { do: this.joining },
    trainerDraw: { do: this.drawing },
    validatorJoin: { do: this.joining },
    validatorDraw: { do: this.drawing },
    attest: {
      needs: [this.#seated],
      do: ({ taskId, round, signal }) => andAgain(this.attest(taskId, round, signal)),
    },
    attestReveal: { needs: [this.#seated], do: ({ taskId, round }) => andAgain(this.revealAttestation(taskId, round)) },
    resultCommit: {
      needs: [this.#seatedForGood],
      do: ({ taskId, round, signal }) => andAgain(this.commitResult(taskId, round, signal)),
    },
    resultReveal: {
      needs: [this.#seatedForGood],
      do: ({ taskId, round }) => andAgain(this.revealResult(taskId, round)),
    },
    acceptance: { needs: [this.#seatedForGood] },
    challenge: { needs: [this.#seatedForGood], do: (at) => andAgain(this.challengeWrong(at.info)) },
    ruling: { needs: [this.#seatedForGood], do: (at) => andAgain(this.challengeWrong(at.info)) },
    claimable: { needs: [this.#seatedForGood], do: (at) => this.#reportAndClaim(at) },
    void: { needs: [this.#seatedForGood], do: (at) => this.#report(at) },
  };

  /**
   * Fetches every submission and the shard's ciphertext, keeps and serves them, and commits to what is missing; null when it
   * attested before.
   */
  async attest(taskId: bigint, round: number, signal?: AbortSignal): Promise<(Sent & AttestationState) | null> {
    const info = await readRound(this.covey, taskId, round);
    const progress = await this.#requireSeat(info);
    const { seats, attestation } = progress;
    if (attestation !== 'none') return null;
    const { attempt } = info;
    const key = { taskId, round, attempt };
    const state = (await this.attestations.load(key)) ?? (await this.#findMissing(info, signal));
    const { ciphertextMissing, missing, salt } = state;
    const validator = this.address;
    const commitment = attestationCommitment({ ...key, validator, ...wordsOf(state), salt });
    const sent = await commitAttestation(this.covey, { taskId, round }, commitment);
    const { tx, gasUsed } = sent;
    this.#owe(info, { ...progress, attestation: 'committed' });
    this.onEvent({ event: 'attested', attempt, seats, ciphertextMissing, missing, taskId, round, tx, gasUsed });
    return { ...sent, ...state };
  }

  /** Reveals what it attested; null when that was done before, or it did not attest in this attempt. */
  async revealAttestation(taskId: bigint, round: number): Promise<Sent | null> {
    const info = await readRound(this.covey, taskId, round);
    const progress = await this.progress(info);
    if (progress.attestation !== 'committed') return null;
    const { attempt } = info;
    const state = await this.toReveal(this.attestations, { taskId, round, attempt }, 'attest');
    const sent = await revealAttestation(this.covey, { taskId, round }, { ...wordsOf(state), salt: state.salt });
    this.#owe(info, { ...progress, attestation: 'revealed' });
    this.onEvent({ event: 'attestation-revealed', attempt, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return sent;
  }

  /** Computes the round's result from chain and content alone. */
  async score(taskId: bigint, round: number, signal?: AbortSignal): Promise<RoundResult> {
    const { document } = await this.task(taskId);
    const inputs = await readRoundInputs(this.covey, taskId, round, document);
    const reader = this.#content.reader({ taskId, round });
    return await this.#options.score({
      task: document,
      inputs,
      scorer: await this.#scorers.load(inputs.scorer, signal),
      limits: this.limits,
      fetch: (cid, options) => reader.get(cid, options),
      ...(signal ? { signal } : {}),
    });
  }

  /**
   * Scores, writes result, model and state to disk, commits; null when it committed before, did not attest, nothing can be
   * scored, or it lacks something that counts. Nothing leaves the node before the reveal, or others could commit to it
   * without having computed it.
   */
  async commitResult(
    taskId: bigint,
    round: number,
    signal?: AbortSignal,
  ): Promise<(Sent & { resultHash: Hex }) | null> {
    const info = await readRound(this.covey, taskId, round);
    const progress = await this.#requireSeat(info);
    const { attestation, result } = progress;
    if (info.key === null || attestation !== 'revealed' || result !== 'none') return null;
    const key = { taskId, round, attempt: info.attempt };
    const state = (await this.state.load(key)) ?? (await this.#prepare(info, signal));
    if (!state) return null;
    const { resultHash, salt } = state;
    const commitment = resultCommitment({ taskId, round, validator: this.address, resultHash, salt });
    const sent = await commitResult(this.covey, { taskId, round }, commitment);
    this.#owe(info, { ...progress, result: 'committed' });
    this.onEvent({ event: 'result-committed', resultHash, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return { ...sent, resultHash };
  }

  /** Uploads what was committed and reveals it; null when that was done before, or nothing was committed. */
  async revealResult(taskId: bigint, round: number): Promise<Sent | null> {
    const info = await readRound(this.covey, taskId, round);
    const key = { taskId, round, attempt: info.attempt };
    const { result } = await this.progress(info);
    if (result === 'revealed') await this.state.forget(key);
    if (result !== 'committed') return null;
    const { resultHash, document, model, delta, summary, salt } = await this.toReveal(this.state, key, 'resultCommit');
    await this.publish({ ...key, what: 'model', cid: model });
    if (delta !== null) await this.publish({ ...key, what: 'delta', cid: delta });
    await this.publish({ ...key, what: 'result', cid: document });
    const sent = await revealResult(this.covey, { taskId, round }, { summary: summaryFromState(summary), salt });
    this.duties.settle(info);
    this.onEvent({ event: 'result-revealed', resultHash, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    await this.state.forget(key);
    return sent;
  }

  /** Challenges the accepted result where it is not the one that this node computed; null where it is, or cannot. */
  async challengeWrong(info: RoundOnChain): Promise<Sent | null> {
    const { taskId, round, attempt, acceptedHash } = info;
    if (this.#options.challenge === false || acceptedHash === null) return null;
    const state = await this.state.load({ taskId, round, attempt });
    if (!state || state.resultHash === acceptedHash) return null;
    const { covey, onEvent, limits } = this;
    return await challengeOwn({ covey, info, summary: summaryFromState(state.summary), limits, onEvent });
  }

  /** Opens slash cases against those who broke a rule in a closed round. */
  async openCases(taskId: bigint, round: number): Promise<{ opened: number; left: number }> {
    return await openCases(this.covey, taskId, round, this.onEvent);
  }

  /** How far this validator has come in the present attempt of a round. */
  async progress(info: RoundOnChain): Promise<ValidatorProgress> {
    const progress = await readValidator(this.covey, info, this.address);
    if (progress.seats > 0) this.#owe(info, progress);
    return progress;
  }

  protected oweFirst(info: RoundOnChain): void {
    this.#owe(info, { attestation: 'none', result: 'none' });
  }

  #owe(info: RoundOnChain, progress: Committed): void {
    const due = dueOf(info, progress);
    if (due) this.duties.owe(info, due.step, due);
    else this.duties.settle(info);
  }

  protected async claimReward(taskId: bigint, round: number) {
    return await claimValidator(this.covey, { taskId, round, node: this.address });
  }

  /** Throws too what kept it from fetching the approved scorer or an input of the round, without which it cannot score. */
  protected override async requireMeans(info: RoundOnChain, signal?: AbortSignal): Promise<readonly Hex[]> {
    const { taskId, round, policyVersion } = info;
    const admission = await super.requireMeans(info, signal);
    const { document } = await this.task(taskId);
    await this.#scorers.load(await readScorer(this.covey, policyVersion), signal);
    const { maxSubmissionBytes } = await readPolicy(this.covey, policyVersion);
    await this.#content.requireRoom(taskId, maxSubmissionBytes);
    const { availabilityTimeoutMs: timeoutMs = defaultTimeoutMs } = this.#options;
    const at = { taskId, round };
    const reader = this.#content.reader(at);
    const keep = (cid: string, bytes: Uint8Array) => this.#content.keep(at, cid, { bytes }, { timeoutMs });
    await requireInputs({ covey: this.covey, reader, keep, ...at, document, signal });
    return admission;
  }

  async #findMissing(info: RoundOnChain, signal?: AbortSignal): Promise<AttestationState> {
    const { taskId, round, attempt } = info;
    const { document } = await this.task(taskId);
    const { attesting = checkAvailability, availabilityTimeoutMs: wantedMs = defaultTimeoutMs } = this.#options;
    const [covey, content] = [this.covey, this.#content];
    const found = await findMissing({ covey, content, info, document, attesting, wantedMs, signal });
    return await this.attestations.create({ taskId, round, attempt }, newAttestation(info.submissions, found));
  }

  async #report({ taskId, round }: RoundAt): Promise<StepResult> {
    await this.#content.forget({ taskId, round });
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

  async #requireSeat(info: RoundOnChain): Promise<ValidatorProgress> {
    const progress = await this.progress(info);
    if (progress.seats > 0) return progress;
    throw clientError('NOT_IN_ROUND', `This validator has no seat in round ${info.round} of task ${info.taskId}.`, {
      hint: 'Validators join in the first window; seats are drawn among them by stake once submissions are revealed.',
    });
  }

  /** The result that this node commits to; null where it lacks something that counts, which excuses it. */
  async #prepare(info: RoundOnChain, signal?: AbortSignal): Promise<ValidatorState | null> {
    const { taskId, round, attempt } = info;
    const key = { taskId, round, attempt };
    const attested = await this.attestations.load(key);
    const lacking = attested && (await lackingOf(this.covey, info, attested));
    if (lacking !== null && !this.said.first('lacking', taskId, round, attempt)) {
      this.duties.settle(info);
      return null;
    }
    let result: RoundResult;
    try {
      const bound = await scoringBound(this.covey, info, (await this.task(taskId)).document);
      const scoring = () => this.score(taskId, round, signal);
      result = await this.computations.run({ taskId, round, what: 'scoring' }, bound, scoring);
    } catch (error) {
      // What it said to lack may have come since; who still lacks it says nothing wrong by saying nothing.
      if (lacking === null || signal?.aborted || !isProtocolError(error, 'PROTOCOL_FETCH_FAILED')) throw error;
      this.duties.settle(info);
      this.onEvent({ event: 'abstained', attempt, ...lacking, taskId, round });
      return null;
    }
    const kept = await keepResult(this.state, key, result);
    const { resultHash } = result;
    this.onEvent({ event: 'scored', resultHash, document: kept.document, model: kept.model, taskId, round });
    return await this.state.create(key, newState(result, kept));
  }
}
