import type { PermissionName } from '../permissions.ts';
import type { DangerLevel } from './dangers.ts';
import type { PermissionSetting } from './permission.ts';

/** One grant or revocation that a call makes, its own or one of a list inside it. */
export interface DecodedPermission extends PermissionSetting {
  /** Undefined for an id that nobody knows. */
  permission?: PermissionName;
  /** What its holder could do; `unknown` when the id says nothing. Of a revocation: what ends. */
  danger: DangerLevel | 'unknown';
  /** Anybody at all gets it. */
  anyone: boolean;
  /** A later call of the same list takes it back, so that it lasts for this execution only. */
  temporary: boolean;
  /**
   * A temporary grant to the PluginSetupProcessor around what it applies, which is how plugins are installed. Any other
   * holder of ROOT or EXECUTE can keep what it took while it had it, and is as dangerous as one for ever.
   */
  forSetup: boolean;
}
