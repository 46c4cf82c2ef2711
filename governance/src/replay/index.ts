export { replayPlan } from './numbers.ts';
export { policySettingsOf } from './policySettings.ts';
export { replayCase } from './replayCase.ts';
export { replayEmission } from './replayEmission.ts';
export { replayPurchase } from './replayPurchase.ts';
export { replayRound } from './replayRound.ts';
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
