import type { PlayedRound, SettlementPolicy } from '@covey/protocol';
import type { Budget } from './budget.ts';
import type { EmissionTerms } from './emission.ts';
import type { Measure } from './measure.ts';
import type { Account, Trainer, Validator } from './participants.ts';
import type { Trained } from './train-round.ts';
import type { World } from './world.ts';

export interface PlayParameters {
  world: World;
  trainers: readonly Trainer[];
  validators: readonly Validator[];
  policy?: SettlementPolicy;
  /** Ratio (1e18) by which a model must beat the base in an arena. */
  arenaMargin?: bigint;
  /** Who funds the task, wei. */
  funders?: readonly { name: string; amount: bigint }[];
  creationStake?: bigint;
  /** The creator publishes no key from this round on. */
  keyWithheldFrom?: number;
  leak?: boolean;
  daoRules?: boolean;
  /** Rounds earn emission, which joins the common part. */
  emission?: EmissionTerms;
  /** Sees each round that was scored. */
  observe?: (seen: Observed) => Promise<void>;
  /** Hears of each round that is over, with what each trainer has by then. */
  onRound?: (record: RoundRecord, trainers: readonly Account[]) => void;
  /** Hears of each update that was made in a round. */
  onTrained?: (round: number, done: number, total: number) => void;
  signal?: AbortSignal;
}

/** A scored round, for reports that look into it. */
export interface Observed {
  round: number;
  base: Float32Array;
  sent: readonly Trained[];
  played: PlayedRound;
  weights: readonly bigint[];
  seats: readonly number[];
}

export interface RoundRecord {
  round: number;
  void: string | null;
  contested: boolean;
  ruled: boolean;
  submissions: number;
  counted: number;
  /** With pay. */
  contributors: number;
  /** Wei. */
  pool: bigint;
  fee: bigint;
  paid: bigint;
  carried: bigint;
  slashed: bigint;
  /** Emission, to the task's next rounds; after the last to the treasury. */
  minted: bigint;
  /** Whether the updates made an aggregate. */
  aggregated: boolean;
  /** On the hold-out, of the model that the round ends with. */
  measure: Measure;
}

export interface Play {
  /** On the hold-out: of the last model, and of the last aggregate before the core trained it on. */
  measure: Measure;
  aggregate: Measure;
  model: Float32Array;
  rounds: RoundRecord[];
  trainers: Account[];
  validators: Account[];
  budget: Budget;
  /** To those who revealed, when a key was withheld, and to the treasury. */
  forfeited: bigint;
}
