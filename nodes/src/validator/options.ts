import type { ContentReader } from '@covey/client';
import type { ParticipantOptions } from '../participant/options.ts';
import type { Attesting } from './availability.ts';
import type { Scoring } from './scoring.ts';

export interface ValidatorOptions extends ParticipantOptions {
  /** Computes results: `scoreInWorker`, or `scoreHere` in this thread. */
  score: Scoring;
  /** Finds out what is missing. Default: `checkAvailability`. */
  attesting?: Attesting;
  /** The scorer that this installation has. Default: that of its own core. */
  ownScorer?: () => Promise<Uint8Array>;
  /** Where content is looked for that the store does not give. */
  gateways?: readonly ContentReader[] | undefined;
  /** Milliseconds to wait for each submission when its availability is tested. Default 10,000. */
  availabilityTimeoutMs?: number;
  /** Open slash cases against those who broke a rule. Default true. */
  reportOffenders?: boolean;
  /** Challenge an accepted result that is not the own one, with a bond inside the limits. Default true. */
  challenge?: boolean;
}
