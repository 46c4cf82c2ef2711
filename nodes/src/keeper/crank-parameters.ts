import type { CoveyWriter } from '@covey/client';
import type { OnEvent } from '../events.ts';

export interface CrankParameters {
  covey: CoveyWriter;
  taskId: bigint;
  round: number;
  onEvent: OnEvent;
}
