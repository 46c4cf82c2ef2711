import type { DrawnRole, Missing, ResultSummary } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Address, Hex } from 'viem';
import { chainTime, nextMove, readPhase } from '../chain/phase.ts';
import { readAttestations } from '../chain/read-attestations.ts';
import { readCandidate, readCandidates, readDraws } from '../chain/read-candidates.ts';
import { readChallenges, readRevealedResults } from '../chain/read-results.ts';
import { readClaims, readRewards } from '../chain/read-rewards.ts';
import { readAccepted, readCounted, readRound, type RoundId } from '../chain/read-round.ts';
import { readCommitted, readSubmissionOf, readSubmissions } from '../chain/read-submissions.ts';
import { readValidator, readValidators } from '../chain/read-validators.ts';
import { earnEmission, readEarning } from '../emission/emission.ts';
import type { OnAction } from '../events.ts';
import { readReplayRound } from '../replay/read-round.ts';
import { acceptResult } from '../round/accept-result.ts';
import { commitAttestation, revealAttestation } from '../round/attest.ts';
import type { BeaconSource } from '../round/beacon-source.ts';
import { challengeResult } from '../round/challenge-result.ts';
import { commitResult, revealResult } from '../round/commit-result.ts';
import { advanceDraw } from '../round/draw.ts';
import { finalize } from '../round/finalize-round.ts';
import { claimForfeit } from '../round/forfeits.ts';
import { joinRound } from '../round/join-round.ts';
import { closeClaims, openClaims } from '../round/open-claims.ts';
import { publishKey } from '../round/publish-key.ts';
import { commitSubmission, revealSubmission, type SubmissionOpening } from '../round/submit.ts';
import { voidIfPossible } from '../round/void-round.ts';
import { readAcceptedDocument } from '../settle/accepted-document.ts';
import { claimAll } from '../settle/claim.ts';
import { settleFromChain } from '../settle/settle-on-chain.ts';
import { openCases } from '../slash/open-cases.ts';
import { releaseStake } from '../slash/release-stakes.ts';
import { slashableFacts } from '../slash/slashable-facts.ts';
import { verifyRound, type VerifyProgress } from '../verify/verify-round.ts';
import type { CoveyContext } from './context.ts';

export type { RoundId };

export interface VerifyOptions {
  /** The scorer, loaded from the bytes whose SHA-256 the round was opened with. */
  core: Core;
  onProgress?: (progress: VerifyProgress) => void;
  signal?: AbortSignal;
}

/** One round: what the chain has of it, its recomputation from content, and its steps. */
export function roundOf(context: CoveyContext, id: RoundId) {
  return { ...readsOf(context, id), ...cranksOf(context, id), ...stepsOf(context, id) };
}

function readsOf({ chain, content }: CoveyContext, { taskId, round }: RoundId) {
  const read = () => readRound(chain, taskId, round);
  return {
    read,
    /** At the latest mined block; a transaction is judged by the time of its own, which may be in the next phase. */
    phase: () => readPhase(chain, taskId, round),
    /** What comes next, by the chain's own time. */
    next: async () => nextMove(await read(), Number(await chainTime(chain))),
    /** Who joined in a role, with the seats that they drew. */
    candidates: async (role: DrawnRole) => readCandidates(chain, await read(), role),
    candidate: async (node: Address) => readCandidate(chain, await read(), node),
    draws: async () => readDraws(chain, await read()),
    committed: async () => readCommitted(chain, await read()),
    submissions: async () => readSubmissions(chain, await read()),
    submission: (node: Address) => readSubmissionOf(chain, taskId, round, node),
    attestations: async () => readAttestations(chain, await read()),
    /** Bit i of word w is set where submission 256·w + i counts. */
    counted: async () => readCounted(chain, await read()),
    validators: async () => readValidators(chain, await read()),
    validator: async (node: Address) => readValidator(chain, await read(), node),
    results: async () => readRevealedResults(chain, await read()),
    challenges: async () => readChallenges(chain, await read()),
    /** Summary of the result that stands; null where there is none. */
    accepted: async () => readAccepted(chain, await read()),
    /** The accepted result with its document, which was checked to lead to the accepted hash. */
    document: async () => readAcceptedDocument(chain, content(), taskId, round),
    /** Recomputes the round from chain and content, and compares. */
    verify: async ({ core, ...options }: VerifyOptions) =>
      verifyRound({ covey: chain, store: content(), taskId, round, core, ...options }),
    /** What the accepted round pays to whom, recomputed. */
    settle: async () => settleFromChain(chain, content(), taskId, round),
    rewards: () => readRewards(chain, { taskId, round }),
    /** Claims that were paid. */
    claims: async () => readClaims(chain, await read()),
    /** What it earned of the emission, or would. */
    earning: () => readEarning(chain, { taskId, round }),
    /** All that settling it again under other numbers takes. */
    replayInputs: async () => readReplayRound(chain, content(), { taskId, round }),
    /** Who broke an objective rule in it. */
    slashable: () => slashableFacts(chain, taskId, round),
  };
}

