import type { Proof } from '@covey/client';
import type { Hex } from 'viem';
import type { Sources } from '../../../chain/sources.ts';

/** The account's own secret of an order: it goes to the page's own worker and nowhere else. */
export interface OwnKey {
  secret: bigint;
  publicKey: Hex;
}

/** What the page asks of the worker; numbers of listings and orders as the API has them. */
export type SealedRequest = Sources &
  (
    | { ask: 'check'; listingId: string }
    | { ask: 'open'; orderId: string; own: OwnKey; into: FileSystemFileHandle | null }
    | { ask: 'fault'; orderId: string; own: OwnKey }
  );

/** Bytes of both public files that went by, and of which part of the work. */
export interface SealedStep {
  step: 'leaves' | 'ciphertext';
  done: number;
  total: number;
}

export type SealedOutcome =
  | { ask: 'check'; name: string }
  /** The file where the browser keeps it for us; null where it is written to where the reader chose. */
  | { ask: 'open'; file: Blob | null; bytes: number }
  /** Null: there is nothing to prove. */
  | { ask: 'fault'; proof: Proof | null };
