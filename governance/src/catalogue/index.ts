export type { Action } from './action.ts';
export { decodeAction, decodeActions } from './decode.ts';
export type {
  DecodeActionsOptions,
  DecodedAction,
  DecodedArgument,
  DecodedCall,
  DecodedPayment,
  DecodedRaw,
} from './decode.ts';
export type { PolicyChange, ScorerChange } from './policyChanges.ts';
export { buildActions, formOf, governanceForms, parseForm, readForms } from './forms/index.ts';
export type {
  FieldError,
  FieldErrorCode,
  FieldType,
  FieldUnit,
  FieldValue,
  FilledForm,
  Form,
  FormField,
  FormKind,
  FormValues,
  ParsedForm,
  ParseFormContext,
} from './forms/index.ts';
export { readPolicyNumbers } from './policyNumbers.ts';
export type { PolicyNumber, PolicyNumbers } from './policyNumbers.ts';
export { setPolicy, setScorer } from './policy.ts';
export type { PolicySetting } from './policy.ts';
export { setCustodian } from './custody.ts';
export { pauseDeposits, pausableContracts, resumeDeposits } from './deposits.ts';
export type { PausableContract } from './deposits.ts';
export { overturnSlash, ruleRound } from './rulings.ts';
export { approveTask, rejectTask, setMultiplier, stopTask } from './tasks.ts';
export { transferCoins, transferTokens } from './treasury.ts';
export { defaultPolicy, policyValues } from './policyValues.ts';
export { updateVotingSettings } from './voting.ts';
