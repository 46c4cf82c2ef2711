import type { Deployment } from '@covey/contracts/abi';
import type { ContentProblem, Difference, VerifyProgress } from '@covey/client';

/** What the page asks of the verification worker. Everything else the worker reads itself, from chain and content. */
export interface VerifyRequest {
  rpcUrl: string;
  /** Origin of the trustless gateway; blocks are hash-checked, so it need not be trusted. */
  gateway: string;
  wasmUrl: string;
  deployment: Deployment;
  taskId: string;
  round: number;
}

export interface RowCheck {
  status: 'match' | 'mismatch' | 'error';
  /** What differs, for people. */
  detail: string;
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

export interface VerifyFailure {
  code: string;
  message: string;
  expected?: string;
  got?: string;
  hint?: string;
}

export type VerifyMessage =
  | { type: 'progress'; step: 'core' | VerifyProgress['step']; done: number; total: number }
  | { type: 'outcome'; outcome: VerifyOutcome }
  | { type: 'failure'; failure: VerifyFailure };
