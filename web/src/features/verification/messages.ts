import type { ContentProblem, Difference, VerifyProgress } from '@covey/client';
import type { Sources } from '../../chain/sources.ts';

/** What the page asks of the verification worker. Everything else the worker reads itself, from chain and content. */
export interface VerifyRequest extends Sources {
  wasmUrl: string;
  taskId: string;
  round: number;
}

export interface VerifyStep {
  step: 'core' | VerifyProgress['step'];
  done: number;
  total: number;
}

export interface VerifyOutcome {
  match: boolean;
  acceptedHash: string;
  computedHash: string | null;
  scorer: string;
  rows: { index: number; match: boolean; differences: Difference[] }[];
  differences: Difference[];
  problems: ContentProblem[];
}
