export { earnedUnder } from './earned.ts';
export type { Earner } from './earned.ts';
export { replayPlan } from './numbers.ts';
export { policySettingsOf } from './policy-settings.ts';
export { replayCase } from './replay-case.ts';
export { replayEmission } from './replay-emission.ts';
export { replayPolicy } from './replay-policy.ts';
export type { ReplayPolicyParameters, ReplayProgress } from './replay-policy.ts';
export { replayPurchase } from './replay-purchase.ts';
export { replayRound } from './replay-round.ts';
export { sumNodes, sumRoles } from './sums.ts';
export type {
  CaseReplay,
  EmissionReplay,
  NodeReplay,
  NodeSum,
  NotReplayed,
  PolicyReplay,
  PurchaseReplay,
  Refusal,
  ReplayNote,
  RoundOutcome,
  RoundReplay,
} from './types.ts';
