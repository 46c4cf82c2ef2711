import type { PermissionName } from '../permissions.ts';

/**
 * How much harm the holder of a permission can do alone. total: everything the DAO owns and decides. high: other
 * people's stake, rewards or votes. medium: hold things up, or decide them one by one. low: descriptions and registers.
 */
export type DangerLevel = 'total' | 'high' | 'medium' | 'low';

export const permissionDangers: Readonly<Record<PermissionName, DangerLevel>> = {
  ROOT: 'total',
  EXECUTE: 'total',
  UPGRADE_DAO: 'total',
  UPGRADE_PLUGIN: 'total',
  APPLY_INSTALLATION: 'total',
  APPLY_UPDATE: 'total',
  APPLY_UNINSTALLATION: 'high',
  UPDATE_VOTING_SETTINGS: 'total',
  SET_TARGET_CONFIG: 'total',
  VALIDATE_SIGNATURE: 'high',
  SET_TRUSTED_FORWARDER: 'high',
  MINT: 'high',
  SET_CUSTODIAN: 'high',
  SLASH: 'high',
  BIND: 'high',
  UNBIND: 'high',
  ROUND_STEP: 'high',
  ROUND: 'high',
  PAY_OUT: 'high',
  PAY_FORFEIT: 'medium',
  RETURN_BUDGET: 'medium',
  SET_POLICY: 'high',
  SET_SCORER: 'high',
  RULE_ROUND: 'high',
  OVERTURN: 'medium',
  RULE_ANSWER: 'high',
  CONVICT_HOST: 'high',
  HOLD_HOST: 'medium',
  APPROVE_TASK: 'medium',
  PAUSE_DEPOSITS: 'medium',
  SET_PAYMENT_TOKEN: 'medium',
  VETO: 'medium',
  UPGRADE_REPO: 'high',
  MAINTAINER: 'high',
  REGISTER_DAO: 'low',
  REGISTER_PLUGIN_REPO: 'low',
  SET_METADATA: 'low',
  REGISTER_STANDARD_CALLBACK: 'low',
};
