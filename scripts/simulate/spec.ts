import type { Setting } from './setting.ts';

/** One play: everything that its numbers follow from. */
export interface PlaySpec {
  setting: 'reference' | 'little';
  change: Partial<Setting>;
  attack: string;
  /** Part of the nodes that is hostile. */
  hostile: number;
  seed: number;
  /** By the task's rule; by it without the hostile; the plain mean of the honest. */
  how: 'rule' | 'away' | 'mean';
}

export interface PlayResult {
  spec: PlaySpec;
  /** In per cent of the hold-out. */
  accuracy: number;
  aggregate: number;
  /** Tokens that each node earned, the hostile ones first, and in how many rounds it earned. */
  pay: number[];
  paidRounds: number[];
  cost: number[];
  /** Part of the triggered hold-out that is said to be the trigger's label. */
  backdoor: number;
}

export function keyOf(spec: PlaySpec): string {
  return JSON.stringify([spec.setting, spec.change, spec.attack, spec.hostile, spec.seed, spec.how]);
}
