import type { DataDescription, TaskDocument } from '@covey/protocol';
import type { Hex } from 'viem';
import type { OnEvent } from '../events.ts';
import type { ComputeLimits } from '../worker/run-worker.ts';
import type { ReleaseAt } from './privacy.ts';

/** A round as whoever makes its update sees it. */
export interface RoundToTrain extends ReleaseAt {
  task: TaskDocument;
  /** Fetches the safetensors file of the model that the round starts from. */
  base(): Promise<Uint8Array>;
  baseCid(): Promise<string>;
  /** Fetches what the task says of how its samples were made, where it does. */
  dataDescription(): Promise<DataDescription | undefined>;
  /** Seconds until the round takes no more commitments, by the chain's own time. */
  secondsLeft(): Promise<number>;
  /** The node's own folder, for what is carried from one round to the next. */
  folder: string;
  onEvent: OnEvent;
  /** Aborted when the node shall stop. */
  signal?: AbortSignal | undefined;
  limits?: ComputeLimits | undefined;
}

/**
 * Makes what a training node submits in a round: the bytes of the file, which stay on the node until its reveal; or the
 * names of content that is stored already; or null when there is nothing to submit yet, and the next look asks again.
 */
export type Produce = (round: RoundToTrain) => Promise<Uint8Array | { cid: string; parameterRoot: Hex } | null>;
