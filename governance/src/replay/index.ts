export { replayPlan } from './numbers.ts';
export { policySettingsOf } from './policy-settings.ts';
export { replayCase } from './replay-case.ts';
export { replayEmission } from './replay-emission.ts';
export { replayPurchase } from './replay-purchase.ts';
export { replayRound } from './replay-round.ts';
export { sumNodes, sumRoles } from './sums.ts';
export type {
  CaseReplay,
  EmissionReplay,
  EmissionState,
  NodeReplay,
  NodeSum,
  NotReplayed,
  PaidOnChain,
  PolicyReplay,
  PurchaseReplay,
  Refusal,
  ReplayCase,
  ReplayNote,
  ReplayPurchase,
  ReplayRole,
  ReplayRound,
  ReplaySubmission,
  ReplayValidator,
  RoundOutcome,
  RoundReplay,
} from './types.ts';
