import { scoreRound, type RoundResult, type ScoreRoundParameters } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { runWorker, toSent, type ComputeLimits, type Outcome, type SentError } from '../worker/run-worker.ts';

export interface ScoringParameters extends Omit<ScoreRoundParameters, 'core' | 'onProgress'> {
  /** The binary that the DAO approved for the round. */
  scorer: Uint8Array;
  limits?: ComputeLimits | undefined;
}

/** How a validator computes a round's result. */
export type Scoring = (parameters: ScoringParameters) => Promise<RoundResult>;

/** In this thread with this core, which must be the round's scorer; the thread is busy while it works on one model. */
export const scoreHere =
  (core: Core): ((parameters: Omit<ScoringParameters, 'scorer'>) => Promise<RoundResult>) =>
  ({ limits: _limits, ...parameters }) =>
    scoreRound({ ...parameters, core });

/** What the thread asks for and says. */
export type FromScoring = Outcome<RoundResult> | ContentRequest;

interface ContentRequest {
  type: 'fetch';
  id: number;
  cid: string;
  maxBytes: number;
}

/** The answer to a `fetch`. */
export type ToScoring = { id: number; bytes: Uint8Array } | { id: number; error: SentError };

/** In a thread of its own that runs the given scorer, so that nothing here waits for it. Content is fetched here. */
export const scoreInWorker: Scoring = async ({ task, inputs, fetch, scorer, signal, limits }) =>
  await runWorker<RoundResult, ContentRequest>({
    url: new URL('./score-worker.ts', import.meta.url),
    data: { task, inputs, scorer },
    signal,
    limits,
    onMessage: ({ id, cid, maxBytes }, post) => {
      void fetch(cid, { maxBytes, ...(signal ? { signal } : {}) }).then(
        (bytes) => post({ id, bytes } satisfies ToScoring),
        (error: unknown) => post({ id, error: toSent(error) } satisfies ToScoring),
      );
    },
  });