/** Anyone's: what moves a round on once its time has come. */
function cranksOf({ writer, content }: CoveyContext, { taskId, round }: RoundId) {
  const crank = (onEvent?: OnAction) => ({ covey: writer(), taskId, round, ...(onEvent && { onEvent }) });
  return {
    /** Brings the draw that is due as far as it goes now. */
    draw: async (beacon?: BeaconSource, onEvent?: OnAction) => advanceDraw({ ...crank(onEvent), beacon }),
    /** Voids it, or lets its validators be drawn anew; null while it can still finish. */
    void: async (onEvent?: OnAction) => voidIfPossible(crank(onEvent)),
    /** Lets the result with the most seats stand. */
    accept: async (onEvent?: OnAction) => acceptResult(crank(onEvent)),
    /** Challenges the result that stands with another one, paying the bond where there is one. */
    challenge: async (summary: ResultSummary, onEvent?: OnAction) => challengeResult({ ...crank(onEvent), summary }),
    finalize: async (onEvent?: OnAction) => finalize(crank(onEvent)),
    openClaims: async (onEvent?: OnAction) => openClaims(crank(onEvent)),
    /** Ends its claims a year after they opened. */
    closeClaims: async (onEvent?: OnAction) => closeClaims(crank(onEvent)),
    /** Claims what a node can claim of it now; default: the wallet's account. */
    claim: async (node: Address = writer().sender.address) => claimAll(writer(), content(), node, [{ taskId, round }]),
    /** Pays a node its part of a forfeited creation stake; null where it has none. */
    claimForfeit: async (node: Address, onEvent?: OnAction) => claimForfeit({ ...crank(onEvent), node }),
    /** Mints what it earned of the emission; null when that was done. */
    earn: async (onEvent?: OnAction) => earnEmission(writer(), { taskId, round }, onEvent),
    /** Publishes the key of its validation shard; null when it is there. The creator has it. */
    publishKey: async (key: Hex, onEvent?: OnAction) => publishKey(writer(), taskId, round, key, onEvent),
    /** Opens the slash cases that nobody opened yet. */
    openCases: async (onEvent?: OnAction) => openCases(writer(), taskId, round, onEvent),
    /** Frees what it holds of a node's stake; null while it cannot be. */
    release: async (node: Address, onEvent?: OnAction) => releaseStake(writer(), { taskId, round, node }, onEvent),
  };
}

/** A node's own, or its operator's. */
function stepsOf({ writer }: CoveyContext, id: RoundId) {
  return {
    join: async (role: DrawnRole, admission: readonly Hex[] = [], onEvent?: OnAction) =>
      joinRound({ covey: writer(), ...id, role, admission, ...(onEvent && { onEvent }) }),
    commit: async (commitment: Hex) => commitSubmission(writer(), id, commitment),
    reveal: async (opening: SubmissionOpening) => revealSubmission(writer(), id, opening),
    attest: async (commitment: Hex) => commitAttestation(writer(), id, commitment),
    revealAttestation: async (opening: Missing & { salt: Hex }) => revealAttestation(writer(), id, opening),
    commitResult: async (commitment: Hex) => commitResult(writer(), id, commitment),
    revealResult: async (opening: { summary: ResultSummary; salt: Hex }) => revealResult(writer(), id, opening),
  };
}
