import type { OpenData, PlayedTask, Samples } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Random } from '../data/random.ts';
import type { Need } from './trainers/needs.ts';
import type { Vector } from './vectors.ts';

/** What an attacker may know: all that is public, what its friends hold, and, at worst, this round's honest updates. */
export interface TrainerContext {
  core: Core;
  task: PlayedTask;
  round: number;
  node: number;
  /** Its place among the round's nodes of its strategy, and how many they are. */
  place: number;
  group: number;
  base: Float32Array;
  /** The node's own data, and what all of its group have together. */
  data: Samples;
  friends: readonly Samples[];
  /** What is public before the round. */
  open: OpenData;
  /** Opened shards together, where there are any. */
  opened: Samples | undefined;
  /** The aggregate that was accepted last. */
  last: Float32Array | undefined;
  /** Updates of the last round that made an aggregate, of its honest nodes. */
  previous: readonly Float32Array[];
  /** This round's honest updates: commitments hide them, so what rests on them says what hiding is worth. */
  honest: readonly Float32Array[];
  /** The node's own stream, and one that all of its group draw alike. */
  random: Random;
  shared: Random;
  /** Remembered by the group from round to round. */
  memory: Map<string, unknown>;
  /** The delta of training from the base (or `from`) as the task says, on these samples. */
  train(samples: Samples, options?: { epochs?: number; from?: Float32Array }): Float32Array;
  /** Of the mean loss at the base. */
  gradient(samples: Samples): Float32Array;
  /** Honest work on its own data. */
  own(): Float32Array;
  /** Less what is public. */
  rest(vector: Vector): Float64Array;
}

export interface TrainerStrategy {
  name: string;
  /** What it does and why, for the page. */
  about: string;
  /** What it cannot do without; any samples will do unless said. */
  needs?: Need;
  /** Null: it commits, and never reveals. Undefined: it stays silent. */
  update(context: TrainerContext): Float32Array | null | undefined;
}

export interface ValidatorContext {
  node: number;
  round: number;
  random: Random;
  /** Indices and nodes of the revealed submissions. */
  submissions: readonly { index: number; friend: boolean }[];
  /** The result that the core computes; whoever computes it pays its cost. */
  truth(): string;
  /** The result that was computed by somebody else, where it leaked. */
  leaked: string | null;
}

export interface ValidatorStrategy {
  name: string;
  about: string;
  /** Indices that it says to lack; null: silent. */
  attest(context: ValidatorContext): { missing: number[]; reveal: boolean } | null;
  /** The hash that it commits and reveals; null: nothing. */
  result(context: ValidatorContext): string | null;
}
