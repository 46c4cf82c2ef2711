import type { Deployment } from '@covey/contracts/abi';
import type { Sender } from '@covey/client';
import type { OnEvent } from '../events.ts';

export interface CrankParameters {
  sender: Sender;
  deployment: Deployment;
  taskId: bigint;
  round: number;
  onEvent: OnEvent;
}
