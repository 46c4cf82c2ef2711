import type { Address, Hex } from 'viem';

/** What a call changes; together with `about` it names one value on chain. */
export type ChangeSubject =
  | 'policy'
  | 'scorer'
  | 'custodian'
  | 'balance'
  | 'allowance'
  | 'nft.owner'
  | 'task.state'
  | 'task.multiplier'
  | 'slash.state'
  | 'round.phase'
  | 'round.result'
  | 'deposits.pausedUntil'
  | `voting.${'mode' | 'supportThreshold' | 'minParticipation' | 'minDuration' | 'minProposerVotingPower'}`
  | `snapshot.${'supportThreshold' | 'minParticipation' | 'maxSnapshotAge' | 'minDuration' | 'submissionWindow'}`
  | `snapshot.${'extension' | 'delay' | 'executionWindow' | 'minProposerVotingPower' | 'state'}`
  | `dao.${'metadata' | 'uri' | 'forwarder' | 'callback'}`
  | 'implementation'
  | 'permission'
  | 'plugin';

/**
 * How a value is written. wei, units (smallest units of a token), ratio (1e18 is 1), ppm, seconds, time (unix seconds,
 * 0: none), count, blocks, bytes and quarter (exponent k/4) are bigint. state is a name, version `release.build` or
 * `none`, permission `none`, `granted` or the address of the condition; address, hash and uri are what they say.
 */
export type ChangeUnit =
  | 'wei'
  | 'units'
  | 'ratio'
  | 'ppm'
  | 'seconds'
  | 'time'
  | 'count'
  | 'blocks'
  | 'bytes'
  | 'quarter'
  | 'state'
  | 'version'
  | 'permission'
  | 'address'
  | 'hash'
  | 'uri'
  | 'flag';

export type ChangeValue = bigint | string | boolean | Address | Hex;

/** Which one: the task, the permission, the token. */
export interface ChangeTopic {
  name: string;
  value: string;
  /** What an address or a permission is known as. */
  label?: string;
}

/** One value on chain, from what to what. */
export interface Change {
  what: ChangeSubject;
  about: ChangeTopic[];
  unit: ChangeUnit;
  /** At the block that was asked for, or what an earlier call of the list makes of it; null where there is none to read. */
  oldValue: ChangeValue | null;
  /** Null where nobody can tell before it happens. */
  newValue: ChangeValue | null;
  /** Hard bounds in code, for numbers of the policy. */
  min?: bigint;
  max?: bigint;
  /** False when executing will fail. */
  withinBounds?: boolean;
}
