import type { BeaconSource, ContentStore, CoveyWriter } from '@covey/client';
import type { Address } from 'viem';
import type { OnEvent } from '../events.ts';
import type { OperatorLimits } from './limits.ts';

/** What every participant needs: a chain to act on, a store for content, a place to remember. */
export interface ParticipantOptions {
  covey: CoveyWriter;
  /** The node for which the account is the operator. Default: the account itself. */
  node?: Address;
  store: ContentStore;
  /** Folder for what must survive a restart. */
  stateDir: string;
  /** Own stake to hold at least, in wei. */
  stake?: bigint;
  /** Part of its stake that each task gets, 1e18 = all. Default: what is free, up to `limits.maxStake`. */
  allocate?: bigint;
  limits?: OperatorLimits;
  /** Where the beacon comes from that the seats are drawn by, where nobody else brings it. */
  beacon?: BeaconSource;
  /** Seconds after a window that others have to draw seats before this node does. Default 10. */
  drawPatience?: number;
  onEvent?: OnEvent;
}
