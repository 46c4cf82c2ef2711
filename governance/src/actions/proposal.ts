import type { Address, Hex } from 'viem';
import { hexToString, stringToHex } from 'viem';
import type { Action } from '../catalogue/action.ts';
import type { ProposalState, VotingMode } from '../voting-settings.ts';

export { voteOptions } from '../voting-settings.ts';
export type { ProposalState, VoteOption } from '../voting-settings.ts';

export interface Proposal {
  id: bigint;
  creator: Address;
  /** What the author pinned, usually `ipfs://<cid>`; taken from the event, as it is. */
  metadata: string;
  state: ProposalState;
  /** Whether executing would work now; in the mode earlyExecution this can be true while votes still count. */
  canExecute: boolean;
  /** Seconds since 1970. */
  startDate: bigint;
  endDate: bigint;
  /** Power is read at this block: the one before the proposal was made. */
  snapshotBlock: bigint;
  mode: VotingMode;
  /** Parts of a million of yes/(yes+no) that yes must exceed. */
  supportThreshold: number;
  /** Wei of voting power that must take part. */
  minVotingPower: bigint;
  /** Wei of voting power. */
  tally: { abstain: bigint; yes: bigint; no: bigint };
  actions: Action[];
  /** Bit i is set when action i may fail without undoing the others. */
  allowFailureMap: bigint;
}

/** Metadata on chain is the text of its URI. */
export const encodeMetadata = (uri: string): Hex => stringToHex(uri);

/** The URI, or the hex as it is when it is no text. */
export function decodeMetadata(metadata: Hex): string {
  const text = hexToString(metadata);
  return stringToHex(text) === metadata ? text : metadata;
}
