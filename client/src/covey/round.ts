import type { Core } from '@covey/wasm-core';
import type { Address, Hex } from 'viem';
import { readPhase } from '../chain/phase.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import { readSubmissions } from '../chain/read-submissions.ts';
import { readRevealedResults, readValidators } from '../chain/read-validators.ts';
import { readReplayRound } from '../replay/read-round.ts';
import { acceptOrDispute } from '../round/accept-result.ts';
import { advanceDraw } from '../round/draw.ts';
import { finalize } from '../round/finalize-round.ts';
import { openClaims } from '../round/open-claims.ts';
import { publishKey } from '../round/publish-key.ts';
import { voidIfPossible } from '../round/void-round.ts';
import { readAcceptedDocument } from '../settle/accepted-document.ts';
import { claimAll } from '../settle/claim.ts';
import { settleFromChain } from '../settle/settle-on-chain.ts';
import { openCases, slashableFacts } from '../slash/slash-cases.ts';
import { verifyRound, type VerifyProgress } from '../verify/verify-round.ts';
import type { CoveyContext } from './context.ts';

export interface RoundId {
  taskId: bigint;
  round: number;
}

export interface VerifyOptions {
  /** The scorer, loaded from the bytes whose SHA-256 the round was opened with. */
  core: Core;
  onProgress?: (progress: VerifyProgress) => void;
  signal?: AbortSignal;
}

/** One round: what the chain has of it, its recomputation from content, and the steps that anyone may do. */
export function roundOf({ chain, writer, content }: CoveyContext, { taskId, round }: RoundId) {
  const read = () => readRound(chain, taskId, round);
  const crank = () => ({ covey: writer(), taskId, round });
  return {
    read,
    /** At the latest mined block; a transaction is judged by the time of its own, which may be in the next phase. */
    phase: () => readPhase(chain, taskId, round),
    submissions: async () => readSubmissions(chain, await read()),
    validators: async () => readValidators(chain, await read()),
    results: async () => readRevealedResults(chain, await read()),
    /** Summary of the result that stands; null where there is none. */
    accepted: async () => readAccepted(chain, await read()),
    /** The accepted result with its document, which was checked to lead to the accepted hash. */
    document: async () => readAcceptedDocument(chain, content(), taskId, round),
    /** Recomputes the round from chain and content, and compares. */
    verify: async ({ core, ...options }: VerifyOptions) =>
      verifyRound({ covey: chain, store: content(), taskId, round, core, ...options }),
    /** What the accepted round pays to whom, recomputed. */
    settle: async () => settleFromChain(chain, content(), taskId, round),
    /** All that settling it again under other numbers takes. */
    replayInputs: async () => readReplayRound(chain, content(), { taskId, round }),
    /** Who broke an objective rule in it. */
    slashable: () => slashableFacts(chain, taskId, round),
    /** Claims what a node can claim of it now; default: the wallet's account. */
    claim: async (node: Address = writer().sender.address) => claimAll(writer(), content(), node, [{ taskId, round }]),
    draw: async () => advanceDraw(crank()),
    void: async () => voidIfPossible(crank()),
    /** Accepts the result with the most seats, or marks the round as disputed. */
    accept: async () => acceptOrDispute(crank()),
    finalize: async () => finalize(crank()),
    openClaims: async () => openClaims(crank()),
    /** Publishes the key of the round's validation shard; null when it is there. The creator's. */
    publishKey: async (key: Hex) => publishKey(writer(), taskId, round, key),
    /** Opens the slash cases that nobody opened yet. */
    openCases: async () => openCases(writer(), taskId, round),
  };
}
