import type { Deployment } from '@covey/contracts/abi';
import type { PolicyReplay, PolicySetting } from '@covey/governance';
import type { ReplayProgress } from '@covey/nodes/browser';
import type { VerifyFailure } from '../verification/messages.ts';

/** What the page asks of the replay worker; everything else it reads itself, from chain and content. */
export interface ReplayRequest {
  rpcUrl: string;
  /** Origin of the trustless gateway; blocks are hash-checked, so it need not be trusted. */
  gateway: string;
  deployment: Deployment;
  changes: readonly PolicySetting[];
}

export type ReplayMessage =
  | { type: 'progress'; progress: ReplayProgress }
  | { type: 'outcome'; outcome: PolicyReplay }
  | { type: 'failure'; failure: VerifyFailure };
