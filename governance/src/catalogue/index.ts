export type { Action } from './action.ts';
export { decodeAction, decodeActions } from './decode.ts';
export type { DecodeActionsOptions } from './decode.ts';
export type {
  DecodedAction,
  DecodedArgument,
  DecodedCall,
  DecodedPayment,
  DecodedRaw,
  PolicyChange,
  ScorerChange,
} from './decoded.ts';
export { flattenActions } from './decoded.ts';
export { actionLines, actionSentence } from './sentence.ts';
export type { DecodedPermission } from './decoded-permission.ts';
export type { Change, ChangeSubject, ChangeTopic, ChangeUnit, ChangeValue } from './changes/change.ts';
export { permissionDangers } from './dangers.ts';
export type { DangerLevel } from './dangers.ts';
export { readCurrentValues } from './forms/current.ts';
export { buildActions, formatField, formOf, governanceForms, parseForm, readForms } from './forms/index.ts';
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
export { setPolicy, setScorer } from './policy.ts';
export { brokenRelations, relatedParams } from './policy-relations.ts';
export type { BrokenRelation } from './policy-relations.ts';
export type { PolicySetting } from './policy.ts';
export { setCustodian } from './custody.ts';
export { pauseDeposits, pausableContracts, resumeDeposits } from './deposits.ts';
export type { PausableContract } from './deposits.ts';
export { setPaymentToken } from './market.ts';
export { overturnSlash, ruleAnswer, ruleCiphertextWithheld, ruleRequest, ruleRound } from './rulings.ts';
export { approveTask, rejectTask, setMultiplier, stopTask } from './tasks.ts';
export { transferCoins, transferErc1155, transferErc20, transferNft, transferTokens } from './treasury.ts';
export { defaultPolicy, policyValues } from './policy-values.ts';
export { updateVotingSettings } from './voting.ts';
export { grantPermission, revokePermission } from './permission.ts';
export type { PermissionGrant, PermissionSetting } from './permission.ts';
export { permissionOperations } from './permission-operations.ts';
export type { PermissionOperation } from './permission-operations.ts';
export { setDaoUri, setMetadata, setTrustedForwarder, registerCallback } from './dao.ts';
export { installPlugin, uninstallPlugin, updatePlugin } from './plugins.ts';
export type { PluginVersion, PreparedPlugin } from './plugins.ts';
export { appointSuccessor, replaceableContracts, retireContract, upgradeProxy } from './upgrade.ts';
export type { ReplaceableContract } from './upgrade.ts';
export { customCall } from './custom.ts';
