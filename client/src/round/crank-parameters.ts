import type { CoveyWriter } from '../chain/chain.ts';
import type { OnAction } from '../events.ts';

/** A step of a round that anyone may do. */
export interface CrankParameters {
  covey: CoveyWriter;
  taskId: bigint;
  round: number;
  onEvent?: OnAction;
}
